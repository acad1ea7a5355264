package tape

// This file holds what a mixture does that sends every token to every expert.

// ScatterLast puts values at their indices among numbers of a tensor's shape.
// Backward picks them out.
func (t *Tape) ScatterLast(like, values, index *Tensor) *Tensor {
	return t.run(op{
		ins:   []*Tensor{values},
		saves: []*Tensor{index},
		outs:  func() []*Tensor { return []*Tensor{t.like("scattered", values.dt, like)} },
		back:  func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of scatter", values.dt, values)} },
	})[0]
}

// TurnedColumn is x.transpose(0, 1).reshape(-1, 1), a copy; so is its gradient
// where it is used.
func (t *Tape) TurnedColumn(x *Tensor, dims ...Dim) *Tensor {
	return t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.make("turned column", x.dt, dims...)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.alias(b.G[0], x.dims)} },
	})[0]
}

// SumFirst sums rows [n·m, h], seen as [n, m, h], to [m, h], under autocast in
// fp32. Backward copies the repeated gradient for the view.
func (t *Tape) SumFirst(x *Tensor, m Dim) *Tensor {
	dt := x.dt
	if t.IsAutocast() {
		dt = F32
	}
	return t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.make("sum over experts", dt, m, x.Last())} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of each expert's output", x.dt, x)} },
	})[0]
}

// TurnRows is Turn of heads that lie row by row, [B, S, a, d]. turned says that
// their gradient lies head by head, so that it is copied first.
func (t *Tape) TurnRows(x, table *Tensor, turned bool) *Tensor {
	return t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{table},
		outs:  func() []*Tensor { return []*Tensor{t.like("rotated pairs", F32, x)} },
		back: func(b *Backward) []*Tensor {
			var pairs *Tensor
			if turned && !x.dims[1].IsOne() && !x.dims[2].IsOne() {
				pairs = t.like("gradient in pairs", F32, x)
			}
			conj := t.like("conjugated rotations", F32, table)
			out := t.like("gradient of rotation", F32, x)
			t.done(conj, pairs)
			return []*Tensor{out}
		},
	})[0]
}
