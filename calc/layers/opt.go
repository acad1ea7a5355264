package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// OPT is OPTForCausalLM: learned positions found by counting tokens, an MLP
// over the tokens of all samples as one matrix.
type OPT struct {
	decoderBase
	tokens, places *Embedding
	in, out        *Linear // where the embedding is narrower (OPT-350m)
	stack          *Stack
	norm           *LayerNorm
}

// OPT declares the model.
func (b *Builder) OPT(m workload.Text, frozen int64) *OPT {
	g := &OPT{decoderBase: b.decoderBase(m)}
	width := g.s.H
	if m.EmbeddingDim > 0 {
		width = b.T.Symbol("he", "width of the token embedding", m.EmbeddingDim)
	}
	g.hidden = g.forward
	g.head = func() *Linear { return b.decoderHead("lm_head", width, g.s.V, false, m.TiedEmbeddings, g.tokens) }
	g.declare("model.decoder", frozen, func() {
		g.tokens = b.Embedding("embed_tokens", g.s.V, width)
		g.places = b.Embedding("embed_positions", b.positionRows(m), g.s.H)
	}, func() {
		if width != g.s.H {
			g.out = b.Linear("project_out", g.s.H, width, false)
			g.in = b.Linear("project_in", width, g.s.H, false)
		}
		if !m.NoFinalNorm {
			g.norm = b.LayerNorm("final_layer_norm", g.s.H)
		}
		g.stack = b.stackIn("layers", g.s, m.Layers, frozen, func() Block { return b.optLayer(m, g.s) })
	})
	return g
}

func (g *OPT) forward(ids *tape.Tensor) *tape.Tensor {
	f := g.b.T.Frame(ids)
	return g.states(f, f.V(g.tokens.TokenEmbedding(ids)), nil)
}

// states runs the body on embeddings and returns from its call. tokens is the
// mask of a caller, nil for none.
func (g *OPT) states(f *tape.Frame, x, tokens *tape.Tensor) *tape.Tensor {
	t := g.b.T
	d := x.Dims()[:2]
	var positions *tape.Tensor
	if tokens == nil {
		tokens = f.V(t.Make("ones", tape.F32, d))
		positions = f.V(t.Make("running count", tape.F32, d))
		positions = f.Re(positions, t.Make("positions", tape.I64, d,
			t.Make("positions in fp32", tape.F32, d, t.Make("counts of tokens", tape.F32, d))))
	} else {
		positions = f.V(t.Make("running count", tape.I64, d))
		positions = f.Re(positions, t.Make("positions", tape.I64, d, t.Make("counts of tokens", tape.I64, d)))
	}
	c := &Context{Other: []*tape.Tensor{positions}, Mask: f.V(g.mask(x, tokens.DType() == tape.I64))}
	p := f.V(g.placed(positions, tokens))
	if g.in != nil {
		x = f.Re(x, g.in.Forward(x))
	}
	h := f.V(t.Add(x, p))
	h = g.stack.Forward(f, h, c)
	if g.norm != nil {
		h = f.Re(h, g.norm.Forward(h))
	}
	if g.out != nil {
		h = f.Re(h, g.out.Forward(h))
	}
	return f.Ret(h)
}

// mask is the mask of eager attention, nil for a kernel; a caller's mask of
// tokens is read first.
func (g *OPT) mask(x *tape.Tensor, given bool) *tape.Tensor {
	b, d := g.b, x.Dims()
	switch {
	case given && b.eagerly():
		return b.PaddedCausalMask(x.DType(), d[1])
	case given:
		b.readMask(d[0], d[1])
	}
	return b.causalMask(x.DType(), d[1], 0)
}

// Embedded looks tokens up.
func (g *OPT) Embedded(ids *tape.Tensor) *tape.Tensor { return g.tokens.TokenEmbedding(ids) }

