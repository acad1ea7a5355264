package tape

import "vramcalc/calc/say"

// This file holds indexing by tensors of row numbers, as loops over experts do
// it.

// singleTile is the number of pairs that one block sorts without a buffer, and
// the rest are the buffers of a radix sort otherwise: counters and their
// alignment, what a pass and a tile take, and second buffers of keys and of
// values, aligned, where there are several passes (cub::DeviceRadixSort, one
// sweep a pass over pairs of int64).
const (
	singleTile   = 2304
	sweepTile    = 3840
	sweepFixed   = 511
	sweepPass    = 2048
	sweepPerTile = 1024
	sweepBits    = 8
	sweepAlign   = 256
)

// pairSort is the buffer of sorting n pairs whose keys are below a limit.
func pairSort(n, limit int64) int64 {
	if n <= singleTile {
		return 1
	}
	passes := int64(1)
	for largest := limit - 1; largest >= 1<<sweepBits; largest >>= sweepBits {
		passes++
	}
	bytes := sweepFixed + sweepPass*passes + sweepPerTile*ceilDiv(n, sweepTile)
	if passes > 1 {
		bytes += 2 * sweepAlign * ceilDiv(mulCap(n, I64.Size()), sweepAlign)
	}
	return bytes
}

// TakeRows is x[index] of rows [n, h]: a copy of the rows. Backward makes zeros
// and adds the gradient's rows up, sorting the indices.
func (t *Tape) TakeRows(x, index *Tensor) *Tensor {
	dims := append(append([]Dim(nil), index.dims...), x.dims[1])
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{index},
		outs:  func() []*Tensor { return []*Tensor{t.make("rows", x.dt, dims...)} },
		back: func(b *Backward) []*Tensor {
			g := t.like("gradient of rows", x.dt, x)
			t.accumulateRows(index.dims, x.dims[0], 1)
			return []*Tensor{t.alias(g, x.dims)}
		},
	})[0]
	t.done(x, index)
	return y
}

// TakeRowsTurned is TakeRows whose gradient lies with its columns first:
// adding it up copies it into rows.
func (t *Tape) TakeRowsTurned(x, index *Tensor) *Tensor {
	rows := index.dims[0]
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{index},
		outs:  func() []*Tensor { return []*Tensor{t.make("rows", x.dt, rows, x.dims[1])} },
		back: func(b *Backward) []*Tensor {
			g := t.like("gradient of rows", x.dt, x)
			t.accumulateCopied(index.dims, x.dims[0], 1, func() *Tensor { return t.like("gradient made contiguous", x.dt, b.G[0]) })
			return []*Tensor{t.alias(g, x.dims)}
		},
	})[0]
	t.done(x, index)
	return y
}

// TakeValues is x[rows, cols, None] of [n, 1]: one value a row, as a column.
func (t *Tape) TakeValues(x, rows, cols *Tensor) *Tensor {
	n := rows.dims[0]
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{cols, rows},
		outs:  func() []*Tensor { return []*Tensor{t.make("values of rows", x.dt, n, One)} },
		back: func(b *Backward) []*Tensor {
			g := t.like("gradient of values", x.dt, x)
			t.accumulateRows(rows.dims, x.dims[0], 2)
			return []*Tensor{t.alias(g, x.dims)}
		},
	})[0]
	t.done(x, rows, cols)
	return y
}

// PickRows is x[arange(n), index] of x [n, m, k]: one row of each sample, a
// copy. Backward makes zeros and adds the gradient's rows up.
func (t *Tape) PickRows(x, index *Tensor) *Tensor {
	samples := t.make("sample numbers", I64, x.dims[0])
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{samples, index},
		outs:  func() []*Tensor { return []*Tensor{t.make("picked rows", x.dt, x.dims[0], x.dims[2])} },
		back: func(b *Backward) []*Tensor {
			g := t.like("gradient of rows", x.dt, x)
			t.accumulateRows(index.dims, x.dims[0].Times(x.dims[1]), 2)
			return []*Tensor{t.alias(g, x.dims)}
		},
	})[0]
	t.done(samples, x, index)
	return y
}

// accumulateRows is the scratch of index_put_ with accumulation: the position
// that the given number of indices stand for, sorted, with its order
// (aten/src/ATen/native/cuda/Indexing.cu, index_put_with_sort_kernel).
func (t *Tape) accumulateRows(dims []Dim, limit Dim, indices int) {
	t.accumulateCopied(dims, limit, indices, func() *Tensor { return nil })
}

// accumulateCopied is accumulateRows of values that are copied first.
func (t *Tape) accumulateCopied(dims []Dim, limit Dim, indices int, values func() *Tensor) {
	index := func() *Tensor { return t.make("index arithmetic", I64, dims...) }
	a, position := index(), index()
	t.done(a)
	if indices > 1 {
		c, d := index(), index()
		t.done(c, position)
		position = d
	}
	copied := values()
	sorted, order, range_ := index(), index(), index()
	n := Numel(dims)
	args := "(" + t.text(n) + "," + t.text(limit) + ")"
	t.Scratch("buffers of the sort", t.kernel("pairSort", say.F("buffers of sorting %s pairs, bytes", t.text(n)), args, func(v *Values) int64 {
		return pairSort(n.eval(v), limit.eval(v))
	}))
	t.done(sorted, order, range_, copied, position)
}

// AddRows is x.index_add_(0, index, rows): rows added to those of x in place.
// It saves the rows too, for their shape.
func (t *Tape) AddRows(x, index, rows *Tensor) *Tensor {
	y := t.mutate(x, op{
		ins:   []*Tensor{x, rows},
		saves: []*Tensor{index, rows},
		back: func(b *Backward) []*Tensor {
			return []*Tensor{b.G[0], t.like("gradient of added rows", rows.dt, rows)}
		},
	}, false)
	t.done(index, rows)
	return y
}

// MaxLast is the maximum over the last dimension, as a column. It saves where
// it was; backward writes the gradient into zeros.
func (t *Tape) MaxLast(x *Tensor) *Tensor {
	dims := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), One)
	out := t.run(op{
		ins: []*Tensor{x},
		outs: func() []*Tensor {
			return []*Tensor{t.make("maximum", x.dt, dims...), t.make("place of the maximum", I64, dims...)}
		},
		keep: []int{1},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of maximum", x.dt, x)} },
	})
	t.done(out[1], x)
	return out[0]
}

// NoiseInPlace multiplies a tensor in place with noise, which is saved.
func (t *Tape) NoiseInPlace(x *Tensor) *Tensor {
	noise := t.like("noise", x.dt, x)
	y := t.mutate(x, op{
		ins:   []*Tensor{x},
		saves: []*Tensor{noise},
		back:  func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of noise", x.dt, x)} },
	}, false)
	t.done(noise)
	return y
}
