package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// rotate applies the family's rotary function and binds the results.
func (l *rotaryLayer) rotate(f *tape.Frame, q, k *tape.Tensor, c *Context) (*tape.Tensor, *tape.Tensor) {
	b := l.b
	cos, sin := c.tables(l.kind)
	var q2, k2 *tape.Tensor
	if b.Software.Liger.Rope {
		apart := l.style.normsTransposed || l.style.qkv == slicedQKV
		q2, k2 = b.rotaryFused(q, k, cos, sin, apart, b.repeats(l.s, c.mask(l.kind)))
		return f.Re(q, q2), f.Re(k, k2)
	}
	switch l.style.rotate {
	case withinApply:
		q2, k2 = b.applyPartial(q, k, cos, sin)
	case interleaved:
		q2, k2 = b.applyJoined(q, k, cos, sin, true)
	case aroundApply:
		return b.rotateAround(f, q, k, cos, sin)
	case cohereRotary:
		q2, k2 = b.applyWide(q, k, cos, sin)
	case typedRotary:
		q2, k2 = b.applyTyped(q, k, cos, sin)
	default:
		q2, k2 = b.ApplyRotary(q, k, cos, sin)
	}
	return f.Re(q, q2), f.Re(k, k2)
}

// applyPartial rotates the first part of each head and joins the rest: two
// slices a tensor, one of them empty where all is rotated.
func (b *Builder) applyPartial(q, k, cos, sin *tape.Tensor) (*tape.Tensor, *tape.Tensor) {
	t := b.T
	defer t.Scope("rotary")()
	f := t.Frame(q, k, cos, sin)
	c := f.V(t.View(cos, b.withHeads(cos)...))
	s := f.V(t.View(sin, b.withHeads(sin)...))
	qr, qp := b.parted(f, q, cos.Last())
	kr, kp := b.parted(f, k, cos.Last())
	qe := f.V(t.Cat(q.Dims(), t.Add(t.Mul(qr, c), t.Mul(b.rotateHalf(qr), s)), qp))
	ke := f.V(t.Cat(k.Dims(), t.Add(t.Mul(kr, c), t.Mul(b.rotateHalf(kr), s)), kp))
	return f.Ret2(qe, ke)
}

// rotateAround cuts each head outside the rotary function and joins it again
// in the attention module.
func (b *Builder) rotateAround(f *tape.Frame, q, k, cos, sin *tape.Tensor) (*tape.Tensor, *tape.Tensor) {
	t := b.T
	qr, qp := b.parted(f, q, cos.Last())
	kr, kp := b.parted(f, k, cos.Last())
	q2, k2 := b.ApplyRotary(qr, kr, cos, sin)
	qr, kr = f.Re(qr, q2), f.Re(kr, k2)
	q = f.Re(q, t.Cat(q.Dims(), qr, qp))
	return q, f.Re(k, t.Cat(k.Dims(), kr, kp))
}

// applyTyped is OLMo 2's: with tables in fp32, the results cast back.
func (b *Builder) applyTyped(q, k, cos, sin *tape.Tensor) (*tape.Tensor, *tape.Tensor) {
	t, dt := b.T, q.DType()
	defer t.Scope("rotary")()
	f := t.Frame(q, k, cos, sin)
	c := f.V(t.View(cos, b.withHeads(cos)...))
	s := f.V(t.View(sin, b.withHeads(sin)...))
	qe := f.V(t.Add(t.Mul(q, c), t.Mul(b.rotateHalf(q), s)))
	ke := f.V(t.Add(t.Mul(k, c), t.Mul(b.rotateHalf(k), s)))
	return f.Ret2(t.To(qe, dt), t.To(ke, dt))
}

// applyWide is Cohere's: neighbouring pairs, in fp32.
func (b *Builder) applyWide(q, k, cos, sin *tape.Tensor) (*tape.Tensor, *tape.Tensor) {
	t, dt := b.T, q.DType()
	defer t.Scope("rotary")()
	f := t.Frame(q, k, cos, sin)
	q = f.V(t.To(q, tape.F32))
	k = f.V(t.To(k, tape.F32))
	c := f.V(t.View(cos, b.withHeads(cos)...))
	s := f.V(t.View(sin, b.withHeads(sin)...))
	qe := f.V(t.Add(t.Mul(q, c), t.Mul(b.rotatePairs(q), s)))
	ke := f.V(t.Add(t.Mul(k, c), t.Mul(b.rotatePairs(k), s)))
	return f.Ret2(t.To(qe, dt), t.To(ke, dt))
}

