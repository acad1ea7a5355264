package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// pixtralLayer is PixtralAttentionLayer: LLaMA's layer without key-value groups,
// over the patches of all images in one sequence.
type pixtralLayer struct {
	b                  *Builder
	s                  towerSizes
	before, after      *RMSNorm
	mlp                *GatedMLP
	keys, values, q, o *Linear
}

func (b *Builder) pixtralLayer(s towerSizes, v workload.Vision) *pixtralLayer {
	l := &pixtralLayer{b: b, s: s}
	l.before = b.RMSNorm("attention_norm", s.H)
	l.mlp = b.GatedMLP("feed_forward", s.H, s.F, false, v.Activation)
	func() {
		defer b.In("attention")()
		l.keys = b.Linear("k_proj", s.H, s.H, false)
		l.values = b.Linear("v_proj", s.H, s.H, false)
		l.q = b.Linear("q_proj", s.H, s.H, false)
		l.o = b.Linear("o_proj", s.H, s.H, false)
	}()
	l.after = b.RMSNorm("ffn_norm", s.H)
	return l
}

// Forward is the layer's forward.
func (l *pixtralLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	h := f.V(l.before.Forward(x))
	y, weights := l.attention(h, c)
	h = f.Re(h, y)
	f.V(weights)
	h = f.Re(h, t.Add(x, h))
	residual := f.V(h)
	h = f.Re(h, l.after.Forward(h))
	h = f.Re(h, l.mlp.Forward(h))
	return f.Ret(f.Re(h, t.Add(residual, h)))
}

func (l *pixtralLayer) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("attention")()
	f := t.Frame(x)
	d := x.Dims()
	q := f.V(l.q.Forward(x))
	k := f.V(l.keys.Forward(x))
	v := f.V(l.values.Forward(x))
	turned := func(x *tape.Tensor) *tape.Tensor { // a rotated gradient does not fit the view
		return t.View(t.CopyBack(x, d[0], d[1], s.Heads, s.D), d[0], s.Heads, d[1], s.D)
	}
	q = f.Re(q, turned(q))
	k = f.Re(k, turned(k))
	v = f.Re(v, b.heads(v, s.Heads, s.D))
	q2, k2 := b.ApplyRotary(q, k, c.Cos, c.Sin)
	q, k = f.Re(q, q2), f.Re(k, k2)
	h := tape.Heads{
		Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D,
	}
	if b.eagerly() {
		y, weights = b.Core(q, k, v, c.Mask, h)
	} else {
		y, weights = b.biasedSDPA(q, k, v, c.Mask, h)
	}
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.o.Forward(y))
	return f.Ret2(y, weights)
}
