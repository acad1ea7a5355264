package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// llamaLayer is LlamaDecoderLayer and its relatives: Mistral, Qwen2 (biases on
// query, key and value), Qwen3 (norms over each head).
type llamaLayer struct {
	b                *Builder
	s                Sizes
	m                workload.Text
	q, k, v, o       *Linear
	qNorm, kNorm     *RMSNorm
	latent           *mla // DeepSeek's attention, in place of the projections
	mlp              FeedForward
	inNorm, postNorm Norm
}

func (b *Builder) llamaLayer(m workload.Text, s Sizes) *llamaLayer {
	return b.llamaBlock(m, s, func() FeedForward { return b.GatedMLP("mlp", s.H, s.F, m.MLPBias, m.Activation) })
}

// llamaBlock declares the layer with another part after attention.
func (b *Builder) llamaBlock(m workload.Text, s Sizes, feedForward func() FeedForward) *llamaLayer {
	l := &llamaLayer{b: b, s: s, m: m}
	func() {
		if m.KVLoRARank > 0 {
			l.latent = b.mla(m, s)
			return
		}
		defer b.In("self_attn")()
		l.q = b.Linear("q_proj", s.H, s.Q, m.QKVBias)
		l.k = b.Linear("k_proj", s.H, s.K, m.QKVBias)
		l.v = b.Linear("v_proj", s.H, s.K, m.QKVBias)
		l.o = b.Linear("o_proj", s.Q, s.H, m.OutBias)
		if b.tablesInside && m.Family == workload.Mixtral {
			rows := b.T.Symbol("P", "rows of a layer's rotary table", m.Context)
			b.Buffer("rotary_emb.cos_cached", b.Weights, rows, s.D)
			b.Buffer("rotary_emb.sin_cached", b.Weights, rows, s.D)
		}
		if m.QKNorm {
			l.qNorm = b.RMSNorm("q_norm", s.D)
			l.kNorm = b.RMSNorm("k_norm", s.D)
		}
		if m.QKNormFull {
			l.qNorm = b.RMSNorm("q_norm", s.Q)
			l.kNorm = b.RMSNorm("k_norm", s.K)
		}
	}()
	l.mlp = feedForward()
	l.inNorm = b.moeNorm(m, "input_layernorm", s.H)
	l.postNorm = b.moeNorm(m, "post_attention_layernorm", s.H)
	return l
}

// Forward is the layer's forward.
func (l *llamaLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	f := l.b.T.Frame(x)
	h := f.V(l.inNorm.Forward(x))
	y, weights := l.attention(h, c)
	h = f.Re(h, y)
	f.V(weights)
	h = f.Re(h, l.b.plus(x, l.branch(h)))
	residual := f.V(h)
	if m, ok := l.mlp.(*GatedMLP); ok && l.b.compiles() {
		h = f.Re(h, m.compiled(l.postNorm, h))
	} else {
		h = f.Re(h, l.postNorm.Forward(h))
		h = f.Re(h, l.mlp.Forward(h))
	}
	h = f.Re(h, l.b.plus(residual, l.branch(h)))
	return f.Ret(h)
}

// branch is what a part of the layer adds to the residual: Granite and MiniCPM
// scale it.
func (l *llamaLayer) branch(h *tape.Tensor) *tape.Tensor {
	if Scales(l.m) {
		return l.b.T.MulS(h)
	}
	return h
}

func (l *llamaLayer) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	if l.latent != nil {
		return l.latent.forward(x, c)
	}
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("self_attn")()
	f := t.Frame(x)
	x = b.assembled(f, x)
	d := x.Dims()
	shared := b.widen(f, x, l.q, l.k, l.v)
	q, k, v := l.project(f, x, c)
	shared()
	if b.compiles() {
		y = f.V(b.compiledAttention(q, k, v, c.Mask, tape.Heads{
			Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.KV, Dim: s.D, ValueDim: s.D, Causal: true,
		}))
		return f.Ret(l.o.Forward(y)), nil
	}
	partial := l.m.Family == workload.GLM4MoE
	apply := b.ApplyRotary
	if b.Software.Liger.Rope {
		apply = func(q, k, cos, sin *tape.Tensor) (*tape.Tensor, *tape.Tensor) {
			return b.rotaryFused(q, k, cos, sin, false, b.repeats(s, c.Mask))
		}
	}
	if partial {
		apply = func(q, k, cos, sin *tape.Tensor) (*tape.Tensor, *tape.Tensor) {
			return b.applyJoined(q, k, cos, sin, false)
		}
	}
	tables := c
	if b.tablesInside {
		cos, sin := b.Rotary(c.Other[0], s.D, q.DType())
		tables = &Context{Cos: f.V(cos), Sin: f.V(sin)}
	}
	q2, k2 := apply(q, k, tables.Cos, tables.Sin)
	q, k = f.Re(q, q2), f.Re(k, k2)
	keys := d[1]
	if c.Prefix != nil {
		k, v = c.Prefix.Extend(f, l, k, v)
		keys = c.Prefix.Keys(d[1])
	}
	h := tape.Heads{
		Batch: d[0], Queries: d[1], Keys: keys, Heads: s.Heads, KVHeads: s.KV, Dim: s.D, ValueDim: s.D,
		Causal: true, Dropout: l.m.AttentionDrop, Packed: partial, Window: windowOf(l.m, 0),
	}
	k, v, h = b.remembered(f, k, v, h)
	y, weights = b.core(q, k, v, c.Mask, h, scores{joined: c.Prefix != nil || b.session != nil})
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.o.Forward(y))
	return f.Ret2(y, weights)
}

// project gives query, key and value by head, queries and keys normed where the
// family norms them.
func (l *llamaLayer) project(f *tape.Frame, x *tape.Tensor, c *Context) (q, k, v *tape.Tensor) {
	if l.viewsLater() {
		return l.projected(f, x)
	}
	t, s, d := l.b.T, l.s, x.Dims()
	wide := func(y *tape.Tensor, n *RMSNorm, count tape.Dim) *tape.Tensor {
		if n != nil && l.m.QKNormFull {
			y = n.Forward(y)
		}
		return l.b.byHead(y, d[0], d[1], count, s.D)
	}
	normed := func(y *tape.Tensor, n *RMSNorm) *tape.Tensor {
		if n == nil || l.m.QKNormFull {
			return y
		}
		return n.Forward(y)
	}
	turned := func(y *tape.Tensor) *tape.Tensor { return t.View(y, d[0], y.Dims()[2], d[1], s.D) }
	values := func() *tape.Tensor {
		if l.b.eagerly() || c.Prefix != nil || l.b.repeats(s, c.Mask) {
			return t.CopyBack(l.v.Forward(x), d[0], d[1], s.KV, s.D)
		}
		return t.View(l.v.Forward(x), d[0], d[1], s.KV, s.D)
	}
	if l.m.Family == workload.GLM4MoE { // norms come after all projections
		q, k, v = f.V(wide(l.q.Forward(x), l.qNorm, s.Heads)), f.V(wide(l.k.Forward(x), l.kNorm, s.KV)), f.V(values())
		q = f.Re(q, normed(q, l.qNorm))
		k = f.Re(k, normed(k, l.kNorm))
		q, k = f.Re(q, turned(q)), f.Re(k, turned(k))
		return q, k, f.Re(v, turned(v))
	}
	q = f.V(turned(normed(wide(l.q.Forward(x), l.qNorm, s.Heads), l.qNorm)))
	k = f.V(turned(normed(wide(l.k.Forward(x), l.kNorm, s.KV), l.kNorm)))
	return q, k, f.V(turned(values()))
}
