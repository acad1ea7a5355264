package tape

// radixSortAbove is the number of elements above which torch.sort and
// index_put use CUB's radix sort with scratch of its own; below, one block
// sorts in place. The scratch is two more buffers of keys and values, and a
// few tens of KiB of histograms that are not modelled.
const radixSortAbove = 4096

const indexBytes = 8 // an int64 index

// radixScratch is CUB's scratch for sorting n int64 pairs.
func (t *Tape) radixScratch(n Dim) Dim {
	return t.Only("sortScratch", "buffers of a radix sort of "+t.text(n)+" indices, bytes", n.By(2*indexBytes),
		func(v *Values) bool { return n.eval(v) > radixSortAbove })
}

// TopK takes the k largest of the last dimension: values and indices. Backward
// scatters into zeros of the input's shape.
func (t *Tape) TopK(x *Tensor, k Dim) (values, indices *Tensor) {
	dims := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), k)
	out := t.run(op{
		ins: []*Tensor{x},
		outs: func() []*Tensor {
			return []*Tensor{t.make("top-k values", x.dt, dims...), t.make("top-k indices", I64, dims...)}
		},
		keep: []int{1},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of top-k", x.dt, x)} },
	})
	t.done(x)
	return out[0], out[1]
}

// SumLast sums the last dimension, which stays with size 1. Backward expands
// the gradient, a view. Autocast sums in fp32 without a cast.
func (t *Tape) SumLast(x *Tensor) *Tensor {
	dt := x.dt
	if t.IsAutocast() {
		dt = F32
	}
	dims := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), One)
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.make("row sums", dt, dims...)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.alias(b.G[0], x.dims)} },
	})[0]
	t.done(x)
	return y
}

// DivInPlace is x /= d: the result takes x's place, and a copy of what x was
// is saved.
func (t *Tape) DivInPlace(x, d *Tensor) *Tensor {
	var was, sd *Tensor
	if t.grad && d.Requires() {
		was = t.like("copy before division", x.dt, x)
	}
	if x.Requires() || d.Requires() {
		sd = d
	}
	dt := Promote(x.dt, d.dt)
	y := t.run(op{
		ins:   []*Tensor{x, d},
		saves: []*Tensor{sd, was},
		outs:  func() []*Tensor { return []*Tensor{t.detach(x)} },
		back: func(b *Backward) []*Tensor {
			var gx, gd *Tensor
			if b.Need[1] {
				a := t.like("quotient", dt, x)
				c := t.like("second quotient", dt, x)
				n := t.like("negated gradient", x.dt, x)
				gd = t.like("gradient of divisor", dt, x)
				t.done(a, c, n)
			}
			if b.Need[0] {
				gx = t.like("gradient of division", dt, x)
			}
			return []*Tensor{gx, gd}
		},
	})[0]
	t.done(was, x, d)
	return y
}

// SortIndices sorts integers: sorted values and the permutation.
func (t *Tape) SortIndices(x *Tensor) (sorted, permutation *Tensor) {
	n := Numel(x.dims)
	sorted = t.make("sorted experts", I64, x.dims...)
	permutation = t.make("permutation", I64, x.dims...)
	t.Scratch("sort scratch", n.By(indexBytes), t.radixScratch(n))
	t.done(x)
	return sorted, permutation
}

// Gather is x[index]: rows of x by an integer index, which is saved. Backward
// adds into zeros of x's shape, which sorts the index.
func (t *Tape) Gather(x, index *Tensor, dims ...Dim) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{index},
		outs:  func() []*Tensor { return []*Tensor{t.make("gathered rows", x.dt, dims...)} },
		back: func(b *Backward) []*Tensor {
			g := t.like("gradient of gather", x.dt, x)
			t.accumulateRows(index.dims, x.dims[0], 1)
			return []*Tensor{g}
		},
	})[0]
	t.done(x, index)
	return y
}

// GroupedMM multiplies rows sorted by expert with the experts' matrices,
// [E, out, in] seen transposed: rows of [n, in] become [n, out]. Autocast does
// not reach it.
func (t *Tape) GroupedMM(x, w, offsets *Tensor, out Dim) *Tensor {
	var sx, sw, so *Tensor
	if w.Requires() {
		sx = x
	}
	if x.Requires() {
		sw = t.alias(w, w.dims) // seen transposed
	}
	if x.Requires() || w.Requires() {
		so = offsets
	}
	y := t.run(op{
		ins:   []*Tensor{x, w},
		saves: []*Tensor{sw, so, sx},
		outs: func() []*Tensor {
			t.Work(x.dt, Numel(x.dims), out)
			return []*Tensor{t.make("output of experts", x.dt, x.dims[0], out)}
		},
		back: func(b *Backward) []*Tensor {
			t.workEach(b.Need, x.dt, Numel(x.dims), out)
			var gx, gw *Tensor
			if b.Need[1] {
				gw = t.alias(t.like("gradient of experts", w.dt, w), w.dims)
			}
			if b.Need[0] {
				gx = t.like("gradient of experts' input", x.dt, x)
			}
			return []*Tensor{gx, gw}
		},
	})[0]
	t.done(x, offsets, sw)
	return y
}

// SumExperts sums the k outputs of a token: [n·k, h] seen as [n, k, h]. The
// view makes backward copy the expanded gradient.
func (t *Tape) SumExperts(x *Tensor, rows Dim) *Tensor {
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.make("sum over a token's experts", x.dt, rows, x.Last())} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of each expert's output", x.dt, x)} },
	})[0]
	t.done(x)
	return y
}
