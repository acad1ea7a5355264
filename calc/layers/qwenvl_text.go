package layers

import (
	"vramcalc/calc/tape"
)

// statesAt is the decoder's forward on embeddings at positions [3, B, S] of
// time, height and width, whose angles come in sections or interleaved. given is what reaches the layers besides.
func (c *Causal) statesAt(x, positions *tape.Tensor, sections bool, given []*tape.Tensor) *tape.Tensor {
	b, t := c.b, c.b.T
	seq := x.Dims()[1]
	f := t.Frame(x, positions)
	ctx := &Context{Other: given}
	ctx.Mask = f.V(b.causalMask(x.DType(), seq, 0))
	h := f.V(x)
	cos, sin := b.rotaryThree(positions, c.s.D, sections, x.DType())
	ctx.Cos, ctx.Sin = f.V(cos), f.V(sin)
	h = c.stack.Forward(f, h, ctx)
	h = f.Re(h, c.norm.Forward(h))
	return f.Ret(h)
}

// rotaryThree makes tables [B, S, d] of positions in three dimensions, each of
// which gives some of a head's angles: in sections that are joined first, or
// interleaved in place.
func (b *Builder) rotaryThree(positions *tape.Tensor, dim tape.Dim, sections bool, dt tape.DType) (cos, sin *tape.Tensor) {
	t := b.T
	defer t.Scope("rotary_emb")()
	p := positions.Dims()
	half := b.Half("half", dim)
	angles := []tape.Dim{p[0], p[1], p[2], half}
	f := t.Frame(positions)
	f.V(t.Make("frequencies", tape.F32, angles, t.Make("positions in fp32", tape.F32, p)))
	cos = f.V(t.Make("cos", tape.F32, angles, t.Make("cos before scaling", tape.F32, angles)))
	sin = f.V(t.Make("sin", tape.F32, angles, t.Make("sin before scaling", tape.F32, angles)))
	one := func(x *tape.Tensor) *tape.Tensor {
		g := t.Frame(x)
		if sections {
			g.V(t.Make("angles of the three", tape.F32, []tape.Dim{p[1], p[2], half}))
		}
		return g.Ret(t.Make("table", tape.F32, []tape.Dim{p[1], p[2], dim}))
	}
	sin = f.Re(sin, one(sin))
	cos = f.Re(cos, one(cos))
	return f.Ret2(t.To(cos, dt), t.To(sin, dt))
}
