package tape

// PutRows is x[rows] = values in place, for tokens of [B, S, h]. Backward
// copies the gradient with zeros in their place, and picks out the values'.
func (t *Tape) PutRows(x, rows, values *Tensor) *Tensor {
	y := t.mutate(x, op{
		ins:   []*Tensor{x, values},
		saves: []*Tensor{rows},
		back: func(b *Backward) []*Tensor {
			var gx, gv *Tensor
			if b.Need[0] {
				zero := t.make("zero", x.dt, One)
				gx = t.like("gradient beside put rows", x.dt, x)
				t.done(zero)
			}
			if b.Need[1] {
				gv = t.like("gradient of put rows", values.dt, values)
			}
			return []*Tensor{gx, gv}
		},
	}, false)
	t.done(rows, values)
	return y
}
