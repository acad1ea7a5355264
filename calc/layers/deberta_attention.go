package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// debertaLayer is DebertaV2Layer.
type debertaLayer struct {
	b            *Builder
	m            workload.Text
	attention    *debertaAttention
	attnOutput   *bertOutput
	intermediate *Linear
	output       *bertOutput
}

func (b *Builder) debertaLayer(d *deberta) *debertaLayer {
	m, s := d.m, d.s
	l := &debertaLayer{b: b, m: m}
	func() {
		defer b.In("attention")()
		l.attention = b.debertaAttention(d)
		l.attnOutput = b.bertOutput(s.Q, s.H, m)
	}()
	func() {
		defer b.In("intermediate")()
		l.intermediate = b.Linear("dense", s.H, s.F, true)
	}()
	l.output = b.bertOutput(s.F, s.H, m)
	return l
}

// Forward is the layer's forward.
func (l *debertaLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	h := f.V(l.attend(x, c))
	inner := func() *tape.Tensor {
		defer t.Scope("intermediate")()
		g := t.Frame(h)
		y := g.V(l.intermediate.Forward(h))
		return g.Ret(g.Re(y, l.b.Act(l.m.Activation, y)))
	}
	y := f.V(inner())
	return f.Ret(l.output.Forward(y, h))
}

func (l *debertaLayer) attend(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	defer t.Scope("attention")()
	f := t.Frame(x)
	y := f.V(l.attention.Forward(x, c))
	return f.Ret(l.attnOutput.Forward(y, x))
}

// debertaAttention is DisentangledSelfAttention: scores of content with
// content, of content with position and of position with content. Positions
// share the projections of contents.
type debertaAttention struct {
	b       *Builder
	m       workload.Text
	s       Sizes
	span    tape.Dim
	q, k, v *Linear
}

func (b *Builder) debertaAttention(d *deberta) *debertaAttention {
	defer b.In("self")()
	s := d.s
	return &debertaAttention{
		b: b, m: d.m, s: s, span: d.span,
		q: b.Linear("query_proj", s.H, s.Q, true),
		k: b.Linear("key_proj", s.H, s.K, true),
		v: b.Linear("value_proj", s.H, s.K, true),
	}
}

// Forward is the module's forward.
func (a *debertaAttention) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t, b, s := a.b.T, a.b, a.s
	defer t.Scope("self")()
	d := x.Dims()
	each := d[0].Times(s.Heads)
	f := t.Frame(x, c.Mask)
	q := f.V(a.turned(a.q.Forward(x)))
	k := f.V(a.turned(a.k.Forward(x)))
	v := f.V(a.turned(a.v.Forward(x)))
	scores := f.V(t.BMM(q, t.MulS(t.View(k, each, s.D, d[1])), each, d[1], d[1]))
	if a.m.RelativeBuckets > 0 {
		table := f.V(b.drop(c.Other[1], a.m.ResidualDrop))
		bias := f.V(a.bias(q, k, table, d))
		scores = f.Re(scores, t.Add(scores, bias))
	}
	all := []tape.Dim{d[0], s.Heads, d[1], d[1]}
	scores = f.Re(scores, t.View(scores, all...))
	square := []tape.Dim{d[0], tape.One, d[1], d[1]}
	f.Re(c.Mask, t.Make("pairs of tokens", tape.Bool, square))
	scores = f.Re(scores, t.MaskedFill(scores, t.Make("hidden pairs", tape.Bool, square)))
	w := f.V(b.softmaxOwn(scores))
	w = f.Re(w, b.drop(w, a.m.AttentionDrop))
	y := f.V(t.BMM(t.View(w, each, d[1], d[1]), v, each, d[1], s.D))
	turned := t.View(t.CopyBack(y, all[0], all[1], d[1], s.D), d[0], d[1], s.Heads, s.D)
	if !s.Heads.IsOne() && !d[1].IsOne() {
		turned = t.Contiguous(turned)
	}
	y = f.Re(y, turned)
	y = f.Re(y, t.View(y, d[0], d[1], s.Q))
	return f.Ret(y)
}

// turned is transpose_for_scores: [B, S, a·d] as a copy [B·a, S, d].
func (a *debertaAttention) turned(x *tape.Tensor) *tape.Tensor {
	t, s, d := a.b.T, a.s, x.Dims()
	f := t.Frame(x)
	y := f.V(t.CopyBack(x, d[0], d[1], s.Heads, s.D))
	y = f.Re(y, t.View(y, d[0], s.Heads, d[1], s.D))
	if !s.Heads.IsOne() && !d[1].IsOne() {
		return f.Ret(t.View(t.Contiguous(y), d[0].Times(s.Heads), d[1], s.D))
	}
	return f.Ret(t.View(y, d[0].Times(s.Heads), d[1], s.D))
}

// bias is disentangled_attention_bias of queries and keys for states of the
// shape d.
func (a *debertaAttention) bias(q, k, table *tape.Tensor, d []tape.Dim) *tape.Tensor {
	t, s := a.b.T, a.s
	defer t.Scope("position bias")()
	each, both := d[0].Times(s.Heads), a.span.Times(tape.N(2))
	places := []tape.Dim{tape.One, tape.One, d[1], d[1]}
	of := func(what string, uses ...*tape.Tensor) *tape.Tensor { return t.Make(what, tape.I64, places, uses...) }
	f := t.Frame(q, k, table)
	rows := f.V(t.View(table, tape.One, both, s.H))
	queries := f.V(t.RepeatSamples(a.turned(a.q.Forward(rows)), d[0], each, both, s.D))
	keys := f.V(t.RepeatSamples(a.turned(a.k.Forward(rows)), d[0], each, both, s.D))

	toPosition := f.V(t.BMM(q, t.View(keys, each, s.D, both), each, d[1], both))
	at := f.V(of("bucket of a key", of("shifted bucket of a key")))
	toPosition = f.Re(toPosition, t.GatherLast(toPosition, t.View(at, each, d[1], d[1]), each, d[1], d[1]))
	score := f.V(t.AddS(t.MulS(toPosition)))

	back := f.V(of("bucket of a query", of("shifted bucket of a query", of("negative bucket of a query"))))
	fromPosition := f.V(t.BMM(k, t.View(queries, each, s.D, both), each, d[1], both))
	fromPosition = f.Re(fromPosition, t.View(t.GatherLast(fromPosition, t.View(back, each, d[1], d[1]), each, d[1], d[1]), each, d[1], d[1]))
	score = f.Re(score, t.AddInPlace(score, t.MulS(fromPosition)))
	return f.Ret(score)
}