// parted is x[..., :n], x[..., n:].
func (b *Builder) parted(f *tape.Frame, x *tape.Tensor, n tape.Dim) (rotated, passed *tape.Tensor) {
	t, d := b.T, x.Dims()
	lead := func(w tape.Dim) []tape.Dim { return append(append([]tape.Dim(nil), d[:len(d)-1]...), w) }
	if n == x.Last() { // a slice of everything is the tensor itself
		rotated = f.V(t.View(x, d...))
	} else {
		rotated = f.V(t.Slice(x, lead(n)...))
	}
	passed = f.V(t.Slice(x, lead(b.rest(x.Last(), n))...))
	return rotated, passed
}

// rest is the part of a head that is not rotated.
func (b *Builder) rest(width, rotated tape.Dim) tape.Dim {
	if width == rotated {
		return tape.N(0)
	}
	w, fixed := width.Const()
	r, also := rotated.Const()
	if fixed && also {
		return tape.N(w - r)
	}
	return b.T.Derived("passedHeadDim", "width of a head that is not rotated", func(v *tape.Values) int64 {
		return max(0, width.Value(v)-rotated.Value(v))
	})
}

// withHeads is the shape of a rotary table with a dimension for heads.
func (b *Builder) withHeads(x *tape.Tensor) []tape.Dim {
	d := x.Dims()
	return []tape.Dim{d[0], tape.One, d[1], d[2]}
}

// applyJoined rotates the first part of each head and joins the rest after
// both are rotated. Interleaved pairs are neighbours (GLM), and the tables are
// repeated for them.
func (b *Builder) applyJoined(q, k, cos, sin *tape.Tensor, pairs bool) (*tape.Tensor, *tape.Tensor) {
	t := b.T
	defer t.Scope("rotary")()
	f := t.Frame(q, k, cos, sin)
	c := f.V(t.View(cos, b.withHeads(cos)...))
	s := f.V(t.View(sin, b.withHeads(sin)...))
	half := b.rotateHalf
	if pairs {
		half = b.rotatePairs
		c = f.Re(c, b.repeatedPairs(c))
		s = f.Re(s, b.repeatedPairs(s))
	}
	qr, qp := b.parted(f, q, cos.Last())
	kr, kp := b.parted(f, k, cos.Last())
	qe := f.V(t.Add(t.Mul(qr, c), t.Mul(half(qr), s)))
	ke := f.V(t.Add(t.Mul(kr, c), t.Mul(half(kr), s)))
	qe = f.Re(qe, t.Cat(q.Dims(), qe, qp))
	ke = f.Re(ke, t.Cat(k.Dims(), ke, kp))
	return f.Ret2(qe, ke)
}

// repeatedPairs is x[..., :n/2].repeat_interleave(2, dim=-1).
func (b *Builder) repeatedPairs(x *tape.Tensor) *tape.Tensor {
	return b.T.Make("table for pairs", x.DType(), x.Dims())
}

// rotatePairs is stack((−x[..., 1::2], x[..., ::2]), −1).flatten(−2).
func (b *Builder) rotatePairs(x *tape.Tensor) *tape.Tensor {
	t := b.T
	d := x.Dims()
	half := append(append([]tape.Dim(nil), d[:len(d)-1]...), b.Half("half", x.Last()))
	f := t.Frame(x)
	x1 := f.V(t.Slice(x, half...))
	x2 := f.V(t.Slice(x, half...))
	return f.Ret(t.Cat(d, t.Neg(x2), x1))
}

// rotaryWidth is the rotated part of a head.
func (b *Builder) rotaryWidth(m workload.Text, s Sizes) tape.Dim {
	if m.RotaryDim == m.HeadDim {
		return s.D
	}
	return b.T.Symbol("rd", "rotated part of a head", m.RotaryDim)
}

// rotaryBuffers are the frequencies of a rotary module.
func (b *Builder) rotaryBuffers(width tape.Dim) {
	half := b.Half("half", width)
	b.Buffer("rotary_emb.inv_freq", tape.F32, half)
	b.Buffer("rotary_emb.original_inv_freq", tape.F32, half)
}
