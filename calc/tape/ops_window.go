package tape

// This file holds what models with shifted windows do to images of rows
// [B, H, W, C].

// RollImage is torch.roll over height and width: one after the other, and so
// in backward.
func (t *Tape) RollImage(x *Tensor) *Tensor {
	roll := func(what string, dt DType) *Tensor {
		a := t.like(what+" over one dimension", dt, x)
		y := t.like(what, dt, x)
		t.done(a)
		return y
	}
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{roll("rolled", x.dt)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{roll("gradient rolled", b.G[0].dt)} },
	})[0]
	t.done(x)
	return y
}

// RowsCopiedBack is a tensor whose gradient arrives with its dimensions in
// another order, so that backward copies it.
func (t *Tape) RowsCopiedBack(x *Tensor) *Tensor {
	return t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.alias(x, x.dims)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient made contiguous", b.G[0].dt, x)} },
	})[0]
}
