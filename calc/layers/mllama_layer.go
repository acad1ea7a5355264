package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// mllamaVisionLayer is MllamaVisionEncoderLayer: a pre-norm layer without
// biases in attention, its two branches gated in the global layers.
type mllamaVisionLayer struct {
	b              *Builder
	s              mllamaSizes
	act            workload.Activation
	gated          bool
	attn, ffn      gate
	q, k, v, o     *Linear
	fc1, fc2       *Linear
	inNorm, postNm *LayerNorm
}

func (b *Builder) mllamaVisionLayer(v workload.Vision, s mllamaSizes, gated bool) *mllamaVisionLayer {
	l := &mllamaVisionLayer{b: b, s: s, act: v.Activation, gated: gated}
	if gated {
		l.attn, l.ffn = b.gate("gate_attn"), b.gate("gate_ffn")
	}
	func() {
		defer b.In("self_attn")()
		l.q = b.Linear("q_proj", s.H, s.H, false)
		l.k = b.Linear("k_proj", s.H, s.H, false)
		l.v = b.Linear("v_proj", s.H, s.H, false)
		l.o = b.Linear("o_proj", s.H, s.H, false)
	}()
	func() {
		defer b.In("mlp")()
		l.fc1 = b.Linear("fc1", s.H, s.F, true)
		l.fc2 = b.Linear("fc2", s.F, s.H, true)
	}()
	l.inNorm = b.LayerNorm("input_layernorm", s.H)
	l.postNm = b.LayerNorm("post_attention_layernorm", s.H)
	return l
}

// Forward is the layer's forward.
func (l *mllamaVisionLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x, c.Mask)
	residual := f.V(x)
	h := f.V(l.inNorm.Forward(x))
	y, weights := l.attention(h, c)
	h = f.Re(h, y)
	f.V(weights)
	if l.gated {
		h = f.Re(h, t.Mul(l.attn.tanh(), h))
	}
	h = f.Re(h, t.Add(residual, h))
	residual = f.Re(residual, h)
	h = f.V(l.postNm.Forward(h))
	h = f.Re(h, l.b.plainMLP(h, l.fc1, l.fc2, l.act))
	if l.gated {
		h = f.Re(h, t.Mul(l.ffn.tanh(), h))
	}
	return f.Ret(f.Re(h, t.Add(residual, h)))
}

func (l *mllamaVisionLayer) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("self_attn")()
	f := t.Frame(x)
	d := x.Dims()
	q := f.V(l.q.Forward(x))
	k := f.V(b.turnedKeys(l.k.Forward(x), s.Heads))
	v := f.V(l.v.Forward(x))
	q = f.Re(q, b.heads(q, s.Heads, s.D))
	k = f.Re(k, t.View(k, d[0], s.Heads, d[1], s.D))
	v = f.Re(v, b.heads(v, s.Heads, s.D))
	y, weights = b.additive(q, k, v, c.Mask, tape.Heads{
		Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D,
	})
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.o.Forward(y))
	return f.Ret2(y, weights)
}

// turnedKeys is a projection to keys of as many heads as there are query heads.
// Eager attention gives their gradient with the tokens as the fastest dimension:
// the heads join in that layout, and only the projection's own backward copies,
// where there are several samples.
func (b *Builder) turnedKeys(x *tape.Tensor, heads tape.Dim) *tape.Tensor {
	d := x.Dims()
	if !b.eagerly() || d[0].IsOne() || d[1].IsOne() {
		return x
	}
	return b.T.CopyBack(x, d...)
}

// additive is Core with a mask of numbers [B, 1, queries, keys], which a kernel
// takes as it is.
func (b *Builder) additive(q, k, v, mask *tape.Tensor, h tape.Heads) (y, weights *tape.Tensor) {
	if b.eagerly() {
		return b.eager(q, k, v, mask, h, scores{})
	}
	t := b.T
	defer t.Scope("sdpa")()
	f := t.Frame(q, k, v, mask)
	if h.Queries.IsOne() && h.KVHeads != h.Heads {
		y := b.packedGroups(f, q, h, func(q *tape.Tensor, h tape.Heads) *tape.Tensor { return t.SDPABias(q, k, v, mask, h) })
		return f.Ret(t.View(y, h.Batch, h.Queries, h.Heads.Times(h.ValueDim))), nil
	}
	k = f.V(b.repeated(k, h, h.Dim))
	v = f.V(b.repeated(v, h, h.ValueDim))
	h.KVHeads = h.Heads
	out := f.V(t.SDPABias(q, k, v, mask, h))
	return f.Ret(t.View(out, h.Batch, h.Queries, h.Heads.Times(h.ValueDim))), nil
}
