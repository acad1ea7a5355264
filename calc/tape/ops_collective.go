package tape

// Collectives of tensor parallelism as DTensor runs them
// (torch/distributed/_functional_collectives.py, torch/distributed/tensor/
// _redistribute.py): what crosses between GPUs is a buffer of its own on each.

// AllReduce sums a tensor over GPUs into a new one. Its backward passes the
// gradient on as it is.
func (t *Tape) AllReduce(x *Tensor) *Tensor {
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.like("sum over GPUs", x.dt, x)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{b.G[0]} },
	})[0]
	t.done(x)
	return y
}

// SumBack is the tensor itself, whose gradient is summed over GPUs: what feeds
// matrices of which each GPU holds some columns.
func (t *Tape) SumBack(x *Tensor) *Tensor {
	return t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.alias(x, x.dims)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient summed over GPUs", b.G[0].dt, x)} },
	})[0]
}

// JoinLast joins the last dimension's parts of n GPUs: they arrive one below the
// other and are copied side by side, and again without padding where they are
// not equal. Its backward copies this GPU's part of the gradient.
func (t *Tape) JoinLast(x *Tensor, last Dim, n int64) *Tensor {
	equal := t.Multiple(last, n)
	dims := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), last)
	y := t.run(op{
		ins: []*Tensor{x},
		outs: func() []*Tensor {
			if !equal {
				padded := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), x.Last().By(n))
				parts := t.make("parts of all GPUs", x.dt, padded...)
				joined := t.make("joined parts of all GPUs, with padding", x.dt, padded...)
				t.done(parts)
				y := t.make("joined parts of all GPUs", x.dt, dims...)
				t.done(joined)
				return []*Tensor{y}
			}
			parts := t.make("parts of all GPUs", x.dt, dims...)
			y := t.make("joined parts of all GPUs", x.dt, dims...)
			t.done(parts)
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("own part of the gradient", b.G[0].dt, x)} },
	})[0]
	t.done(x)
	return y
}

// EmbeddingRows is Embedding in a table of whose rows this GPU holds some.
// Indices are masked to these rows; the results are to be summed over GPUs. Its
// backward makes the gradient of the whole table, of rows rows.
func (t *Tape) EmbeddingRows(ids, w *Tensor, rows Dim) *Tensor {
	whole := &Tensor{dims: []Dim{rows, w.dims[1]}, dt: w.dt}
	w.gradient = whole.dims
	dims := append(append([]Dim(nil), ids.dims...), w.dims[1])
	y := t.run(op{
		ins:   []*Tensor{w},
		saves: []*Tensor{ids},
		outs: func() []*Tensor {
			below := t.like("indices below this GPU's rows", Bool, ids)
			above := t.like("indices above this GPU's rows", Bool, ids)
			mask := t.like("indices of other GPUs", Bool, ids)
			t.done(below, above)
			shifted := t.like("indices from this GPU's first row", I64, ids)
			local := t.like("indices within this GPU's rows", I64, ids)
			t.done(shifted)
			y := t.make("embedding output", w.dt, dims...)
			t.done(local, mask)
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.tableGradient(Numel(ids.dims), whole)} },
	})[0]
	t.done(ids)
	return y
}

// WholeGradient says that a parameter's gradient is that of all GPUs' parts.
func (p *Param) WholeGradient() bool { return p.gradient != nil }
