package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// mllamaSelf is MllamaSelfAttentionDecoderLayer, Llama's layer whose
// projections are all made before they are seen as heads.
type mllamaSelf struct {
	b                *Builder
	m                workload.Text
	s                Sizes
	q, k, v, o       *Linear
	mlp              FeedForward
	inNorm, postNorm *RMSNorm
}

func (b *Builder) mllamaSelf(m workload.Text, s Sizes) *mllamaSelf {
	l := &mllamaSelf{b: b, m: m, s: s}
	func() {
		defer b.In("self_attn")()
		l.q, l.k, l.v, l.o = b.mllamaProjections(s)
	}()
	l.mlp = b.GatedMLP("mlp", s.H, s.F, false, m.Activation)
	l.inNorm = b.RMSNorm("input_layernorm", s.H)
	l.postNorm = b.RMSNorm("post_attention_layernorm", s.H)
	return l
}

func (b *Builder) mllamaProjections(s Sizes) (q, k, v, o *Linear) {
	return b.Linear("q_proj", s.H, s.Q, false), b.Linear("k_proj", s.H, s.K, false),
		b.Linear("v_proj", s.H, s.K, false), b.Linear("o_proj", s.Q, s.H, false)
}

// Forward is the layer's forward.
func (l *mllamaSelf) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	residual := f.V(x)
	h := f.V(l.inNorm.Forward(x))
	y, weights := l.attention(h, c)
	h = f.Re(h, y)
	f.V(weights)
	h = f.Re(h, t.Add(residual, h))
	residual = f.Re(residual, h)
	h = f.V(l.postNorm.Forward(h))
	h = f.Re(h, l.mlp.Forward(h))
	return f.Ret(f.Re(h, t.Add(residual, h)))
}

func (l *mllamaSelf) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("self_attn")()
	f := t.Frame(x)
	d := x.Dims()
	q := f.V(l.q.Forward(x))
	k := f.V(l.k.Forward(x))
	v := f.V(l.v.Forward(x))
	q = f.Re(q, t.View(t.CopyBack(q, d[0], d[1], s.Heads, s.D), d[0], s.Heads, d[1], s.D))
	k = f.Re(k, t.View(t.CopyBack(k, d[0], d[1], s.KV, s.D), d[0], s.KV, d[1], s.D))
	v = f.Re(v, b.heads(v, s.KV, s.D))
	q2, k2 := b.ApplyRotary(q, k, c.Cos, c.Sin)
	q, k = f.Re(q, q2), f.Re(k, k2)
	h := tape.Heads{
		Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.KV, Dim: s.D, ValueDim: s.D,
		Causal: true, Dropout: l.m.ResidualDrop,
	}
	k, v, h = b.remembered(f, k, v, h)
	y, weights = b.core(q, k, v, c.Mask, h, scores{joined: b.session != nil})
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.o.Forward(y))
	return f.Ret2(y, weights)
}

// seenImages is what layers of cross-attention attend to: the image features
// of a sample, a mask of numbers [B, 1, S, features], and which tokens see any
// image, [B, 1, S, 1].
type seenImages struct {
	states, mask, rows *tape.Tensor
	count              tape.Dim // features of a sample
}

// mllamaCross is MllamaCrossAttentionDecoderLayer: attention to image features
// in place of attention to tokens, both branches gated.
type mllamaCross struct {
	b                *Builder
	m                workload.Text
	s                Sizes
	images           *seenImages
	attnGate, ffn    gate
	q, k, v, o       *Linear
	qNorm, kNorm     *RMSNorm
	mlp              FeedForward
	inNorm, postNorm *RMSNorm
}

func (b *Builder) mllamaCross(m workload.Text, s Sizes, images *seenImages) *mllamaCross {
	l := &mllamaCross{b: b, m: m, s: s, images: images}
	l.attnGate, l.ffn = b.gate("cross_attn_attn_gate"), b.gate("cross_attn_mlp_gate")
	func() {
		defer b.In("cross_attn")()
		l.q, l.k, l.v, l.o = b.mllamaProjections(s)
		l.qNorm = b.RMSNorm("q_norm", s.D)
		l.kNorm = b.RMSNorm("k_norm", s.D)
	}()
	l.inNorm = b.RMSNorm("input_layernorm", s.H)
	l.mlp = b.GatedMLP("mlp", s.H, s.F, false, m.Activation)
	l.postNorm = b.RMSNorm("post_attention_layernorm", s.H)
	return l
}

// Forward is the layer's forward.
func (l *mllamaCross) Forward(x *tape.Tensor, _ *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	residual := f.V(x)
	h := f.V(l.inNorm.Forward(x))
	y, weights := l.attention(h)
	h = f.Re(h, y)
	f.V(weights)
	h = f.Re(h, t.Add(residual, t.Mul(l.attnGate.tanh(), h)))
	residual = f.Re(residual, h)
	h = f.V(l.postNorm.Forward(h))
	h = f.Re(h, l.mlp.Forward(h))
	d := x.Dims()
	h = f.Re(h, t.Mul(t.View(l.images.rows, d[0], d[1], tape.One), h))
	return f.Ret(f.Re(h, t.Add(residual, t.Mul(l.ffn.tanh(), h))))
}

func (l *mllamaCross) attention(x *tape.Tensor) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.As(memory.CrossModalAttention)()
	defer t.Scope("cross_attn")()
	f := t.Frame(x)
	d, keys := x.Dims(), l.images.count
	q := f.V(l.q.Forward(x))
	q = f.Re(q, b.heads(q, s.Heads, s.D))
	q = f.Re(q, l.qNorm.Forward(q))
	h := tape.Heads{
		Batch: d[0], Queries: d[1], Keys: keys, Heads: s.Heads, KVHeads: s.KV, Dim: s.D, ValueDim: s.D,
		Dropout: l.m.ResidualDrop,
	}
	k, v := l.keysAndValues(f, h)
	y, weights = b.additive(q, k, v, l.images.mask, h)
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.o.Forward(y))
	return f.Ret2(y, weights)
}

// keysAndValues projects image features, once in a generation: later tokens
// find them in the cache.
func (l *mllamaCross) keysAndValues(f *tape.Frame, h tape.Heads) (k, v *tape.Tensor) {
	b := l.b
	if b.Decoding() {
		k, v = b.session.cache.recall()
		return f.V(k), f.V(v)
	}
	k = f.V(l.k.Forward(l.images.states))
	v = f.V(l.v.Forward(l.images.states))
	k = f.Re(k, b.seenHeads(k, h.Batch, h.Keys, l.s))
	v = f.Re(v, b.seenHeads(v, h.Batch, h.Keys, l.s))
	k = f.Re(k, l.kNorm.Forward(k))
	if b.session != nil {
		k, v, _ = b.remembered(f, k, v, h)
		b.session.cache.settle()
	}
	return k, v
}

// seenHeads is view(B, -1, heads, d).transpose(1, 2) of a projection of image
// features, whose gradient comes back by head.
func (b *Builder) seenHeads(x *tape.Tensor, batch, keys tape.Dim, s Sizes) *tape.Tensor {
	t := b.T
	return t.View(t.CopyBack(x, batch, keys, s.KV, s.D), batch, s.KV, keys, s.D)
}
