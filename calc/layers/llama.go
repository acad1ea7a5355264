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
	inNorm, postNorm *RMSNorm
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
	l.inNorm = b.RMSNorm("input_layernorm", s.H)
	l.postNorm = b.RMSNorm("post_attention_layernorm", s.H)
	return l
}

// Forward is the layer's forward.
func (l *llamaLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	h := f.V(l.inNorm.Forward(x))
	y, weights := l.attention(h, c)
	h = f.Re(h, y)
	f.V(weights)
	h = f.Re(h, t.Add(x, h))
	residual := f.V(h)
	h = f.Re(h, l.postNorm.Forward(h))
	h = f.Re(h, l.mlp.Forward(h))
	h = f.Re(h, t.Add(residual, h))
	return f.Ret(h)
}

func (l *llamaLayer) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	if l.latent != nil {
		return l.latent.forward(x, c)
	}
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("self_attn")()
	f := t.Frame(x)
	d := x.Dims()
	heads := func(p *Linear, n *RMSNorm, count tape.Dim) *tape.Tensor {
		y := p.Forward(x)
		if n != nil && l.m.QKNormFull {
			y = n.Forward(y)
		}
		y = t.CopyBack(y, d[0], d[1], count, s.D)
		if n != nil && !l.m.QKNormFull {
			y = n.Forward(y)
		}
		return f.V(t.View(y, d[0], count, d[1], s.D))
	}
	var q, k, v *tape.Tensor
	switch {
	case l.viewsLater():
		q, k, v = l.projected(f, x)
	case b.eagerly() || c.Prefix != nil:
		q, k = heads(l.q, l.qNorm, s.Heads), heads(l.k, l.kNorm, s.KV)
		v = f.V(t.View(t.CopyBack(l.v.Forward(x), d[0], d[1], s.KV, s.D), d[0], s.KV, d[1], s.D))
	default:
		q, k = heads(l.q, l.qNorm, s.Heads), heads(l.k, l.kNorm, s.KV)
		v = f.V(t.View(t.View(l.v.Forward(x), d[0], d[1], s.KV, s.D), d[0], s.KV, d[1], s.D))
	}
	q2, k2 := b.ApplyRotary(q, k, c.Cos, c.Sin)
	q, k = f.Re(q, q2), f.Re(k, k2)
	keys := d[1]
	if c.Prefix != nil {
		k, v = c.Prefix.Extend(f, l, k, v)
		keys = c.Prefix.Keys(d[1])
	}
	y, weights = b.core(q, k, v, c.Mask, tape.Heads{
		Batch: d[0], Queries: d[1], Keys: keys, Heads: s.Heads, KVHeads: s.KV, Dim: s.D, ValueDim: s.D,
		Causal: true, Dropout: l.m.AttentionDrop,
	}, scores{joined: c.Prefix != nil})
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.o.Forward(y))
	return f.Ret2(y, weights)
}
