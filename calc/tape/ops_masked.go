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
			t.accumulateCopied([]Dim{rows}, rows, len(mask.dims), func() *Tensor { t.done(at); return nil })
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
