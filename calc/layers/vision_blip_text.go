package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// medAttention is BlipTextAttention: scores and softmax in operators, keys and
// values from the text or, across, from the image; then BERT's output module.
type medAttention struct {
	b       *Builder
	m       workload.Text
	s       Sizes
	q, k, v *Linear
	out     *bertOutput
}

func (b *Builder) medAttention(leaf string, m workload.Text, s Sizes, from tape.Dim) *medAttention {
	defer b.In(leaf)()
	a := &medAttention{b: b, m: m, s: s}
	func() {
		defer b.In("self")()
		a.q = b.Linear("query", s.H, s.Q, true)
		a.k = b.Linear("key", from, s.Q, true)
		a.v = b.Linear("value", from, s.Q, true)
	}()
	a.out = b.bertOutput(s.Q, s.H, m)
	return a
}

// Forward attends from x to states under a mask, nil for none.
func (a *medAttention) Forward(x, states, mask *tape.Tensor) (y, probs *tape.Tensor) {
	t := a.b.T
	defer t.Scope("attention")()
	f := t.Frame(x, states)
	y, probs = a.attend(x, states, mask)
	y, probs = f.V(y), f.V(probs)
	y = f.V(a.out.Forward(y, x))
	return f.Ret2(y, probs)
}

func (a *medAttention) attend(x, states, mask *tape.Tensor) (y, probs *tape.Tensor) {
	t, b, s := a.b.T, a.b, a.s
	defer t.Scope("self")()
	f := t.Frame(x, states)
	d, from := x.Dims(), states.Dims()
	heads := func(y *tape.Tensor) *tape.Tensor {
		n := y.Dims()[1]
		return f.V(t.View(t.CopyBack(y, d[0], n, s.Heads, s.D), d[0], s.Heads, n, s.D))
	}
	q := heads(a.q.Forward(x))
	k := heads(a.k.Forward(states))
	v := heads(a.v.Forward(states))
	h := tape.Heads{Batch: d[0], Queries: d[1], Keys: from[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D}
	w := f.V(t.MatMulCopied(q, k, b.copies(d[1], h), b.copies(from[1], h), d[0], s.Heads, d[1], from[1]))
	w = f.Re(w, t.MulS(w))
	if mask != nil {
		w = f.Re(w, t.Add(w, mask))
	}
	probs = f.V(b.softmaxOwn(w))
	dropped := f.V(b.Drop(probs, a.m.AttentionDrop))
	y = f.V(t.MatMulCopied(dropped, v, false, b.copies(from[1], h), d[0], s.Heads, d[1], s.D))
	y = f.Re(y, b.transposed(y, h))
	y = f.Re(y, t.View(y, d[0], d[1], s.Q))
	return f.Ret2(y, probs)
}

// medLayer is BlipTextLayer: attention, cross-attention to the image, MLP,
// norms after the residual sums.
type medLayer struct {
	b            *Builder
	m            workload.Text
	self, cross  *medAttention
	intermediate *Linear
	output       *bertOutput
}

func (b *Builder) medLayer(m workload.Text, s Sizes, image tape.Dim, parts Parts) *medLayer {
	l := &medLayer{b: b, m: m, self: b.medAttention("attention", m, s, s.H)}
	parts.Join(func() { l.cross = b.medAttention("crossattention", m, s, image) })
	func() {
		defer b.In("intermediate")()
		l.intermediate = b.Linear("dense", s.H, s.F, true)
	}()
	l.output = b.bertOutput(s.F, s.H, m)
	return l
}

// Forward is the layer's forward: the context's first other tensor is the
// image's.
func (l *medLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	h, probs := l.self.Forward(x, x, c.Mask)
	h, probs = f.V(h), f.V(probs)
	y, across := l.cross.Forward(h, c.Other[0], nil)
	h = f.Re(h, y)
	f.Re(probs, across)
	g := t.Frame(h)
	y = g.V(l.inner(h))
	y = g.V(l.output.Forward(y, h))
	return f.Ret(g.Ret(y))
}

func (l *medLayer) inner(x *tape.Tensor) *tape.Tensor {
	t := l.b.T
	defer t.Scope("intermediate")()
	f := t.Frame(x)
	y := f.V(l.intermediate.Forward(x))
	return f.Ret(f.Re(y, l.b.Act(l.m.Activation, y)))
}
