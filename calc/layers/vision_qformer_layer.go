package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// qFormerLayer is Blip2QFormerLayer over queries alone.
type qFormerLayer struct {
	b            *Builder
	m            workload.Text
	self, cross  *qFormerAttention
	intermediate *Linear
	output       *bertOutput
}

func (b *Builder) qFormerLayer(m workload.Text, s Sizes, image tape.Dim, across bool) *qFormerLayer {
	l := &qFormerLayer{b: b, m: m, self: b.qFormerAttention("attention", m, s, s.H)}
	if across {
		l.cross = b.qFormerAttention("crossattention", m, s, image)
	}
	func() {
		defer b.In("intermediate_query")()
		l.intermediate = b.Linear("dense", s.H, s.F, true)
	}()
	l.output = b.bertOutputIn("output_query", s.F, s.H, m)
	return l
}

// Forward is not how these layers are called: they see an image.
func (l *qFormerLayer) Forward(x *tape.Tensor, _ *Context) *tape.Tensor { return x }

// run is the layer's forward.
func (l *qFormerLayer) run(x, image *tape.Tensor) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x, image)
	whole := f.V(l.self.Forward(x, nil))
	h := f.V(t.View(whole, whole.Dims()...))
	if l.cross != nil {
		h = f.Re(h, l.cross.Forward(h, image))
	}
	g := t.Frame(h)
	y := g.V(l.inner(h))
	return f.Ret(g.Ret(g.V(l.output.Forward(y, h))))
}

func (l *qFormerLayer) inner(x *tape.Tensor) *tape.Tensor {
	t := l.b.T
	defer t.Scope("intermediate_query")()
	f := t.Frame(x)
	y := f.V(l.intermediate.Forward(x))
	return f.Ret(f.Re(y, l.b.Act(l.m.Activation, y)))
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

// Forward attends from x to an image, or to x where there is none.
func (a *qFormerAttention) Forward(x, image *tape.Tensor) *tape.Tensor {
	t := a.b.T
	defer t.Scope("attention")()
	f := t.Frame(x, image)
	y, weights := a.attend(x, image)
	y = f.V(y)
	f.V(weights)
	return f.Ret(f.V(a.out.Forward(y, x)))
}

func (a *qFormerAttention) attend(x, image *tape.Tensor) (y, weights *tape.Tensor) {
	t, b, s := a.b.T, a.b, a.s
	defer t.Scope("self")()
	f := t.Frame(x, image)
	from := x
	if image != nil {
		from = image
	}
	q := f.V(b.splitHeads(a.q.Forward(x), s.Heads, s.D))
	k := f.V(b.splitHeads(a.k.Forward(from), s.Heads, s.D))
	v := f.V(b.splitHeads(a.v.Forward(from), s.Heads, s.D))
	d := x.Dims()
	y, weights = b.plainCore(q, k, v, nil, nil, tape.Heads{
		Batch: d[0], Queries: d[1], Keys: from.Dims()[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D,
		Dropout: a.m.AttentionDrop,
	})
	return f.Ret2(f.V(y), f.V(weights))
}
