package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// NeoX is GPTNeoXForCausalLM (Pythia): attention and MLP in parallel, each
// after a norm of its own, part of each head rotated.
type NeoX struct {
	decoderBase
	embed  *Embedding
	stack  *Stack
	norm   *LayerNorm
	rotary tape.Dim
}

// NeoX declares the model.
func (b *Builder) NeoX(m workload.Text, frozen int64) *NeoX {
	g := &NeoX{decoderBase: b.decoderBase(m)}
	g.rotary = b.rotaryWidth(m, g.s)
	g.hidden = g.forward
	g.head = func() *Linear { return b.decoderHead("lm_head", g.s.H, g.s.V, false, m.TiedEmbeddings, g.embed) }
	g.declare("gpt_neox", frozen, func() {
		g.embed = b.Embedding("embed_in", g.s.V, g.s.H)
	}, func() {
		g.stack = b.stackIn("layers", g.s, m.Layers, frozen, func() Block { return b.neoxLayer(m, g.s) })
		g.norm = b.LayerNorm("final_layer_norm", g.s.H)
		b.rotaryBuffers(g.rotary)
	})
	return g
}

func (g *NeoX) forward(ids *tape.Tensor) *tape.Tensor {
	b, t := g.b, g.b.T
	f := t.Frame(ids)
	x := f.V(g.embed.TokenEmbedding(ids))
	seq := ids.Dims()[1]
	positions := f.V(b.positions(seq))
	c := &Context{Other: []*tape.Tensor{positions}}
	c.Mask = f.V(b.causalMask(x.DType(), seq, 0))
	h := f.V(b.Drop(x, g.m.EmbeddingDrop))
	cos, sin := b.Rotary(positions, g.rotary, h.DType())
	c.Cos, c.Sin = f.V(cos), f.V(sin)
	h = g.stack.Forward(f, h, c)
	h = f.Re(h, g.norm.Forward(h))
	return f.Ret(h)
}

// neoxLayer is GPTNeoXLayer.
type neoxLayer struct {
	b                *Builder
	s                Sizes
	m                workload.Text
	inNorm, postNorm *LayerNorm
	qkv, dense       *Linear
	up, down         *Linear
}

func (b *Builder) neoxLayer(m workload.Text, s Sizes) *neoxLayer {
	l := &neoxLayer{b: b, s: s, m: m}
	l.inNorm = b.LayerNorm("input_layernorm", s.H)
	l.postNorm = b.LayerNorm("post_attention_layernorm", s.H)
	func() {
		defer b.In("attention")()
		l.qkv = b.Linear("query_key_value", s.H, s.H.By(3), m.QKVBias)
		l.dense = b.Linear("dense", s.H, s.H, m.OutBias)
	}()
	defer b.In("mlp")()
	l.up = b.Linear("dense_h_to_4h", s.H, s.F, m.MLPBias)
	l.down = b.Linear("dense_4h_to_h", s.F, s.H, m.MLPBias)
	return l
}

// Forward is the layer's forward.
func (l *neoxLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t, b := l.b.T, l.b
	f := t.Frame(x)
	y, weights := l.attention(l.inNorm.Forward(x), c)
	y, _ = f.V(y), f.V(weights)
	y = f.Re(y, b.Drop(y, l.m.ResidualDrop))
	if !l.m.Parallel {
		y = f.Re(y, t.Add(y, x))
		z := f.V(b.plainMLP(l.postNorm.Forward(y), l.up, l.down, l.m.Activation))
		z = f.Re(z, b.Drop(z, l.m.ResidualDrop))
		return f.Ret(f.V(t.Add(z, y)))
	}
	z := f.V(b.plainMLP(l.postNorm.Forward(x), l.up, l.down, l.m.Activation))
	z = f.Re(z, b.Drop(z, l.m.ResidualDrop))
	return f.Ret(f.V(t.Add(t.Add(z, y), x)))
}

func (l *neoxLayer) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("attention")()
	f := t.Frame(x)
	d := x.Dims()
	qkv := t.CopyBack(l.qkv.Forward(x), d[0], d[1], s.Heads, s.D.By(3))
	qkv = f.V(t.View(qkv, d[0], s.Heads, d[1], s.D.By(3)))
	part := []tape.Dim{d[0], s.Heads, d[1], s.D}
	parts := t.Split(qkv, part, part, part)
	q, k, v := f.V(parts[0]), f.V(parts[1]), f.V(parts[2])
	q2, k2 := b.applyJoined(q, k, c.Cos, c.Sin, false)
	q, k = f.Re(q, q2), f.Re(k, k2)
	h := tape.Heads{
		Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D,
		Causal: true, Dropout: l.m.AttentionDrop, Packed: true,
	}
	k, v, h = b.remembered(f, k, v, h)
	y, weights = b.core(q, k, v, c.Mask, h, scores{joined: b.session != nil})
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.dense.Forward(y))
	return f.Ret2(y, weights)
}
