package tape

// places finds the masked tokens: batch and place of each, while they are
// needed.
func (t *Tape) places(rows Dim) *Tensor {
	return t.make("places of the masked tokens", I64, N(2), rows)
}

// MaskedRows is x[mask, :] of [B, S, h]: the rows of the masked tokens, whose
// number is given. Backward finds them again, makes zeros, and adds the
// gradient's rows up, sorting their places.
func (t *Tape) MaskedRows(x, mask *Tensor, rows Dim) *Tensor {
	limit := x.Rows()
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{mask},
		outs: func() []*Tensor {
			p := t.places(rows)
			y := t.make("rows", x.dt, rows, x.Last())
			t.done(p)
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor {
			g := t.like("gradient of rows", b.G[0].dt, x)
			p := t.places(rows)
			t.accumulateRows([]Dim{rows}, limit, 2)
			t.done(p)
			return []*Tensor{g}
		},
	})[0]
	t.done(x)
	return y
}

// PutRows is x[mask, :] = rows, in place. Backward puts zeros in a copy of the
// gradient for x, and takes the gradient's rows for those that were put.
func (t *Tape) PutRows(x, mask, rows *Tensor) *Tensor {
	n := rows.dims[0]
	t.done(t.places(n))
	y := t.mutate(x, op{
		ins:   []*Tensor{x, rows},
		saves: []*Tensor{mask},
		back: func(b *Backward) []*Tensor {
			var gx, gr *Tensor
			if b.Need[0] {
				zeros := t.like("zeros", b.G[0].dt, rows)
				gx = t.like("gradient of the other rows", b.G[0].dt, x)
				t.done(t.places(n), zeros)
			}
			if b.Need[1] {
				p := t.places(n)
				gr = t.like("gradient of put rows", b.G[0].dt, rows)
				t.done(p)
			}
			return []*Tensor{gx, gr}
		},
	}, false)
	t.done(rows)
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
