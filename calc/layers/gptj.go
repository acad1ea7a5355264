package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// GPTJ is GPTJForCausalLM: attention and MLP in parallel after one norm, part
// of each head rotated in neighbouring pairs, the head with a bias.
type GPTJ struct {
	decoderBase
	wte    *Embedding
	stack  *Stack
	norm   *LayerNorm
	rotary tape.Dim
}

// GPTJ declares the model.
func (b *Builder) GPTJ(m workload.Text, frozen int64) *GPTJ {
	g := &GPTJ{decoderBase: b.decoderBase(m)}
	g.rotary = b.rotaryWidth(m, g.s)
	g.hidden = g.forward
	g.head = func() *Linear { return b.Head("lm_head", g.s.H, g.s.V, m.HeadBias, m.TiedEmbeddings, g.wte) }
	g.declare("transformer", frozen, func() {
		g.wte = b.Embedding("wte", g.s.V, g.s.H)
	}, func() {
		g.stack = b.stackIn("h", g.s, m.Layers, frozen, func() Block { return b.gptjBlock(m, g.s) })
		g.norm = b.LayerNorm("ln_f", g.s.H)
		b.Buffer("rotary_emb.embed_positions", tape.F32, b.T.Symbol("C", "longest sequence, in tokens", m.Context), g.rotary)
	})
	return g
}

func (g *GPTJ) forward(ids *tape.Tensor) *tape.Tensor {
	b, t, seq := g.b, g.b.T, ids.Dims()[1]
	f := t.Frame(ids)
	x := f.V(g.wte.TokenEmbedding(ids))
	positions := f.V(b.positions(seq))
	c := &Context{Other: []*tape.Tensor{positions}}
	c.Mask = f.V(b.causalMask(x.DType(), seq, 0))
	h := f.V(x)
	h = f.Re(h, b.Drop(h, g.m.EmbeddingDrop))
	sin, cos := g.tables(positions, h.DType())
	c.Sin, c.Cos = f.V(sin), f.V(cos)
	h = g.stack.Forward(f, h, c)
	h = f.Re(h, g.norm.Forward(h))
	return f.Ret(h)
}

// tables is GPTJRotaryEmbedding: the rows of the positions, cut in sines and
// cosines.
func (g *GPTJ) tables(positions *tape.Tensor, dt tape.DType) (sin, cos *tape.Tensor) {
	t, p := g.b.T, positions.Dims()
	defer t.Scope("rotary_emb")()
	f := t.Frame(positions)
	rows := f.V(t.To(t.Make("sines and cosines", tape.F32, []tape.Dim{p[0], p[1], g.rotary}), dt))
	half := []tape.Dim{p[0], p[1], g.b.Half("half", g.rotary)}
	parts := t.Split(rows, half, half)
	return f.Ret2(f.V(parts[0]), f.V(parts[1]))
}

// gptjBlock is GPTJBlock.
type gptjBlock struct {
	b          *Builder
	s          Sizes
	m          workload.Text
	rotary     tape.Dim
	norm       *LayerNorm
	k, v, q, o *Linear
	mlp        *TwoMatrices
}

func (b *Builder) gptjBlock(m workload.Text, s Sizes) *gptjBlock {
	l := &gptjBlock{b: b, s: s, m: m, rotary: b.rotaryWidth(m, s)}
	l.norm = b.LayerNorm("ln_1", s.H)
	func() {
		defer b.In("attn")()
		l.k, l.v = b.Linear("k_proj", s.H, s.H, m.QKVBias), b.Linear("v_proj", s.H, s.H, m.QKVBias)
		l.q, l.o = b.Linear("q_proj", s.H, s.H, m.QKVBias), b.Linear("out_proj", s.H, s.H, m.OutBias)
	}()
	l.mlp = b.TwoMatrices("mlp", "fc_in", "fc_out", s.H, s.F, m, m.ResidualDrop)
	return l
}

// Forward is the block's forward.
func (l *gptjBlock) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	h := f.V(l.norm.Forward(x))
	y, weights := l.attention(h, c)
	y, _ = f.V(y), f.V(weights)
	z := f.V(l.mlp.Forward(h))
	return f.Ret(t.Add(t.Add(y, z), x))
}

func (l *gptjBlock) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("attn")()
	f := t.Frame(x)
	d := x.Dims()
	apart := []tape.Dim{d[0], d[1], s.Heads, s.D}
	q := f.V(t.View(l.q.Forward(x), apart...))
	k := f.V(t.View(l.k.Forward(x), apart...))
	v := f.V(b.heads(l.v.Forward(x), s.Heads, s.D))
	kr, kp := b.parted(f, k, l.rotary)
	qr, qp := b.parted(f, q, l.rotary)
	kr = f.Re(kr, l.rotate(kr, c))
	qr = f.Re(qr, l.rotate(qr, c))
	k = f.Re(k, t.Cat(apart, kr, kp))
	q = f.Re(q, t.Cat(apart, qr, qp))
	turned := []tape.Dim{d[0], s.Heads, d[1], s.D}
	q, k = f.Re(q, t.View(q, turned...)), f.Re(k, t.View(k, turned...))
	h := tape.Heads{
		Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D,
		Causal: true, Dropout: l.m.AttentionDrop,
	}
	k, v, h = b.remembered(f, k, v, h)
	if b.eagerly() {
		y, weights = b.wideEager(q, k, v, c.Mask, h)
	} else {
		y, weights = b.Core(q, k, v, c.Mask, h)
	}
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.o.Forward(y))
	y = f.Re(y, b.Drop(y, l.m.ResidualDrop))
	return f.Ret2(y, weights)
}

// rotate is apply_rotary_pos_emb of one tensor: each sine and cosine serves two
// neighbours.
func (l *gptjBlock) rotate(x *tape.Tensor, c *Context) *tape.Tensor {
	t, d := l.b.T, x.Dims()
	defer t.Scope("rotary")()
	f := t.Frame(x)
	repeated := func(half *tape.Tensor) *tape.Tensor {
		return f.V(t.Make("table for pairs", half.DType(), []tape.Dim{tape.One, d[1], tape.One, l.rotary}))
	}
	sin, cos := repeated(c.Sin), repeated(c.Cos)
	return f.Ret(t.Add(t.Mul(x, cos), t.Mul(l.b.rotatePairs(x), sin)))
}

// wideEager is attention in operators whose scores are products of fp32.
func (b *Builder) wideEager(q, k, v, mask *tape.Tensor, h tape.Heads) (y, weights *tape.Tensor) {
	t := b.T
	defer t.Scope("eager attention")()
	f := t.Frame(q, k, v)
	wq, wk := t.To(q, tape.F32), t.To(k, tape.F32)
	copies, cached := b.copies(h.Queries, h), b.copiesCached(h)
	w := f.V(t.MulS(t.MatMulCopied(wq, wk, copies, cached, h.Batch, h.Heads, h.Queries, h.Keys)))
	w = f.Re(w, t.Add(w, mask))
	w = f.Re(w, t.To(b.softmaxOwn(w), v.DType()))
	w = f.Re(w, t.Dropout(w, h.Dropout))
	y = f.V(t.MatMulCopied(w, v, false, cached, h.Batch, h.Heads, h.Queries, h.ValueDim))
	y = f.Re(y, b.transposed(y, h))
	return f.Ret2(t.View(y, h.Batch, h.Queries, h.Heads.Times(h.ValueDim)), w)
}