// Answer is the model's forward on embeddings and a mask of tokens: logits.
func (g *OPT) Answer(x, tokens *tape.Tensor) *tape.Tensor {
	t := g.b.T
	f := t.Frame(x, tokens)
	hidden := f.V(g.states(t.Frame(x, tokens), x, tokens))
	return f.Ret(g.b.logits(g.lm, hidden))
}

// placed is OPTLearnedPositionalEmbedding: rows are offset by two.
func (g *OPT) placed(positions, counted *tape.Tensor) *tape.Tensor {
	t := g.b.T
	defer t.Scope("embed_positions")()
	f := t.Frame(positions, counted)
	return f.Ret(t.Embedding(t.Make("offset positions", tape.I64, positions.Dims()), g.places.W.Tensor))
}

// optLayer is OPTDecoderLayer.
type optLayer struct {
	b           *Builder
	s           Sizes
	m           workload.Text
	k, v, q, o  *Linear
	attnNorm    *LayerNorm
	fc1, fc2    *Linear
	outsideNorm *LayerNorm
}

func (b *Builder) optLayer(m workload.Text, s Sizes) *optLayer {
	l := &optLayer{b: b, s: s, m: m}
	func() {
		defer b.In("self_attn")()
		l.k = b.Linear("k_proj", s.H, s.H, m.QKVBias)
		l.v = b.Linear("v_proj", s.H, s.H, m.QKVBias)
		l.q = b.Linear("q_proj", s.H, s.H, m.QKVBias)
		l.o = b.Linear("out_proj", s.H, s.H, m.OutBias)
	}()
	l.attnNorm = b.LayerNorm("self_attn_layer_norm", s.H)
	l.fc1 = b.Linear("fc1", s.H, s.F, m.MLPBias)
	l.fc2 = b.Linear("fc2", s.F, s.H, m.MLPBias)
	l.outsideNorm = b.LayerNorm("final_layer_norm", s.H)
	return l
}

// Forward is the layer's forward.
func (l *optLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t, first := l.b.T, !l.m.PostNorm
	f := t.Frame(x)
	h := f.V(x)
	if first {
		h = f.Re(h, l.attnNorm.Forward(h))
	}
	y, weights := l.attention(h, c)
	h = f.Re(h, y)
	f.V(weights)
	h = f.Re(h, t.Dropout(h, l.m.ResidualDrop))
	h = f.Re(h, t.Add(x, h))
	if !first {
		h = f.Re(h, l.attnNorm.Forward(h))
	}
	d := h.Dims()
	h = f.Re(h, t.View(h, h.Rows(), d[2]))
	residual := f.V(h)
	if first {
		h = f.Re(h, l.outsideNorm.Forward(h))
	}
	h = f.Re(h, l.fc1.Forward(h))
	h = f.Re(h, l.b.Act(l.m.Activation, h))
	h = f.Re(h, l.fc2.Forward(h))
	h = f.Re(h, t.Dropout(h, l.m.ResidualDrop))
	h = f.Re(h, t.View(t.Add(residual, h), d...))
	if !first {
		h = f.Re(h, l.outsideNorm.Forward(h))
	}
	return f.Ret(h)
}

func (l *optLayer) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("self_attn")()
	f := t.Frame(x)
	d := x.Dims()
	q := f.V(t.MulS(l.q.Forward(x)))
	q = f.Re(q, b.heads(q, s.Heads, s.D))
	k := f.V(l.k.Forward(x))
	v := f.V(l.v.Forward(x))
	k = f.Re(k, b.heads(k, s.Heads, s.D))
	v = f.Re(v, b.heads(v, s.Heads, s.D))
	h := tape.Heads{
		Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D,
		Causal: true, Dropout: l.m.AttentionDrop,
	}
	k, v, h = b.remembered(f, k, v, h)
	y, weights = b.core(q, k, v, c.Mask, h, scores{joined: b.session != nil})
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.o.Forward(y))
	return f.Ret2(y, weights)
}
