package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// llama4Layer is Llama4TextDecoderLayer: Llama's layer whose queries and keys
// are turned as complex numbers and normed without weights, or in every n-th
// layer neither, with queries scaled by position instead.
type llama4Layer struct {
	b                *Builder
	m                workload.Text
	s                Sizes
	kind             int
	rotates          bool
	q, k, v, o       *Linear
	dense            *GatedMLP
	experts          *llama4Experts
	inNorm, postNorm llama4Norm
}

func (b *Builder) llama4Layer(m workload.Text, e workload.Experts, s Sizes, kind int) *llama4Layer {
	l := &llama4Layer{b: b, m: m, s: s, kind: kind}
	l.rotates = m.NoRoPEInterval <= 0 || int64(kind+1)%m.NoRoPEInterval != 0
	func() {
		defer b.In("self_attn")()
		l.q = b.Linear("q_proj", s.H, s.Q, m.QKVBias)
		l.k = b.Linear("k_proj", s.H, s.K, m.QKVBias)
		l.v = b.Linear("v_proj", s.H, s.K, m.QKVBias)
		l.o = b.Linear("o_proj", s.Q, s.H, m.OutBias)
	}()
	if int64(kind+1)%max(1, e.LayerFrequency) == 0 {
		l.experts = b.llama4Experts("feed_forward", m, e, s.H)
	} else {
		l.dense = b.GatedMLP("feed_forward", s.H, s.F, false, m.Activation)
	}
	l.inNorm = llama4Norm{b.RMSNorm("input_layernorm", s.H)}
	l.postNorm = llama4Norm{b.RMSNorm("post_attention_layernorm", s.H)}
	return l
}

// llama4Period is the number of layers after which the kinds of layers repeat.
func llama4Period(m workload.Text, e workload.Experts) int64 {
	every, sparse := max(1, m.NoRoPEInterval), max(1, e.LayerFrequency)
	period := every
	for period%sparse != 0 {
		period += every
	}
	return period
}

// Kind is the kind of mask that the layer takes.
func (l *llama4Layer) Kind() int { return l.kind }

// Forward is the layer's forward.
func (l *llama4Layer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	residual := f.V(x)
	h := f.V(l.inNorm.Forward(x))
	y, second := l.attention(h, c)
	y, second = f.V(y), f.V(second)
	h = f.Re(h, t.Add(residual, y))
	residual = f.Re(residual, h)
	h = f.V(l.postNorm.Forward(h))
	if l.experts == nil {
		h = f.Re(h, l.dense.Forward(h))
		return f.Ret(f.Re(h, t.Add(residual, h)))
	}
	out, logits := l.experts.forward(h)
	h = f.Re(h, out)
	f.Re(second, logits)
	return f.Ret(f.Re(h, t.Add(residual, t.View(h, x.Dims()...))))
}

func (l *llama4Layer) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("self_attn")()
	f := t.Frame(x)
	d := x.Dims()
	seen := t.View
	if b.eagerly() && !l.rotates { // turning copies the gradient itself
		seen = t.CopyBack
	}
	q := f.V(seen(l.q.Forward(x), d[0], d[1], s.Heads, s.D))
	k := f.V(seen(l.k.Forward(x), d[0], d[1], s.KV, s.D))
	v := f.V(b.heads(l.v.Forward(x), s.KV, s.D))
	if l.rotates {
		q2, k2 := b.turnedPairs(q, k, c.Cos)
		q, k = f.Re(q, q2), f.Re(k, k2)
		if l.m.QKNormNoWeight {
			q = f.Re(q, b.l2Norm(q))
			k = f.Re(k, b.l2Norm(k))
		}
	} else if l.m.PositionScale {
		q = f.Re(q, b.scaledByPosition(f, q))
	}
	q = f.Re(q, t.View(q, d[0], s.Heads, d[1], s.D))
	k = f.Re(k, t.View(k, d[0], s.KV, d[1], s.D))
	h := tape.Heads{
		Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.KV, Dim: s.D, ValueDim: s.D,
		Causal: true, Dropout: l.m.AttentionDrop, Window: windowOf(l.m, l.kind),
	}
	k, v, h = b.remembered(f, k, v, h)
	y, weights = b.core(q, k, v, c.mask(l.kind), h, scores{own: true, joined: b.session != nil})
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.o.Forward(y))
	return f.Ret2(y, weights)
}

// turnedPairs is apply_rotary_emb: pairs of numbers as complex ones, in fp32.
func (b *Builder) turnedPairs(q, k, table *tape.Tensor) (*tape.Tensor, *tape.Tensor) {
	t := b.T
	defer t.Scope("rotary")()
	f := t.Frame(q, k, table)
	d := table.Dims()
	turn := t.View(table, d[0], d[1], tape.One, d[2])
	f.V(turn)
	q32, k32 := f.V(t.To(q, tape.F32)), f.V(t.To(k, tape.F32))
	qt := f.V(t.TurnRows(q32, turn, b.eagerly()))
	kt := f.V(t.TurnRows(k32, turn, b.eagerly()))
	return f.Ret2(t.To(qt, q.DType()), t.To(kt, k.DType()))
}

// l2Norm is Llama4TextL2Norm.
func (b *Builder) l2Norm(x *tape.Tensor) *tape.Tensor {
	t := b.T
	defer t.Scope("qk_norm")()
	f := t.Frame(x)
	return f.Ret(t.To(b.unitRows(t.To(x, tape.F32)), x.DType()))
}

// unitRows is x · rsqrt(mean(x²) + ε).
func (b *Builder) unitRows(x *tape.Tensor) *tape.Tensor {
	t := b.T
	f := t.Frame(x)
	return f.Ret(t.Mul(x, t.Rsqrt(t.AddS(t.Mean(t.Pow(x))))))
}

// scaledByPosition scales queries by the logarithm of their position (attention
// temperature).
func (b *Builder) scaledByPosition(f *tape.Frame, q *tape.Tensor) *tape.Tensor {
	t, d := b.T, q.Dims()
	row := []tape.Dim{d[1]}
	positions := f.V(t.Make("positions", tape.I64, row, t.Make("range", tape.I64, row)))
	_ = positions
	scale := t.Make("positions in fp32", tape.F32, row)
	for _, step := range []string{"position plus one", "position by the floor", "whole floors", "logarithm", "scaled logarithm", "scale of queries"} {
		scale = t.Make(step, tape.F32, row, scale)
	}
	scale = f.V(t.View(scale, tape.One, d[1], tape.One, tape.One))
	return t.To(t.Mul(q, scale), q.DType())
}

// llama4Norm is Llama4TextRMSNorm.
type llama4Norm struct{ *RMSNorm }

// Forward applies the norm.
func (n llama4Norm) Forward(x *tape.Tensor) *tape.Tensor {
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	y := f.V(t.To(n.b.unitRows(t.To(x, tape.F32)), x.DType()))
	return f.Ret(t.Mul(y, n.W.T()))
}
