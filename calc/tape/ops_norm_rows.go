package tape

// This file holds layer norms of rows that lie apart in memory.

// LayerNormRows is LayerNorm of rows of [B, h] that lie apart in memory, or of
// an image's rows of [B, S, h] that lie transposed: forward and backward make a
// contiguous copy for as long as they run. A cast keeps an image's rows
// transposed, but puts single rows together.
func (t *Tape) LayerNormRows(x, w, bias *Tensor) *Tensor {
	return t.rowsNorm(x, w, bias, !x.dims[len(x.dims)-2].IsOne(), false)
}

// LayerNormHeads is LayerNorm of the rows of heads [B, a, S, d] that lie in the
// layout of projections, [B, S, a, d]. turned says that the gradient comes from
// a product with the transposed result, so that backward copies it too.
func (t *Tape) LayerNormHeads(x, w, bias *Tensor, turned bool) *Tensor {
	return t.rowsNorm(x, w, bias, !x.dims[1].IsOne() && !x.dims[2].IsOne(), turned && !x.dims[2].IsOne())
}

func (t *Tape) rowsNorm(x, w, bias *Tensor, apart, turned bool) *Tensor {
	in, iw, ib := x, w, bias
	bias = t.raise(bias)
	w = t.raise(w)
	x = t.raise(x)
	copied := func() *Tensor {
		if !apart || x != in && len(x.dims) == 2 {
			return nil
		}
		return t.like("rows made contiguous", x.dt, x)
	}
	rows := x.dims[:len(x.dims)-1]
	out := t.run(op{
		ins:   []*Tensor{x, w, bias},
		saves: []*Tensor{bias, x, w},
		outs: func() []*Tensor {
			c := copied()
			y := t.like("normalized", x.dt, x)
			mean := t.make("mean", F32, rows...)
			dev := t.make("1/deviation", F32, rows...)
			t.done(c)
			return []*Tensor{y, mean, dev}
		},
		keep: []int{1, 2},
		back: func(b *Backward) []*Tensor {
			c := copied()
			out := make([]*Tensor, 3)
			for i, what := range []string{"gradient of input", "gradient of weight", "gradient of bias"} {
				if b.Need[i] {
					like := []*Tensor{x, w, bias}[i]
					out[i] = t.like(what, like.dt, like)
				}
			}
			if turned {
				t.done(t.like("gradient made contiguous", x.dt, x))
			}
			t.done(c)
			return out
		},
	})
	t.done(out[1:]...)
	t.done(x, w, bias, in, iw, ib)
	return out[0]
}
