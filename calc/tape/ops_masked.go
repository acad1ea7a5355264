package tape

// This file holds indexing by a mask of tokens, all of which are set: the
// number of set ones is that of the tokens.

// places are where a mask [n, m] is set: one index a dimension.
func (t *Tape) places(mask *Tensor, rows Dim) *Tensor {
	return t.make("places of the masked elements", I64, N(int64(len(mask.dims))), rows)
}

// MaskedRows is x[mask] for x [n, m, h] and a mask [n, m]: its rows. Backward
// makes zeros and adds the gradient's rows up.
func (t *Tape) MaskedRows(x, mask *Tensor, rows Dim) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{mask},
		outs: func() []*Tensor {
			at := t.places(mask, rows)
			y := t.make("rows", x.dt, rows, x.Last())
			t.done(at)
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor {
			g := t.like("gradient of rows", x.dt, x)
			at := t.places(mask, rows)
			t.accumulateCopied([]Dim{rows}, x.Rows(), len(mask.dims), func() *Tensor { t.done(at); return nil })
			return []*Tensor{t.alias(g, x.dims)}
		},
	})[0]
	t.done(x, mask)
	return y
}

// MaskedValues is zeros(mask.shape).masked_scatter(mask, x) of one value x [rows]
// for each set element of the mask.
func (t *Tape) MaskedValues(x, mask *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{mask},
		outs: func() []*Tensor {
			zeros := t.like("zeros", x.dt, mask)
			y := t.like("values of all tokens", x.dt, mask)
			sums := t.like("prefix sums of the mask", I64, mask)
			t.Scratch("buffer of the prefix sums", t.scanScratch(Numel(mask.dims)))
			t.done(sums, zeros)
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor {
			at := t.places(mask, x.dims[0])
			g := t.like("gradient of values", x.dt, x)
			t.done(at)
			return []*Tensor{g}
		},
	})[0]
	t.done(x, mask)
	return y
}

// NegativeMean is −x.sum() / mask.sum().clamp(min=1). It saves the number that
// it divides by; the gradient of a sum is one number seen in x's shape.
func (t *Tape) NegativeMean(x, mask *Tensor) *Tensor {
	count := t.make("number of scored tokens", I64, One)
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{count},
		outs: func() []*Tensor {
			sum := t.make("negative sum", x.dt, One)
			t.Scratch("mask as numbers", Numel(mask.dims).By(I64.Size()))
			y := t.make("loss", x.dt, One)
			t.done(sum)
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor {
			return []*Tensor{t.alias(t.make("gradient of the sum", x.dt, One), x.dims)}
		},
	})[0]
	t.done(count, x, mask)
	return y
}

// PutMasked is x[mask, :] = rows, in place. Backward puts zeros in a copy of the
// gradient for x, and takes the gradient's rows for those that were put.
func (t *Tape) PutMasked(x, mask, rows *Tensor) *Tensor {
	n := rows.dims[0]
	t.done(t.places(mask, n))
	y := t.mutate(x, op{
		ins:   []*Tensor{x, rows},
		saves: []*Tensor{mask},
		back: func(b *Backward) []*Tensor {
			var gx, gr *Tensor
			if b.Need[0] {
				zeros := t.like("zeros", b.G[0].dt, rows)
				gx = t.like("gradient of the other rows", b.G[0].dt, x)
				t.done(t.places(mask, n), zeros)
			}
			if b.Need[1] {
				p := t.places(mask, n)
				gr = t.like("gradient of put rows", b.G[0].dt, rows)
				t.done(p)
			}
			return []*Tensor{gx, gr}
		},
	}, false)
	t.done(rows)
	return y
}

// SumAll is the sum of all elements; its gradient is one number seen in x's
// shape.
func (t *Tape) SumAll(x *Tensor) *Tensor {
	y := t.run(op{
		ins: []*Tensor{x},
		outs: func() []*Tensor {
			y := t.make("sum", x.dt, One)
			a, s := t.innerSum(Numel(x.dims), One)
			t.Scratch("scratch of a sum", a, s)
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.alias(b.G[0], x.dims)} },
	})[0]
	t.done(x)
	return y
}

// SumTaps sums [n, k, h] over its few k; backward shows the gradient to each.
func (t *Tape) SumTaps(x *Tensor) *Tensor {
	d := x.dims
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.make("sum", x.dt, d[0], d[2])} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.alias(b.G[0], d)} },
	})[0]
	t.done(x)
	return y
}
