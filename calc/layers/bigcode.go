package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// BigCode is GPTBigCodeForCausalLM (StarCoder): GPT-2's order with plain linear
// layers, and one key and value head for all queries.
type BigCode struct {
	decoderBase
	wte, wpe *Embedding
	stack    *Stack
	norm     *LayerNorm
}

// BigCode declares the model.
func (b *Builder) BigCode(m workload.Text, frozen int64) *BigCode {
	g := &BigCode{decoderBase: b.decoderBase(m)}
	g.hidden = g.forward
	g.head = func() *Linear { return b.Head("lm_head", g.s.H, g.s.V, false, m.TiedEmbeddings, g.wte) }
	g.declare("transformer", frozen, func() {
		g.wte = b.Embedding("wte", g.s.V, g.s.H)
		g.wpe = b.Embedding("wpe", b.positionRows(m), g.s.H)
	}, func() {
		b.Buffer("bias", tape.Bool, b.positionRows(m), b.positionRows(m))
		g.stack = b.stackIn("h", g.s, m.Layers, frozen, func() Block { return b.bigCodeBlock(m, g.s) })
		g.norm = b.LayerNorm("ln_f", g.s.H)
	})
	return g
}

func (g *BigCode) forward(ids *tape.Tensor) *tape.Tensor {
	b, t, seq := g.b, g.b.T, ids.Dims()[1]
	f := t.Frame(ids)
	x := f.V(g.wte.TokenEmbedding(ids))
	positions := f.V(b.positions(seq))
	c := &Context{}
	c.Mask = f.V(b.causalMask(x.DType(), seq, 0))
	p := f.V(g.wpe.Forward(positions))
	h := f.V(t.Add(x, p))
	h = f.Re(h, b.Drop(h, g.m.EmbeddingDrop))
	h = g.stack.Forward(f, h, c)
	h = f.Re(h, g.norm.Forward(h))
	return f.Ret(f.Re(h, t.View(h, h.Dims()...)))
}

// bigCodeBlock is GPTBigCodeBlock.
type bigCodeBlock struct {
	b        *Builder
	s        Sizes
	m        workload.Text
	ln1, ln2 *LayerNorm
	qkv, o   *Linear
	mlp      *TwoMatrices
}

func (b *Builder) bigCodeBlock(m workload.Text, s Sizes) *bigCodeBlock {
	l := &bigCodeBlock{b: b, s: s, m: m}
	l.ln1 = b.LayerNorm("ln_1", s.H)
	func() {
		defer b.In("attn")()
		l.qkv = b.Linear("c_attn", s.H, b.T.Sum("qkv", "width of query, key and value", s.H, s.K.By(2)), m.QKVBias)
		l.o = b.Linear("c_proj", s.H, s.H, m.OutBias)
	}()
	l.ln2 = b.LayerNorm("ln_2", s.H)
	l.mlp = b.TwoMatrices("mlp", "c_fc", "c_proj", s.H, s.F, m, m.ResidualDrop)
	return l
}

// Forward is the block's forward.
func (l *bigCodeBlock) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	residual := f.V(x)
	h := f.V(l.ln1.Forward(x))
	y, weights := l.attention(h, c)
	y, _ = f.V(y), f.V(weights)
	h = f.Re(h, t.Add(y, residual))
	residual = f.Re(residual, h)
	h = f.Re(h, l.ln2.Forward(h))
	z := f.V(l.mlp.Forward(h))
	return f.Ret(f.Re(h, t.Add(residual, z)))
}

func (l *bigCodeBlock) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("attn")()
	f := t.Frame(x)
	d := x.Dims()
	one := l.m.KVHeads == 1 && l.m.Heads != 1
	h := tape.Heads{
		Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.KV, Dim: s.D, ValueDim: s.D,
		Causal: true, Dropout: l.m.AttentionDrop,
	}
	q, k, v := l.cut(x, one)
	q, k, v = f.V(q), f.V(k), f.V(v)
	k, v, h = b.remembered(f, k, v, h)
	y, weights = b.core(q, k, v, c.Mask, h, scores{joined: b.session != nil})
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.o.Forward(y))
	y = f.Re(y, b.Drop(y, l.m.ResidualDrop))
	return f.Ret2(y, weights)
}

// cut gives query, key and value of one product. With one key and value head
// queries come first, and otherwise each head's three stand together.
func (l *bigCodeBlock) cut(x *tape.Tensor, one bool) (q, k, v *tape.Tensor) {
	t, b, s, d := l.b.T, l.b, l.s, x.Dims()
	f := t.Frame(x)
	if !one {
		part := []tape.Dim{d[0], s.Heads, d[1], s.D}
		y := t.CopyBack(l.qkv.Forward(x), d[0], d[1], s.Heads, s.D.By(3))
		parts := t.Split(t.View(y, d[0], s.Heads, d[1], s.D.By(3)), part, part, part)
		return f.Ret3(parts[0], parts[1], parts[2])
	}
	kv := []tape.Dim{d[0], tape.One, d[1], s.D}
	y := l.qkv.Forward(x)
	parts := t.Split(t.View(y, d[0], tape.One, d[1], y.Last()), []tape.Dim{d[0], tape.One, d[1], s.H}, kv, kv)
	q, k, v = f.V(parts[0]), f.V(parts[1]), f.V(parts[2])
	return f.Ret3(f.Re(q, b.heads(t.View(q, d[0], d[1], s.H), s.Heads, s.D)), k, v)
}
