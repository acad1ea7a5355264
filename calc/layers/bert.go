package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// bertLayer is BertLayer: norms after the residual sums.
type bertLayer struct {
	b            *Builder
	m            workload.Text
	s            Sizes
	attention    *bertAttention
	attnOutput   *bertOutput
	intermediate *Linear
	output       *bertOutput
}

func (b *Builder) bertLayer(m workload.Text, s Sizes) *bertLayer {
	l := &bertLayer{b: b, m: m, s: s}
	func() {
		defer b.In("attention")()
		l.attention = b.bertAttention(m, s, "self", "query", "key", "value")
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
func (l *bertLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	h, weights := l.attend(x)
	h = f.V(h)
	f.V(weights)
	g := t.Frame(h) // feed_forward_chunk
	inner := func() *tape.Tensor {
		defer t.Scope("intermediate")()
		i := t.Frame(h)
		y := i.V(l.intermediate.Forward(h))
		return i.Ret(l.b.Act(l.m.Activation, y))
	}
	y := g.V(inner())
	y = g.Ret(l.output.Forward(y, h))
	return f.Ret(y)
}

// attend is BertAttention.
func (l *bertLayer) attend(x *tape.Tensor) (y, weights *tape.Tensor) {
	t := l.b.T
	defer t.Scope("attention")()
	f := t.Frame(x)
	y, weights = l.attention.Forward(x)
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.attnOutput.Forward(y, x))
	return f.Ret2(y, weights)
}

// bertAttention is BertSelfAttention: the three projections and the attention
// between them; DistilBERT's projects its output too.
type bertAttention struct {
	b       *Builder
	m       workload.Text
	s       Sizes
	q, k, v *Linear
	out     *Linear
}

func (b *Builder) bertAttention(m workload.Text, s Sizes, module, query, key, value string) *bertAttention {
	if module != "" {
		defer b.In(module)()
	}
	return &bertAttention{
		b: b, m: m, s: s,
		q: b.Linear(query, s.H, s.Q, true),
		k: b.Linear(key, s.H, s.K, true),
		v: b.Linear(value, s.H, s.K, true),
	}
}

// Forward is bidirectional self-attention without a mask.
func (l *bertAttention) Forward(x *tape.Tensor) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("self")()
	f := t.Frame(x)
	q := f.V(b.splitHeads(l.q.Forward(x), s.Heads, s.D))
	k := f.V(b.splitHeads(l.k.Forward(x), s.Heads, s.D))
	v := f.V(b.splitHeads(l.v.Forward(x), s.Heads, s.D))
	d := x.Dims()
	y, weights = b.plainCore(q, k, v, nil, nil, tape.Heads{
		Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D,
		Dropout: l.m.AttentionDrop,
	})
	y, weights = f.V(y), f.V(weights)
	if l.out != nil {
		y = f.Re(y, l.out.Forward(y))
	}
	return f.Ret2(y, weights)
}

// bertOutput is BertSelfOutput and BertOutput: LayerNorm(dropout(dense(x)) +
// residual).
type bertOutput struct {
	b     *Builder
	dense *Linear
	norm  *LayerNorm
	drop  float64
}

func (b *Builder) bertOutput(in, out tape.Dim, m workload.Text) *bertOutput {
	return b.bertOutputIn("output", in, out, m)
}

func (b *Builder) bertOutputIn(leaf string, in, out tape.Dim, m workload.Text) *bertOutput {
	defer b.In(leaf)()
	return &bertOutput{b: b, drop: m.ResidualDrop, dense: b.Linear("dense", in, out, true), norm: b.LayerNorm("LayerNorm", out)}
}

// Forward is the module's forward.
func (o *bertOutput) Forward(x, residual *tape.Tensor) *tape.Tensor {
	t := o.b.T
	defer t.Scope("output")()
	f := t.Frame(x, residual)
	h := f.V(o.dense.Forward(x))
	h = f.Re(h, o.b.drop(h, o.drop))
	h = f.Re(h, o.norm.Forward(t.Add(h, residual)))
	return f.Ret(h)
}

// drop is torch.nn.Dropout as a module call.
func (b *Builder) drop(x *tape.Tensor, rate float64) *tape.Tensor {
	f := b.T.Frame(x)
	return f.Ret(b.T.Dropout(x, rate))
}
