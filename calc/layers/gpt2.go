package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// GPT2 is GPT2LMHeadModel: learned positions, layer norms, matrices kept
// transposed (Conv1D), dropout everywhere.
type GPT2 struct {
	decoderBase
	wte, wpe *Embedding
	stack    *Stack
	norm     *LayerNorm
}

// GPT2 declares the model.
func (b *Builder) GPT2(m workload.Text, frozen int64) *GPT2 {
	g := &GPT2{decoderBase: b.decoderBase(m)}
	g.hidden = g.forward
	g.head = func() *Linear { return b.decoderHead("lm_head", g.s.H, g.s.V, false, m.TiedEmbeddings, g.wte) }
	g.declare("transformer", frozen, func() {
		g.wte = b.Embedding("wte", g.s.V, g.s.H)
		g.wpe = b.Embedding("wpe", b.positionRows(m), g.s.H)
	}, func() {
		g.stack = b.stackIn("h", g.s, m.Layers, frozen, func() Block { return b.gpt2Block(m, g.s) })
		g.norm = b.LayerNorm("ln_f", g.s.H)
	})
	return g
}

func (g *GPT2) forward(ids *tape.Tensor) *tape.Tensor {
	b, t := g.b, g.b.T
	f := t.Frame(ids)
	x := f.V(g.wte.TokenEmbedding(ids))
	seq := ids.Dims()[1]
	positions := f.V(b.positions(seq))
	p := f.V(g.wpe.Forward(positions))
	h := f.V(t.Add(x, p))
	c := &Context{Other: []*tape.Tensor{positions}}
	c.Mask = f.V(b.causalMask(x.DType(), seq, 0))
	h = f.Re(h, b.Drop(h, g.m.EmbeddingDrop))
	h = g.stack.Forward(f, h, c)
	h = f.Re(h, g.norm.Forward(h))
	return f.Ret(h)
}

// gpt2Block is GPT2Block.
type gpt2Block struct {
	b              *Builder
	s              Sizes
	m              workload.Text
	ln1, ln2       *LayerNorm
	attn, attnProj *Linear
	fc, mlpProj    *Linear
}

func (b *Builder) gpt2Block(m workload.Text, s Sizes) *gpt2Block {
	l := &gpt2Block{b: b, s: s, m: m}
	l.ln1 = b.LayerNorm("ln_1", s.H)
	func() {
		defer b.In("attn")()
		l.attn = b.Conv1D("c_attn", s.H, s.H.By(3))
		l.attnProj = b.Conv1D("c_proj", s.H, s.H)
	}()
	l.ln2 = b.LayerNorm("ln_2", s.H)
	defer b.In("mlp")()
	l.fc = b.Conv1D("c_fc", s.H, s.F)
	l.mlpProj = b.Conv1D("c_proj", s.F, s.H)
	return l
}

// Forward is the block's forward.
func (l *gpt2Block) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	h := f.V(l.ln1.Forward(x))
	y, weights := l.attention(h, c)
	y, _ = f.V(y), f.V(weights)
	h = f.Re(h, t.Add(y, x))
	residual := f.V(h)
	h = f.Re(h, l.ln2.Forward(h))
	z := f.V(l.mlp(h))
	h = f.Re(h, t.Add(residual, z))
	return f.Ret(h)
}

func (l *gpt2Block) mlp(x *tape.Tensor) *tape.Tensor {
	t, b := l.b.T, l.b
	defer t.Scope("mlp")()
	f := t.Frame(x)
	h := f.V(l.fc.Forward(x))
	h = f.Re(h, b.Act(l.m.Activation, h))
	h = f.Re(h, l.mlpProj.Forward(h))
	h = f.Re(h, b.Drop(h, l.m.ResidualDrop))
	return f.Ret(h)
}

func (l *gpt2Block) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("attn")()
	f := t.Frame(x)
	d := x.Dims()
	part := []tape.Dim{d[0], d[1], s.H}
	parts := t.Split(l.attn.Forward(x), part, part, part)
	q, k, v := f.V(parts[0]), f.V(parts[1]), f.V(parts[2])
	k = f.Re(k, b.heads(k, s.Heads, s.D))
	v = f.Re(v, b.heads(v, s.Heads, s.D))
	q = f.Re(q, b.heads(q, s.Heads, s.D))
	h := tape.Heads{
		Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D,
		Causal: true, Dropout: l.m.AttentionDrop,
	}
	k, v, h = b.remembered(f, k, v, h)
	if b.eagerly() {
		y, weights = b.plainEager(q, k, v, c.Mask, h)
	} else {
		y, weights = b.sdpaHeads(q, k, v, c.Mask, h), nil
	}
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, b.joined(y, h))
	y = f.Re(y, l.attnProj.Forward(y))
	y = f.Re(y, b.Drop(y, l.m.ResidualDrop))
	return f.Ret2(y, weights)
}
