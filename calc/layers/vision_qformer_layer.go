package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// qFormerLayer is Blip2QFormerLayer over queries alone, and
// InstructBlipQFormerLayer, which has an MLP of its own for the text.
type qFormerLayer struct {
	b           *Builder
	q           *qFormer
	self, cross *qFormerAttention
	text, query *qFormerMLP
}

func (b *Builder) qFormerLayer(q *qFormer, s Sizes, image tape.Dim, across, reads bool) *qFormerLayer {
	l := &qFormerLayer{b: b, q: q, self: b.qFormerAttention("attention", q.m, s, s.H)}
	if across {
		l.cross = b.qFormerAttention("crossattention", q.m, s, image)
	}
	if reads {
		l.text = b.qFormerMLP("", q.m, s)
	}
	l.query = b.qFormerMLP("_query", q.m, s)
	return l
}

// Forward is not how these layers are called: they see an image.
func (l *qFormerLayer) Forward(x *tape.Tensor, _ *Context) *tape.Tensor { return x }

// run is the layer's forward.
func (l *qFormerLayer) run(x, image *tape.Tensor) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x, image)
	d := x.Dims()
	whole := f.V(l.self.Forward(x, nil, false))
	if l.text == nil {
		h := f.V(t.View(whole, d...))
		if l.cross != nil {
			h = f.Re(h, l.cross.Forward(h, image, false))
		}
		return f.Ret(f.V(l.query.Forward(h, false)))
	}
	h := f.V(t.Slice(whole, d[0], l.q.queries, d[2]))
	if l.cross != nil {
		h = f.Re(h, l.cross.Forward(h, image, true))
	}
	y := f.V(l.query.Forward(h, l.cross == nil))
	rest := f.V(l.text.Forward(t.Slice(whole, d[0], l.q.words.length, d[2]), true))
	return f.Ret(f.Re(y, t.Cat(d, y, rest)))
}

// qFormerMLP is feed_forward_chunk: BERT's MLP.
type qFormerMLP struct {
	b            *Builder
	leaf         string
	act          workload.Activation
	intermediate *Linear
	output       *bertOutput
}

func (b *Builder) qFormerMLP(kind string, m workload.Text, s Sizes) *qFormerMLP {
	p := &qFormerMLP{b: b, leaf: "intermediate" + kind, act: m.Activation}
	func() {
		defer b.In(p.leaf)()
		p.intermediate = b.Linear("dense", s.H, s.F, true)
	}()
	p.output = b.bertOutputIn("output"+kind, s.F, s.H, m)
	return p
}

// Forward applies the MLP to rows that may be a slice of each sample's.
func (p *qFormerMLP) Forward(x *tape.Tensor, slice bool) *tape.Tensor {
	t := p.b.T
	f := t.Frame(x)
	y := f.V(p.inner(x, slice))
	return f.Ret(f.V(p.output.Forward(y, x)))
}

func (p *qFormerMLP) inner(x *tape.Tensor, slice bool) *tape.Tensor {
	t := p.b.T
	defer t.Scope(p.leaf)()
	f := t.Frame(x)
	y := f.V(p.intermediate.of(x, slice))
	return f.Ret(f.Re(y, p.b.Act(p.act, y)))
}

// qFormerAttention is Blip2QFormerAttention: attention of queries to each
// other, or across to the image, and BERT's output module.
type qFormerAttention struct {
	b       *Builder
	m       workload.Text
	s       Sizes
	q, k, v *Linear
	out     *bertOutput
}

func (b *Builder) qFormerAttention(leaf string, m workload.Text, s Sizes, from tape.Dim) *qFormerAttention {
	defer b.In(leaf)()
	a := &qFormerAttention{b: b, m: m, s: s}
	func() {
		defer b.In("attention")()
		a.q = b.Linear("query", s.H, s.H, true)
		a.k = b.Linear("key", from, s.H, true)
		a.v = b.Linear("value", from, s.H, true)
	}()
	a.out = b.bertOutput(s.H, s.H, m)
	return a
}

// Forward attends from x, which may be a slice of each sample's rows, to an
// image, or to x where there is none.
func (a *qFormerAttention) Forward(x, image *tape.Tensor, slice bool) *tape.Tensor {
	t := a.b.T
	defer t.Scope("attention")()
	f := t.Frame(x, image)
	y, weights := a.attend(x, image, slice)
	y = f.V(y)
	f.V(weights)
	return f.Ret(f.V(a.out.Forward(y, x)))
}

func (a *qFormerAttention) attend(x, image *tape.Tensor, slice bool) (y, weights *tape.Tensor) {
	t, b, s := a.b.T, a.b, a.s
	defer t.Scope("self")()
	f := t.Frame(x, image)
	from := x
	if image != nil {
		from = image
	}
	q := f.V(b.splitHeads(a.q.of(x, slice), s.Heads, s.D))
	k := f.V(b.splitHeads(a.k.Forward(from), s.Heads, s.D))
	v := f.V(b.splitHeads(a.v.Forward(from), s.Heads, s.D))
	d := x.Dims()
	y, weights = b.plainCore(q, k, v, nil, nil, tape.Heads{
		Batch: d[0], Queries: d[1], Keys: from.Dims()[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D,
		Dropout: a.m.AttentionDrop,
	})
	return f.Ret2(f.V(y), f.V(weights))
}
