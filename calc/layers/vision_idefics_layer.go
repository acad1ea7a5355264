package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// ideficsAttention is IdeficsAttention, of tokens to tokens or, across, to
// images.
type ideficsAttention struct {
	b            *Builder
	s            Sizes
	m            workload.Text
	q, k, v, o   *Linear
	qNorm, kNorm *ideficsNorm // across, nil if there are none
}

func (b *Builder) ideficsAttention(leaf string, m workload.Text, s Sizes, from tape.Dim, norms bool) *ideficsAttention {
	defer b.In(leaf)()
	a := &ideficsAttention{b: b, s: s, m: m}
	a.q = b.Linear("q_proj", s.H, s.Q, false)
	a.k = b.Linear("k_proj", from, s.Q, false)
	a.v = b.Linear("v_proj", from, s.Q, false)
	a.o = b.Linear("o_proj", s.Q, s.H, false)
	b.Buffer("rotary_emb.inv_freq", tape.F32, b.Half("half", s.D))
	b.Buffer("rotary_emb.original_inv_freq", tape.F32, b.Half("half", s.D))
	if norms {
		a.qNorm, a.kNorm = b.ideficsNorm("q_layer_norm", s.D), b.ideficsNorm("k_layer_norm", s.D)
	}
	return a
}

// self attends from tokens to tokens. Each layer makes its own rotary tables.
func (a *ideficsAttention) self(x, mask, positions *tape.Tensor) (y, weights *tape.Tensor) {
	t, b, s := a.b.T, a.b, a.s
	defer t.Scope("self_attn")()
	f := t.Frame(x)
	d := x.Dims()
	turned := func(p *Linear) *tape.Tensor {
		return f.V(t.View(t.CopyBack(p.Forward(x), d[0], d[1], s.Heads, s.D), d[0], s.Heads, d[1], s.D))
	}
	q, k := turned(a.q), turned(a.k)
	v := f.V(b.heads(a.v.Forward(x), s.Heads, s.D))
	cos, sin := b.Rotary(positions, s.D, v.DType())
	cos, sin = f.V(cos), f.V(sin)
	q2, k2 := b.ApplyRotary(q, k, cos, sin)
	q, k = f.Re(q, q2), f.Re(k, k2)
	y, weights = b.Core(q, k, v, mask, a.heads(d, d[1], true))
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, a.o.Forward(y))
	return f.Ret2(y, weights)
}

// across attends from tokens to images under an additive mask.
func (a *ideficsAttention) across(x, image, mask *tape.Tensor) (y, weights *tape.Tensor) {
	t, b, s := a.b.T, a.b, a.s
	defer t.Scope("cross_attn")()
	f := t.Frame(x, image)
	d, keys := x.Dims(), image.Dims()[1]
	q := f.V(b.heads(a.q.Forward(x), s.Heads, s.D))
	k := f.V(b.heads(a.k.Forward(image), s.Heads, s.D))
	v := f.V(b.heads(a.v.Forward(image), s.Heads, s.D))
	if a.qNorm != nil {
		q = f.Re(q, a.qNorm.Forward(q))
		k = f.Re(k, a.kNorm.Forward(k))
	}
	h := a.heads(d, keys, false)
	if b.eagerly() {
		y, weights = b.Core(q, k, v, mask, h)
	} else {
		y = b.ideficsSDPA(q, k, v, mask, h)
	}
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, a.o.Forward(y))
	return f.Ret2(y, weights)
}

func (a *ideficsAttention) heads(d []tape.Dim, keys tape.Dim, causal bool) tape.Heads {
	s := a.s
	return tape.Heads{
		Batch: d[0], Queries: d[1], Keys: keys, Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D,
		Causal: causal, Dropout: a.m.ResidualDrop,
	}
}

// ideficsSDPA is sdpa_attention_forward with an additive mask of each sample.
func (b *Builder) ideficsSDPA(q, k, v, mask *tape.Tensor, h tape.Heads) *tape.Tensor {
	t := b.T
	defer t.Scope("sdpa")()
	f := t.Frame(q, k, v)
	out := f.V(t.SDPABias(q, k, v, mask, h))
	return f.Ret(t.View(out, h.Batch, h.Queries, h.Heads.Times(h.ValueDim)))
}

// ideficsMLP declares IdeficsMLP, which has its matrices in another order.
func (b *Builder) ideficsMLP(m workload.Text, s Sizes) *GatedMLP {
	defer b.In("mlp")()
	p := &GatedMLP{b: b, act: m.Activation}
	p.Gate = b.Linear("gate_proj", s.H, s.F, false)
	p.Down = b.Linear("down_proj", s.F, s.H, false)
	p.Up = b.Linear("up_proj", s.H, s.F, false)
	return p
}

// ideficsLayer is IdeficsDecoderLayer.
type ideficsLayer struct {
	b                *Builder
	m                workload.Text
	attention        *ideficsAttention
	mlp              *GatedMLP
	inNorm, postNorm *ideficsNorm
}

func (b *Builder) ideficsLayer(m workload.Text, s Sizes) *ideficsLayer {
	l := &ideficsLayer{b: b, m: m, attention: b.ideficsAttention("self_attn", m, s, s.H, false), mlp: b.ideficsMLP(m, s)}
	l.inNorm, l.postNorm = b.ideficsNorm("input_layernorm", s.H), b.ideficsNorm("post_attention_layernorm", s.H)
	return l
}

// Forward is the layer's forward. The context's first other tensor are the
// positions.
func (l *ideficsLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	residual := f.V(x)
	h := f.V(l.inNorm.Forward(x))
	y, weights := l.attention.self(h, c.Mask, c.Other[0])
	h = f.Re(h, y)
	f.V(weights)
	h = f.Re(h, t.Dropout(h, l.m.ResidualDrop))
	h = f.Re(h, t.Add(residual, h))
	residual = f.Re(residual, h)
	h = f.Re(h, l.postNorm.Forward(h))
	h = f.Re(h, l.mlp.Forward(h))
	h = f.Re(h, t.Dropout(h, l.m.ResidualDrop))
	h = f.Re(h, t.Add(residual, h))
	return f.Ret(h)
}
