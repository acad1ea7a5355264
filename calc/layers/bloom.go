package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// BLOOM is BloomForCausalLM: ALiBi added to the scores, a norm after the
// embedding, attention always in operators.
type BLOOM struct {
	decoderBase
	words     *Embedding
	wordsNorm *LayerNorm
	stack     *Stack
	norm      *LayerNorm
}

// BLOOM declares the model.
func (b *Builder) BLOOM(m workload.Text, frozen int64) *BLOOM {
	g := &BLOOM{decoderBase: b.decoderBase(m)}
	b.unplaced = true
	g.hidden = g.forward
	g.head = func() *Linear { return b.decoderHead("lm_head", g.s.H, g.s.V, false, m.TiedEmbeddings, g.words) }
	g.declare("transformer", frozen, func() {
		g.words = b.Embedding("word_embeddings", g.s.V, g.s.H)
		g.wordsNorm = b.LayerNorm("word_embeddings_layernorm", g.s.H)
	}, func() {
		g.stack = b.stackIn("h", g.s, m.Layers, frozen, func() Block { return b.bloomBlock(m, g.s) })
		g.norm = b.LayerNorm("ln_f", g.s.H)
	})
	return g
}

func (g *BLOOM) forward(ids *tape.Tensor) *tape.Tensor {
	b, t := g.b, g.b.T
	f := t.Frame(ids)
	x := f.V(g.words.TokenEmbedding(ids))
	h := f.V(g.wordsNorm.Forward(x))
	alibi, held := g.alibi(h, b.keys(ids.Dims()[1], 0))
	alibi = f.V(alibi)
	f.V(held)
	c := &Context{Other: []*tape.Tensor{alibi}, Outer: f}
	c.Mask = f.V(b.CausalMask(x.DType(), ids.Dims()[1], b.keys(ids.Dims()[1], 0)))
	h = g.stack.Forward(f, h, c)
	c.Outer = nil
	h = f.Re(h, g.norm.Forward(h))
	return f.Ret(h)
}

// alibi is the bias [B·a, 1, S], and the slopes that the caller keeps.
func (g *BLOOM) alibi(h *tape.Tensor, seq tape.Dim) (bias, slopes *tape.Tensor) {
	b, t, s := g.b, g.b.T, g.s
	defer t.Scope("alibi")()
	f := t.Frame()
	slopes = f.V(b.slopes(g.m.Heads, s.Heads))
	one := f.V(t.Make("slopes times positions", tape.F32, []tape.Dim{s.Heads, tape.One, seq}, t.Make("range", tape.I64, []tape.Dim{seq})))
	bias = f.Re(one, t.To(t.Make("repeated over the batch", tape.F32, []tape.Dim{b.B.Times(s.Heads), tape.One, seq}), h.DType()))
	return f.Ret2(bias, slopes)
}

// slopes are ALiBi's slopes, one for each head.
func (b *Builder) slopes(heads int64, dim tape.Dim) *tape.Tensor {
	t := b.T
	f := t.Frame()
	power := int64(1)
	for power*2 <= heads {
		power *= 2
	}
	first := t.Symbol("slopes", "heads, rounded down to a power of two", power)
	f.V(t.Make("base", tape.F32, nil))
	f.V(t.Make("powers", tape.I32, []tape.Dim{first}))
	s := f.V(t.Make("slopes", tape.F32, []tape.Dim{first}))
	if power != heads {
		more := t.Symbol("moreSlopes", "heads beyond a power of two", heads-power)
		f.V(t.Make("base", tape.F32, nil))
		f.V(t.Make("powers", tape.I32, []tape.Dim{more}))
		s = f.Re(s, t.Make("slopes", tape.F32, []tape.Dim{dim}, t.Make("further slopes", tape.F32, []tape.Dim{more})))
	}
	return f.Ret(s)
}

// bloomBlock is BloomBlock.
type bloomBlock struct {
	b                *Builder
	s                Sizes
	m                workload.Text
	inNorm, postNorm *LayerNorm
	qkv, dense       *Linear
	up, down         *Linear
}

func (b *Builder) bloomBlock(m workload.Text, s Sizes) *bloomBlock {
	l := &bloomBlock{b: b, s: s, m: m}
	l.inNorm = b.LayerNorm("input_layernorm", s.H)
	func() {
		defer b.In("self_attention")()
		l.qkv = b.Linear("query_key_value", s.H, s.H.By(3), true)
		l.dense = b.Linear("dense", s.H, s.H, true)
	}()
	l.postNorm = b.LayerNorm("post_attention_layernorm", s.H)
	defer b.In("mlp")()
	l.up = b.Linear("dense_h_to_4h", s.H, s.F, true)
	l.down = b.Linear("dense_4h_to_h", s.F, s.H, true)
	return l
}

