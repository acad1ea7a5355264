package tape

// This file holds what a tower over several tiles does beyond other towers:
// padded rows, stacked hidden states, gates.

// Pad is F.pad with zeros to another shape, a copy even where nothing is
// added. Backward copies the part of the gradient that was given.
func (t *Tape) Pad(x *Tensor, dims ...Dim) *Tensor {
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.make("padded", x.dt, dims...)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient without padding", x.dt, x)} },
	})[0]
	t.done(x)
	return y
}

// StackLast is torch.stack along a new last dimension. Its backward gives every
// operand a view of the gradient, which lies in memory with gaps.
func (t *Tape) StackLast(xs ...*Tensor) *Tensor {
	dims := append(append([]Dim(nil), xs[0].dims...), N(int64(len(xs))))
	return t.run(op{
		ins:  xs,
		outs: func() []*Tensor { return []*Tensor{t.make("stacked", xs[0].dt, dims...)} },
		back: func(b *Backward) []*Tensor {
			out := make([]*Tensor, len(xs))
			for i, x := range xs {
				if b.Need[i] {
					out[i] = t.alias(b.G[0], x.dims)
					out[i].gaps = len(xs) > 1
				}
			}
			return out
		},
	})[0]
}

// LessFrom is a number less x. Its backward negates.
func (t *Tape) LessFrom(x *Tensor) *Tensor {
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.like("number less a tensor", x.dt, x)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("negated gradient", b.G[0].dt, b.G[0])} },
	})[0]
	t.done(x)
	return y
}

// MatMulOuter is x·xᵀ of columns [n, m, 1], which torch gives to a kernel
// without a workspace; autocast casts both operands.
func (t *Tape) MatMulOuter(x *Tensor) *Tensor {
	lb := t.lower(x)
	la := t.lower(x)
	y := t.make("outer product", la.dt, x.dims[0], x.dims[1], x.dims[1])
	t.Work(la.dt, Numel(y.dims))
	t.done(la, lb, x)
	return y
}
