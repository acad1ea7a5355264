package layers

import "vramcalc/calc/tape"

// Rotary makes the tables of rotary embeddings for positions [P, S]: cos and
// sin in the given type, each [P, S, d].
func (b *Builder) Rotary(positions *tape.Tensor, dim tape.Dim, dt tape.DType) (cos, sin *tape.Tensor) {
	t := b.T
	b.passes("rotary_emb")
	defer t.Scope("rotary_emb")()
	p := positions.Dims()
	half := append(append([]tape.Dim(nil), p...), b.Half("half", dim))
	full := append(append([]tape.Dim(nil), p...), dim)
	f := t.Frame(positions)
	freqs := f.V(t.Make("frequencies", tape.F32, half, t.Make("positions in fp32", tape.F32, p)))
	emb := f.V(t.Make("angles", tape.F32, full))
	_ = freqs
	cos = f.V(t.Make("cos", tape.F32, full, t.Make("cos before scaling", tape.F32, full)))
	sin = f.V(t.Make("sin", tape.F32, full, t.Make("sin before scaling", tape.F32, full)))
	_ = emb
	return f.Ret2(t.To(cos, dt), t.To(sin, dt))
}

// Half is half of an even dimension, as a symbol of its own unless it is
// known. Heads of different widths have different symbols.
func (b *Builder) Half(name string, d tape.Dim) tape.Dim {
	return b.T.Fraction(name+"HeadDim", "half of the rotated head width", d, 2)
}

// rotateHalf is cat(−x2, x1).
func (b *Builder) rotateHalf(x *tape.Tensor) *tape.Tensor {
	t := b.T
	d := x.Dims()
	half := append(append([]tape.Dim(nil), d[:len(d)-1]...), b.Half("half", x.Last()))
	f := t.Frame(x)
	x1 := f.V(t.Slice(x, half...))
	x2 := f.V(t.Slice(x, half...))
	return f.Ret(t.Cat(d, t.Neg(x2), x1))
}

// ApplyRotary rotates queries and keys.
func (b *Builder) ApplyRotary(q, k, cos, sin *tape.Tensor) (*tape.Tensor, *tape.Tensor) {
	t := b.T
	defer t.Scope("rotary")()
	one := func(x *tape.Tensor) []tape.Dim {
		d := x.Dims()
		return []tape.Dim{d[0], tape.One, d[1], d[2]}
	}
	f := t.Frame(q, k, cos, sin)
	c := f.V(t.View(cos, one(cos)...))
	s := f.V(t.View(sin, one(sin)...))
	qe := f.V(t.Add(t.Mul(q, c), t.Mul(b.rotateHalf(q), s)))
	ke := f.V(t.Add(t.Mul(k, c), t.Mul(b.rotateHalf(k), s)))
	return f.Ret2(qe, ke)
}