// Forward gives the hidden state alone; Forward2 what the block returns.
func (l *bloomBlock) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	y, weights := l.Forward2(x, c)
	l.b.T.Done(weights)
	return y
}

// Forward2 is the block's forward, which returns the attention weights too.
func (l *bloomBlock) Forward2(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	f := l.b.T.Frame(x)
	h := f.V(l.inNorm.Forward(x))
	a, weights := l.attention(h, x, c)
	a, weights = f.V(a), f.V(weights)
	h = f.Re(h, l.postNorm.Forward(a))
	return f.Ret2(f.V(l.mlp(h, a)), weights)
}

func (l *bloomBlock) mlp(x, residual *tape.Tensor) *tape.Tensor {
	t := l.b.T
	defer t.Scope("mlp")()
	f := t.Frame(x, residual)
	g := t.Frame(l.up.Forward(x))
	h := f.V(g.Ret(t.BloomGELU(g.Args()[0])))
	inner := f.V(l.down.Forward(h))
	return f.Ret(l.dropAdd(inner, residual))
}

// dropAdd is dropout_add.
func (l *bloomBlock) dropAdd(x, residual *tape.Tensor) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x, residual)
	out := f.V(t.Dropout(x, l.m.ResidualDrop))
	return f.Ret(f.Re(out, t.Add(residual, out)))
}

func (l *bloomBlock) attention(x, residual *tape.Tensor, c *Context) (y, probs *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("self_attention")()
	f := t.Frame(x, residual)
	d := x.Dims()
	heads := tape.Heads{Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D}
	batch := d[0].Times(s.Heads)
	fused := f.V(l.qkv.Forward(x))
	q, k, v := l.cut(fused)
	q, k, v = f.V(q), f.V(k), f.V(v)
	k, v, heads = b.remembered(f, k, v, heads)
	matrices := func(x *tape.Tensor, n tape.Dim, cached bool) *tape.Tensor {
		y := x
		if !cached && b.copies(n, heads) {
			y = t.Contiguous(x)
		}
		return f.Re(x, t.View(y, batch, n, s.D))
	}
	kept := b.session != nil
	q, k, v = matrices(q, d[1], false), matrices(k, heads.Keys, kept), matrices(v, heads.Keys, kept)
	scores := f.V(t.BAddBMM(c.Other[0], q, k, batch, d[1], heads.Keys))
	square := []tape.Dim{d[0], s.Heads, d[1], heads.Keys}
	w := f.V(t.View(scores, square...))
	w = f.Re(w, t.Add(w, c.Mask))
	probs = f.V(t.To(t.Softmax(w, tape.F32), q.DType()))
	probs = f.Re(probs, b.Drop(probs, l.m.AttentionDrop))
	p := f.V(t.View(probs, batch, d[1], heads.Keys))
	ctx := f.V(t.BMM(p, v, batch, d[1], s.D))
	ctx = f.Re(ctx, l.merged(ctx, heads))
	out := f.V(l.dense.Forward(ctx))
	out = f.Re(out, l.dropAdd(out, residual))
	return f.Ret2(out, probs)
}

// cut is _reshape: query, key and value are slices of [B, S, a, 3, d].
func (l *bloomBlock) cut(fused *tape.Tensor) (q, k, v *tape.Tensor) {
	t, s, d := l.b.T, l.s, fused.Dims()
	f := t.Frame(fused)
	x := f.V(t.View(fused, d[0], d[1], s.Heads, tape.N(3), s.D))
	part := func() *tape.Tensor {
		return f.V(t.View(t.Slice(x, d[0], d[1], s.Heads, s.D), d[0], s.Heads, d[1], s.D))
	}
	q, k, v = part(), part(), part()
	return f.Ret3(q, k, v)
}

// merged is _merge_heads.
func (l *bloomBlock) merged(x *tape.Tensor, h tape.Heads) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	y := f.V(t.View(x, h.Batch, h.Heads, h.Queries, h.ValueDim))
	y = f.Re(y, l.b.seenBy(y, h))
	if !h.Heads.IsOne() && !h.Queries.IsOne() {
		y = t.Contiguous(y)
	}
	return f.Ret(t.View(y, h.Batch, h.Queries, h.Heads.Times(h.ValueDim)))
}
