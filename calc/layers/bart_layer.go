package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// bartLayer is BartEncoderLayer, or BartDecoderLayer where it attends across.
type bartLayer struct {
	b           *Builder
	m           workload.Text
	self, cross *bartAttention
	norm, normX *LayerNorm
	fc1, fc2    *Linear
	normEnd     *LayerNorm
}

func (b *Builder) bartLayer(m workload.Text, s Sizes, decoder bool) *bartLayer {
	l := &bartLayer{b: b, m: m}
	l.self = b.bartAttention("self_attn", m, s, decoder)
	l.norm = b.LayerNorm("self_attn_layer_norm", s.H)
	if decoder {
		l.cross = b.bartAttention("encoder_attn", m, s, false)
		l.normX = b.LayerNorm("encoder_attn_layer_norm", s.H)
	}
	l.fc1, l.fc2 = b.Linear("fc1", s.H, s.F, m.MLPBias), b.Linear("fc2", s.F, s.H, m.MLPBias)
	l.normEnd = b.LayerNorm("final_layer_norm", s.H)
	return l
}

// Forward is the layer as a member of a stack.
func (l *bartLayer) Forward(x *tape.Tensor, _ *Context) *tape.Tensor { return l.run(x, nil, nil) }

// run is the layer's forward. seen are the encoder's states.
func (l *bartLayer) run(x, mask, seen *tape.Tensor) *tape.Tensor {
	t, b := l.b.T, l.b
	f := t.Frame(x, mask, seen)
	h, weights := f.V(x), (*tape.Tensor)(nil)
	residual := f.V(x)
	h, weights = l.attend(f, l.self, h, nil, mask, nil)
	h, residual = l.sum(f, h, residual, l.norm)
	if l.cross != nil {
		h, _ = l.attend(f, l.cross, h, seen, nil, weights)
		h, residual = l.sum(f, h, residual, l.normX)
	}
	h = f.Re(h, b.Act(l.m.Activation, l.fc1.Forward(h)))
	h = f.Re(h, t.Dropout(h, l.m.ActivationDrop))
	h = f.Re(h, l.fc2.Forward(h))
	h = f.Re(h, t.Dropout(h, l.m.ResidualDrop))
	h = f.Re(h, t.Add(residual, h))
	h = f.Re(h, l.normEnd.Forward(h))
	if l.cross == nil {
		b.looksFinite(h)
	}
	return f.Ret(h)
}

// attend replaces the hidden state by what an attention gives, and eager's
// weights of the attention before by its own.
func (l *bartLayer) attend(f *tape.Frame, a *bartAttention, h, seen, mask, old *tape.Tensor) (y, weights *tape.Tensor) {
	y, weights = a.Forward(h, seen, mask)
	return f.Re(h, y), f.Re(old, weights)
}

// sum is dropout, the residual sum and its norm, whose result is the next
// residual.
func (l *bartLayer) sum(f *tape.Frame, h, residual *tape.Tensor, norm *LayerNorm) (y, next *tape.Tensor) {
	t := l.b.T
	h = f.Re(h, t.Dropout(h, l.m.ResidualDrop))
	h = f.Re(h, t.Add(residual, h))
	h = f.Re(h, norm.Forward(h))
	return h, f.Re(residual, h)
}

// looksFinite is isfinite(x).all(), by which encoder layers decide in fp16
// whether to clamp. Their states are taken to be finite.
func (b *Builder) looksFinite(x *tape.Tensor) {
	if x.DType() != tape.F16 {
		return
	}
	t, d := b.T, x.Dims()
	f := t.Frame()
	number := t.Make("is a number", tape.Bool, d)
	bounded := t.Make("is not infinite", tape.Bool, d, t.Make("absolute values", x.DType(), d))
	finite := f.V(t.Make("is finite", tape.Bool, d, number, bounded))
	t.Done(f.Ret(finite))
}

// bartAttention is BartAttention.
type bartAttention struct {
	b          *Builder
	s          Sizes
	leaf       string
	causal     bool
	drop       float64
	k, v, q, o *Linear
}

func (b *Builder) bartAttention(leaf string, m workload.Text, s Sizes, causal bool) *bartAttention {
	defer b.In(leaf)()
	return &bartAttention{
		b: b, s: s, leaf: leaf, causal: causal, drop: m.AttentionDrop,
		k: b.Linear("k_proj", s.H, s.K, m.QKVBias),
		v: b.Linear("v_proj", s.H, s.K, m.QKVBias),
		q: b.Linear("q_proj", s.H, s.Q, m.QKVBias),
		o: b.Linear("out_proj", s.Q, s.H, m.OutBias),
	}
}

// Forward attends from x to the encoder's states, or to itself without them.
// The second result is eager's weights.
func (a *bartAttention) Forward(x, seen, mask *tape.Tensor) (y, weights *tape.Tensor) {
	t, b, s := a.b.T, a.b, a.s
	defer t.Scope(a.leaf)()
	f := t.Frame(x, seen)
	from := x
	if seen != nil {
		from = seen
	}
	q := f.V(b.splitHeads(a.q.Forward(x), s.Heads, s.D))
	k := f.V(a.k.Forward(from))
	v := f.V(a.v.Forward(from))
	k = f.Re(k, b.splitHeads(k, s.Heads, s.D))
	v = f.Re(v, b.splitHeads(v, s.Heads, s.D))
	d := x.Dims()
	y, weights = b.plainCore(q, k, v, mask, nil, tape.Heads{
		Batch: d[0], Queries: d[1], Keys: from.Dims()[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D,
		Causal: a.causal, Dropout: a.drop,
	})
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, a.o.Forward(y))
	return f.Ret2(y, weights)
}
