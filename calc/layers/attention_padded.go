package layers

import "vramcalc/calc/tape"

// PaddedCausalMask is the additive mask [B, 1, S, S] that eager attention gets
// where the tokens come with a mask of their own, all of it ones.
func (b *Builder) PaddedCausalMask(dt tape.DType, length tape.Dim) *tape.Tensor {
	t := b.T
	defer t.Scope("causal mask")()
	f := t.Frame()
	f.V(t.Make("tokens", tape.Bool, []tape.Dim{b.B, length}))
	return f.Ret(b.tokenMask(dt, length))
}

// tokenMask is the additive mask of causal attention and of a mask of tokens
// that is there already.
func (b *Builder) tokenMask(dt tape.DType, length tape.Dim) *tape.Tensor {
	t := b.T
	row, one := []tape.Dim{length}, []tape.Dim{tape.One}
	square := []tape.Dim{tape.One, tape.One, length, length}
	keys := []tape.Dim{b.B, tape.One, tape.One, length}
	f := t.Frame()
	g := t.Frame()
	g.V(t.Make("batch index", tape.I64, []tape.Dim{b.B}))
	g.V(t.Make("head index", tape.I64, one))
	g.V(t.Make("query index", tape.I64, row, t.Make("range", tape.I64, row)))
	g.V(t.Make("key index", tape.I64, row, t.Make("range", tape.I64, row)))
	e := t.Frame()
	all := e.V(t.Make("all", tape.Bool, one))
	all = e.Re(all, t.Make("allowed", tape.Bool, square, t.Make("not after the query", tape.Bool, square)))
	batch, key := t.Make("batch of a key", tape.I64, keys), t.Make("place of a key", tape.I64, keys)
	token := t.Make("is a token", tape.Bool, keys, batch, key)
	all = e.Re(all, t.Make("allowed", tape.Bool, []tape.Dim{b.B, tape.One, length, length}, token))
	allowed := g.Ret(e.Ret(all))
	zero, least := t.Make("zero", dt, one), t.Make("least number", dt, one)
	return f.Ret(t.Make("mask", dt, []tape.Dim{b.B, tape.One, length, length}, zero, least, allowed))
}
