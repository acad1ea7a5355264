package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Falcon is FalconForCausalLM: attention and MLP in parallel, few key and value
// heads, linear layers that add their bias on its own. Its masks are always
// made, so that attention runs in the memory-efficient kernel.
type Falcon struct {
	decoderBase
	words *Embedding
	stack *Stack
	norm  *LayerNorm
}

// Falcon declares the model.
func (b *Builder) Falcon(m workload.Text, frozen int64) *Falcon {
	g := &Falcon{decoderBase: b.decoderBase(m)}
	b.refuseFlash("Falcon")
	g.hidden = g.forward
	g.head = func() *Linear { return b.Head("lm_head", g.s.H, g.s.V, false, m.TiedEmbeddings, g.words) }
	g.declare("transformer", frozen, func() {
		g.words = b.Embedding("word_embeddings", g.s.V, g.s.H)
	}, func() {
		g.stack = b.stackIn("h", g.s, m.Layers, frozen, func() Block {
			l := b.falconLayer(m, g.s)
			if b.eagerly() {
				return falconEager{l}
			}
			return l
		})
		g.norm = b.LayerNorm("ln_f", g.s.H)
		b.rotaryBuffers(g.s.D)
	})
	return g
}

func (g *Falcon) forward(ids *tape.Tensor) *tape.Tensor {
	b, t, seq := g.b, g.b.T, ids.Dims()[1]
	f := t.Frame(ids)
	x := f.V(g.words.TokenEmbedding(ids))
	c := &Context{Outer: f}
	var alibi *tape.Tensor
	if g.alibi() {
		alibi = f.V(g.bias(f, x.DType(), seq))
	}
	positions := f.V(b.positions(seq))
	if b.eagerly() {
		c.Mask = f.V(b.CausalMask(x.DType(), seq, b.keys(seq, 0)))
	} else if b.masksTokens() {
		b.hides = true
		c.Mask = f.V(b.paddedMask(x.DType(), seq, false))
	} else {
		c.Mask = f.V(b.allowed(seq, b.keys(seq, 0)))
	}
	if alibi != nil {
		c.Mask, alibi = g.mixed(f, c.Mask, alibi, seq)
	}
	h := f.V(x)
	cos, sin := b.Rotary(positions, g.s.D, h.DType())
	c.Cos, c.Sin = f.V(cos), f.V(sin)
	c.Other = []*tape.Tensor{positions, alibi}
	h = g.stack.Forward(f, h, c)
	f.V(h) // the last layer's results stay until the call returns
	c.Outer = nil
	h = f.Re(h, g.norm.Forward(h))
	return f.Ret(h)
}

// alibi says whether positions are a bias and not rotations.
func (g *Falcon) alibi() bool { return g.m.Position == workload.ALiBi }

// falconLayer is FalconDecoderLayer.
type falconLayer struct {
	b          *Builder
	s          Sizes
	m          workload.Text
	grouped    bool // new_decoder_architecture: groups of queries, each with a key and a value
	qkv, dense *Linear
	up, down   *Linear
	in, second *LayerNorm
}

func (b *Builder) falconLayer(m workload.Text, s Sizes) *falconLayer {
	l := &falconLayer{b: b, s: s, m: m, grouped: m.Parallel && (!m.OneNorm || m.KVHeads != 1 && m.KVHeads != m.Heads)} // with one norm, groups of one query are not told from plain heads
	apart := func(leaf string, in, out tape.Dim, bias bool) *Linear {
		w := b.Linear(leaf, in, out, bias)
		w.apart = true
		return w
	}
	func() {
		defer b.In("self_attention")()
		l.qkv = apart("query_key_value", s.H, b.T.Sum("qkv", "width of query, key and value", s.H, s.K.By(2)), m.QKVBias)
		l.dense = apart("dense", s.H, s.H, m.OutBias)
	}()
	func() {
		defer b.In("mlp")()
		l.up, l.down = apart("dense_h_to_4h", s.H, s.F, m.MLPBias), apart("dense_4h_to_h", s.F, s.H, m.MLPBias)
	}()
	switch {
	case !m.Parallel:
		l.second = b.LayerNorm("post_attention_layernorm", s.H)
		l.in = b.LayerNorm("input_layernorm", s.H)
	case m.OneNorm:
		l.in = b.LayerNorm("input_layernorm", s.H)
	default:
		l.in, l.second = b.LayerNorm("ln_attn", s.H), b.LayerNorm("ln_mlp", s.H)
	}
	return l
}

// falconEager is a layer that returns its attention weights too.
type falconEager struct{ *falconLayer }

// Forward2 is the layer's forward with both results.
func (l falconEager) Forward2(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	return l.forward(x, c)
}

// Forward gives the hidden state alone.
func (l *falconLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	y, weights := l.forward(x, c)
	l.b.T.Done(weights)
	return y
}

// forward is the layer's forward; there are no weights of a kernel.
func (l *falconLayer) forward(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, m := l.b.T, l.m
	f := t.Frame(x)
	residual := f.V(x)
	normed := f.V(l.in.Forward(x))
	forMLP := normed
	if m.Parallel && l.second != nil {
		forMLP = f.V(l.second.Forward(x))
	}
	a, weights := l.attention(normed, c)
	a, weights = f.V(a), f.V(weights)
	if !m.Parallel {
		residual = f.Re(residual, l.dropAdd(a, residual, m.AttentionDrop))
		forMLP = f.V(l.second.Forward(residual))
	}
	z := f.V(l.mlp(forMLP))
	if m.Parallel {
		t.AddInPlace(z, a)
	}
	return f.Ret2(f.V(l.dropAdd(z, residual, m.ResidualDrop)), weights)
}

func (l *falconLayer) mlp(x *tape.Tensor) *tape.Tensor {
	t := l.b.T
	defer t.Scope("mlp")()
	f := t.Frame(x)
	h := f.V(l.b.Act(l.m.Activation, l.up.Forward(x)))
	return f.Ret(f.Re(h, l.down.Forward(h)))
}

// dropAdd is dropout_add.
func (l *falconLayer) dropAdd(x, residual *tape.Tensor, rate float64) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x, residual)
	out := f.V(t.Dropout(x, rate))
	return f.Ret(f.Re(out, t.Add(residual, out)))
}
