package layers

import "vramcalc/calc/tape"

// bias is build_alibi_tensor of a mask of ones: [B·a, 1, S]. The frame keeps
// the mask.
func (g *Falcon) bias(f *tape.Frame, dt tape.DType, seq tape.Dim) *tape.Tensor {
	b, t, s := g.b, g.b.T, g.s
	defer t.Scope("alibi")()
	d := []tape.Dim{b.B, seq}
	f.V(t.Make("mask of ones", tape.I64, d))
	e := t.Frame()
	slopes := e.V(b.slopes(g.m.Heads, s.Heads))
	less := t.Make("positions", tape.I64, d, t.Make("running count", tape.I64, d))
	at := e.V(t.Make("positions of tokens", tape.I64, d, less))
	_, _ = slopes, at
	half := t.Make("slopes in bf16", tape.BF16, []tape.Dim{s.Heads, tape.One})
	a := e.V(t.Make("bias", tape.BF16, []tape.Dim{b.B, s.Heads, seq}, half))
	return e.Ret(t.To(t.View(a, b.B.Times(s.Heads), tape.One, seq), dt))
}

// mixed puts the bias into the mask [B, a, S, S].
func (g *Falcon) mixed(f *tape.Frame, mask, alibi *tape.Tensor, seq tape.Dim) (both, bias *tape.Tensor) {
	b, t, s := g.b, g.b.T, g.s
	defer t.Scope("alibi mask")()
	dt := alibi.DType()
	if !b.eagerly() {
		zero := t.Make("zero", dt, []tape.Dim{tape.One})
		least := t.Make("least number", dt, []tape.Dim{tape.One})
		mask = f.Re(mask, t.Make("mask as numbers", dt, mask.Dims(), least, zero))
	}
	alibi = f.Re(alibi, t.View(alibi, b.B, s.Heads, tape.One, seq))
	scaled := t.Make("scaled bias", dt, alibi.Dims())
	hidden := t.Make("hidden", tape.Bool, mask.Dims())
	return f.Re(mask, t.Make("bias and mask", dt, []tape.Dim{b.B, s.Heads, seq, seq}, scaled, hidden)), alibi
}
