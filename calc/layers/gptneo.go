package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// GPTNeo is GPTNeoForCausalLM: GPT-2's order with plain linear layers, scores
// in fp32, attention always in operators. Layers that attend within a window
// differ from the others in a mask's values alone.
type GPTNeo struct {
	decoderBase
	wte, wpe *Embedding
	stack    *Stack
	norm     *LayerNorm
}

// GPTNeo declares the model.
func (b *Builder) GPTNeo(m workload.Text, frozen int64) *GPTNeo {
	g := &GPTNeo{decoderBase: b.decoderBase(m)}
	b.refuseFlash("GPT-Neo")
	g.hidden = g.forward
	g.head = func() *Linear { return b.Head("lm_head", g.s.H, g.s.V, false, m.TiedEmbeddings, g.wte) }
	g.declare("transformer", frozen, func() {
		g.wte = b.Embedding("wte", g.s.V, g.s.H)
		g.wpe = b.Embedding("wpe", b.positionRows(m), g.s.H)
	}, func() {
		g.stack = b.stackIn("h", g.s, m.Layers, frozen, func() Block { return b.gptNeoBlock(m, g.s) })
		g.norm = b.LayerNorm("ln_f", g.s.H)
	})
	return g
}

func (g *GPTNeo) forward(ids *tape.Tensor) *tape.Tensor {
	b, t, seq := g.b, g.b.T, ids.Dims()[1]
	f := t.Frame(ids)
	x := f.V(g.wte.TokenEmbedding(ids))
	positions := f.V(b.positions(seq))
	c := &Context{Outer: f}
	c.Mask = f.V(b.CausalMask(x.DType(), seq, b.keys(seq, 0)))
	p := f.V(g.wpe.Forward(positions))
	h := f.V(t.Add(x, p))
	h = f.Re(h, b.Drop(h, g.m.EmbeddingDrop))
	h = g.stack.Forward(f, h, c)
	f.V(h) // the last block's results stay until the call returns
	c.Outer = nil
	h = f.Re(h, g.norm.Forward(h))
	return f.Ret(f.Re(h, t.View(h, h.Dims()...)))
}

// gptNeoBlock is GPTNeoBlock.
type gptNeoBlock struct {
	b          *Builder
	s          Sizes
	m          workload.Text
	ln1, ln2   *LayerNorm
	k, v, q, o *Linear
	seen       *tape.Param // what each token may attend to
	mlp        *TwoMatrices
}

func (b *Builder) gptNeoBlock(m workload.Text, s Sizes) *gptNeoBlock {
	l := &gptNeoBlock{b: b, s: s, m: m}
	l.ln1 = b.LayerNorm("ln_1", s.H)
	func() {
		defer b.In("attn")()
		defer b.In("attention")()
		rows := b.positionRows(m)
		l.seen = b.Buffer("bias", tape.Bool, tape.One, tape.One, rows, rows)
		l.k, l.v = b.Linear("k_proj", s.H, s.H, m.QKVBias), b.Linear("v_proj", s.H, s.H, m.QKVBias)
		l.q, l.o = b.Linear("q_proj", s.H, s.H, m.QKVBias), b.Linear("out_proj", s.H, s.H, m.OutBias)
	}()
	l.ln2 = b.LayerNorm("ln_2", s.H)
	l.mlp = b.TwoMatrices("mlp", "c_fc", "c_proj", s.H, s.F, m, m.ResidualDrop)
	return l
}

// Forward gives the hidden state alone; Forward2 what the block returns.
func (l *gptNeoBlock) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	y, weights := l.Forward2(x, c)
	l.b.T.Done(weights)
	return y
}

// Forward2 is the block's forward, which returns the attention weights too.
func (l *gptNeoBlock) Forward2(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t := l.b.T
	f := t.Frame(x)
	h := f.V(l.ln1.Forward(x))
	a, weights := l.attention(h, c)
	a, weights = f.V(a), f.V(weights)
	h = f.Re(h, t.Add(a, x))
	residual := f.V(h)
	h = f.Re(h, l.ln2.Forward(h))
	z := f.V(l.mlp.Forward(h))
	return f.Ret2(f.Re(h, t.Add(residual, z)), weights)
}

func (l *gptNeoBlock) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("attn")()
	f := t.Frame(x)
	d := x.Dims()
	h := tape.Heads{Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D}
	q, k, v := f.V(l.q.Forward(x)), f.V(l.k.Forward(x)), f.V(l.v.Forward(x))
	q = f.Re(q, t.View(t.CopyBack(q, d[0], d[1], s.Heads, s.D), d[0], s.Heads, d[1], s.D))
	k = f.Re(k, t.View(t.View(k, d[0], d[1], s.Heads, s.D), d[0], s.Heads, d[1], s.D)) // as MPT's keys
	v = f.Re(v, t.View(t.CopyBack(v, d[0], d[1], s.Heads, s.D), d[0], s.Heads, d[1], s.D))
	k, v, h = b.remembered(f, k, v, h)
	y, weights = l.attend(q, k, v, c.Mask, h)
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, t.View(b.transposed(y, h), d[0], d[1], s.H))
	y = f.Re(y, l.o.Forward(y))
	y = f.Re(y, b.Drop(y, l.m.ResidualDrop))
	return f.Ret2(y, weights)
}

// attend is _attn: scores in fp32, masked by the module's own mask and by the
// model's.
func (l *gptNeoBlock) attend(q, k, v, mask *tape.Tensor, h tape.Heads) (y, weights *tape.Tensor) {
	t, b := l.b.T, l.b
	f := t.Frame(q, k, v)
	q, k = f.V(t.To(q, tape.F32)), f.V(t.To(k, tape.F32))
	copies, cached := b.copies(h.Queries, h), b.copiesCached(h)
	w := f.V(t.MatMulCopied(q, k, copies, cached, h.Batch, h.Heads, h.Queries, h.Keys))
	seen := f.V(t.Slice(l.seen.T(), tape.One, tape.One, h.Queries, h.Keys))
	least := f.V(t.Make("least number", w.DType(), []tape.Dim{tape.One}))
	w = f.Re(w, t.WhereElse(seen, w, least))
	w = f.Re(w, t.Add(w, mask))
	w = f.Re(w, b.softmaxOwn(w))
	w = f.Re(w, t.To(w, v.DType()))
	w = f.Re(w, b.Drop(w, l.m.AttentionDrop))
	y = f.V(t.MatMulCopied(w, v, false, cached, h.Batch, h.Heads, h.Queries, h.ValueDim))
	return f.Ret2(y, w)
}
