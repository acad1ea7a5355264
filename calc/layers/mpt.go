package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// MPT is MptForCausalLM: ALiBi added to the scores in fp32, norms without
// bias, query, key and value in one matrix, attention always in operators.
type MPT struct {
	decoderBase
	wte   *Embedding
	stack *Stack
	norm  Norm

	unhooked bool           // a loop that checkpoints itself, and needs no embedding that requires a gradient
	extra    []*tape.Tensor // what layers get besides
}

// MPT declares the model.
func (b *Builder) MPT(m workload.Text, frozen int64) *MPT {
	g := b.mptBody(m)
	b.unplaced = true
	g.declare("transformer", frozen, func() {
		g.wte = b.Embedding("wte", g.s.V, g.s.H)
	}, func() {
		g.stack = b.stackIn("blocks", g.s, m.Layers, frozen, func() Block { return b.mptBlock(m, g.s) })
		g.norm = b.Norm(workload.LayerNormNoBias, "norm_f", g.s.H)
	})
	return g
}

func (b *Builder) mptBody(m workload.Text) *MPT {
	g := &MPT{decoderBase: b.decoderBase(m)}
	g.hidden = g.forward
	g.head = func() *Linear { return b.Head("lm_head", g.s.H, g.s.V, false, m.TiedEmbeddings, g.wte) }
	return g
}

func (g *MPT) forward(ids *tape.Tensor) *tape.Tensor {
	b, t, seq := g.b, g.b.T, ids.Dims()[1]
	f := t.Frame(ids)
	embed := g.wte.TokenEmbedding
	if g.unhooked {
		embed = g.wte.Forward
	}
	x := f.V(embed(ids))
	h := f.V(x)
	c := &Context{Outer: f}
	c.Other = append([]*tape.Tensor{f.V(g.alibi())}, g.extra...)
	c.Mask = f.V(t.Make("causal mask", tape.Bool, []tape.Dim{b.B, tape.One, seq, b.keys(seq, 0)}, b.CausalMask(x.DType(), seq, b.keys(seq, 0))))
	h = g.stack.Forward(f, h, c)
	f.V(h) // the last block's results stay until the call returns
	c.Outer = nil
	h = f.Re(h, g.norm.Forward(h))
	return f.Ret(h)
}

// alibi is build_mpt_alibi_tensor: a bias [a, 1, longest sequence] in fp32. A
// sequence above the model's context means a larger max_seq_len.
func (g *MPT) alibi() *tape.Tensor {
	t, s := g.b.T, g.s
	defer t.Scope("alibi")()
	f := t.Frame()
	longest := t.Symbol("C", "longest sequence, in tokens", max(g.m.Context, g.b.Train.Sequence))
	positions := f.V(t.Make("positions", tape.I32, []tape.Dim{longest}))
	power := int64(1)
	for power < g.m.Heads {
		power *= 2
	}
	heads := s.Heads
	if power != g.m.Heads {
		heads = t.Symbol("slopes", "heads, rounded up to a power of two", power)
	}
	dims := []tape.Dim{heads}
	base := f.V(t.Make("base", tape.F32, dims, t.Make("range", tape.I64, dims)))
	f.Re(base, t.Make("scaled base", tape.F32, dims))
	powers := t.Make("powers", tape.F32, dims)
	t.Done(t.Make("two", tape.I64, []tape.Dim{tape.One}))
	slopes := f.V(t.Make("slopes", tape.F32, dims, t.Make("reciprocals", tape.F32, dims)))
	t.Done(powers)
	if heads != s.Heads {
		f.Re(slopes, t.Make("slopes in order", tape.F32, dims))
	}
	return f.Ret(f.Re(positions, t.Make("bias", tape.F32, []tape.Dim{s.Heads, tape.One, longest})))
}

// mptBlock is MptBlock.
type mptBlock struct {
	b            *Builder
	s            Sizes
	m            workload.Text
	norm1, norm2 Norm
	qkv, out     *Linear
	up, down     *Linear
}

