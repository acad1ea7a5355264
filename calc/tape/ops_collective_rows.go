package tape

// Collectives of sequence parallelism, which cuts the second dimension: tokens.

// ScatterRows sums a tensor over n GPUs and leaves each its part of the second
// dimension: the parts are first copied one below the other. Its backward
// gathers the gradient.
func (t *Tape) ScatterRows(x *Tensor, part Dim) *Tensor {
	dims := append([]Dim(nil), x.dims...)
	dims[1] = part
	y := t.run(op{
		ins: []*Tensor{x},
		outs: func() []*Tensor {
			stacked := t.like("parts for the GPUs", x.dt, x)
			y := t.make("own part of the sum over GPUs", x.dt, dims...)
			t.done(stacked)
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.gathered("gradient of all GPUs", b.G[0].dt, x.dims)} },
	})[0]
	t.done(x)
	return y
}

// GatherRows joins the parts of the second dimension that GPUs hold. Its
// backward sums the gradient over GPUs and leaves each its part.
func (t *Tape) GatherRows(x *Tensor, whole Dim) *Tensor {
	dims := append([]Dim(nil), x.dims...)
	dims[1] = whole
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.gathered("tokens of all GPUs", x.dt, dims)} },
		back: func(b *Backward) []*Tensor {
			stacked := t.make("parts of the gradient for the GPUs", b.G[0].dt, dims...)
			g := t.like("own part of the gradient summed over GPUs", b.G[0].dt, x)
			t.done(stacked)
			return []*Tensor{g}
		},
	})[0]
	t.done(x)
	return y
}

// gathered is a tensor that arrives in parts one below the other, which are
// copied side by side unless there is one sample.
func (t *Tape) gathered(what string, dt DType, dims []Dim) *Tensor {
	if dims[0].IsOne() {
		return t.make(what, dt, dims...)
	}
	parts := t.make("parts from the GPUs", dt, dims...)
	y := t.make(what, dt, dims...)
	t.done(parts)
	return y
}
