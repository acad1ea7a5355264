package tape

// View is another shape on the same memory. It holds what it views.
func (t *Tape) View(x *Tensor, dims ...Dim) *Tensor {
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.alias(x, dims)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.alias(b.G[0], x.dims)} },
	})[0]
	return y
}

// CopyBack is a view whose gradient arrives in a layout that the view cannot
// take, so that backward copies: a projection's [B, S, heads·d] seen as
// [B, S, heads, d], where attention gives gradients as [B, heads, S, d]. With
// one head or one token the layouts agree and nothing is copied.
func (t *Tape) CopyBack(x *Tensor, dims ...Dim) *Tensor {
	return t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.alias(x, dims)} },
		back: func(b *Backward) []*Tensor {
			if len(dims) >= 4 && (dims[1].IsOne() || dims[2].IsOne()) {
				return []*Tensor{t.alias(b.G[0], x.dims)}
			}
			return []*Tensor{t.make("gradient made contiguous", b.G[0].dt, x.dims...)}
		},
	})[0]
}

// Contiguous copies into the standard layout; its backward passes on.
func (t *Tape) Contiguous(x *Tensor) *Tensor {
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.like("contiguous copy", x.dt, x)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{b.G[0]} },
	})[0]
	t.done(x)
	return y
}

// Slice is a part of a tensor, a view; its backward writes the gradient into
// zeros of the whole.
func (t *Tape) Slice(x *Tensor, dims ...Dim) *Tensor {
	return t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.alias(x, dims)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of slice", b.G[0].dt, x)} },
	})[0]
}

// Split gives parts of a tensor as views; its backward joins their gradients.
// Each shape is one part.
func (t *Tape) Split(x *Tensor, parts ...[]Dim) []*Tensor {
	base := own(x)
	ys := t.run(op{
		ins: []*Tensor{x},
		outs: func() []*Tensor {
			var out []*Tensor
			for _, dims := range parts {
				out = append(out, t.alias(base, dims))
			}
			return out
		},
		back: func(b *Backward) []*Tensor {
			var zeros []*Tensor
			for i, g := range b.G {
				if g == nil {
					zeros = append(zeros, t.make("zero gradient of an unused part", x.dt, parts[i]...))
				}
			}
			g := t.like("joined gradient", x.dt, x)
			t.done(zeros...)
			return []*Tensor{g}
		},
	})
	t.drop(base)
	return ys
}

// Cat joins tensors; its backward gives views of the gradient.
func (t *Tape) Cat(dims []Dim, xs ...*Tensor) *Tensor {
	dt := xs[0].dt
	for _, x := range xs[1:] {
		dt = Promote(dt, x.dt)
	}
	shapes := make([][]Dim, len(xs))
	for i, x := range xs {
		shapes[i] = x.dims
	}
	y := t.run(op{
		ins:  xs,
		outs: func() []*Tensor { return []*Tensor{t.make("joined", dt, dims...)} },
		back: func(b *Backward) []*Tensor {
			out := make([]*Tensor, len(shapes))
			for i := range shapes {
				if b.Need[i] {
					out[i] = t.alias(b.G[0], shapes[i])
				}
			}
			return out
		},
	})[0]
	t.done(xs...)
	return y
}

// RepeatKV expands key or value heads to the query's; its backward sums the
// groups. It is a copy, except of a single head, which a view can repeat.
func (t *Tape) RepeatKV(x *Tensor, single bool, dims ...Dim) *Tensor {
	in := x
	y := t.run(op{
		ins: []*Tensor{x},
		outs: func() []*Tensor {
			if single {
				return []*Tensor{t.alias(x, dims)}
			}
			return []*Tensor{t.make("repeated heads", x.dt, dims...)}
		},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient summed over groups", b.G[0].dt, in)} },
	})[0]
	t.done(x)
	return y
}