func (b *Builder) mptBlock(m workload.Text, s Sizes) *mptBlock {
	l := &mptBlock{b: b, s: s, m: m}
	l.norm1 = b.Norm(workload.LayerNormNoBias, "norm_1", s.H)
	func() {
		defer b.In("attn")()
		l.qkv = b.Linear("Wqkv", s.H, s.H.By(3), false)
		l.out = b.Linear("out_proj", s.H, s.H, false)
	}()
	l.norm2 = b.Norm(workload.LayerNormNoBias, "norm_2", s.H)
	defer b.In("ffn")()
	l.up = b.Linear("up_proj", s.H, s.F, false)
	l.down = b.Linear("down_proj", s.F, s.H, false)
	return l
}

// Forward gives the hidden state alone; Forward2 what the block returns.
func (l *mptBlock) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	y, weights := l.Forward2(x, c)
	l.b.T.Done(weights)
	return y
}

// Forward2 is the block's forward, which returns the attention weights too.
func (l *mptBlock) Forward2(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b := l.b.T, l.b
	f := t.Frame(x)
	h := f.V(x)
	normed := f.V(l.norm1.Forward(h))
	residual := f.V(h)
	a, weights := l.attention(normed, c)
	a, weights = f.V(a), f.V(weights)
	h = f.Re(h, t.Add(b.Drop(a, l.m.ResidualDrop), residual))
	normed = f.Re(normed, l.norm2.Forward(h))
	residual = f.Re(residual, h)
	return f.Ret2(f.V(l.mlp(normed, residual)), weights)
}

func (l *mptBlock) mlp(x, residual *tape.Tensor) *tape.Tensor {
	t := l.b.T
	defer t.Scope("ffn")()
	f := t.Frame(x, residual)
	h := f.V(l.b.Act(workload.GELU, l.up.Forward(x)))
	y := f.V(l.down.Forward(h))
	y = f.Re(y, t.Dropout(y, l.m.ResidualDrop))
	return f.Ret(f.Re(y, t.Add(y, residual)))
}

func (l *mptBlock) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("attn")()
	f := t.Frame(x)
	d := x.Dims()
	heads := tape.Heads{Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D}
	mixed := f.V(l.qkv.Forward(x))
	if l.m.QKVClip > 0 {
		mixed = f.Re(mixed, t.ClampWithin(mixed))
	}
	part := []tape.Dim{d[0], d[1], s.H}
	parts := t.Split(mixed, part, part, part)
	q, k, v := f.V(parts[0]), f.V(parts[1]), f.V(parts[2])
	seen := func(x, split *tape.Tensor) *tape.Tensor {
		return f.Re(x, t.View(split, d[0], s.Heads, d[1], s.D))
	}
	q = seen(q, t.CopyBack(q, d[0], d[1], s.Heads, s.D))
	k = seen(k, t.View(k, d[0], d[1], s.Heads, s.D)) // the gradient of a transposed key comes back with its heads side by side
	v = seen(v, t.CopyBack(v, d[0], d[1], s.Heads, s.D))
	k, v, heads = b.remembered(f, k, v, heads)
	copies, cached := b.copies(d[1], heads), b.copiesCached(heads)
	scores := f.V(t.MulS(t.MatMulCopied(q, k, copies, cached, d[0], s.Heads, d[1], heads.Keys)))
	bias := f.V(t.Slice(c.Other[0], s.Heads, tape.One, heads.Keys))
	scores = f.Re(scores, t.Add(scores, bias))
	scores = f.Re(scores, t.MaskedFill(scores, c.Mask))
	weights = f.V(t.To(t.Softmax(scores, tape.F32), v.DType()))
	weights = f.Re(weights, t.Dropout(weights, l.m.AttentionDrop))
	ctx := f.V(t.MatMulCopied(weights, v, false, cached, d[0], s.Heads, d[1], s.D))
	ctx = f.Re(ctx, t.View(b.transposed(ctx, heads), d[0], d[1], s.H))
	return f.Ret2(f.V(l.out.Forward(ctx)), weights)
}
