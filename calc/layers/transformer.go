package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Transformer is the encoder-decoder of "Attention is all you need" in torch
// modules: norms after the residual sums, sinusoidal positions, one matrix for
// both embeddings and the head.
type Transformer struct {
	b                *Builder
	m                workload.Text
	s                Sizes
	embed            *Embedding
	positions        *tape.Param
	head             *Linear
	encoder, decoder *Stack
}

// Transformer declares the model.
func (b *Builder) Transformer(m workload.Text, frozen int64) *Transformer {
	n := &Transformer{b: b, m: m, s: b.Sizes(m)}
	old := b.Frozen
	b.Frozen = b.Frozen || frozen > 0
	n.embed = b.Embedding("embed", n.s.V, n.s.H)
	b.Frozen = old
	n.positions = b.Buffer("positions", b.Weights, b.longest(m), n.s.H)
	stack := func(name string, layers tape.Dim, count int64, decoder bool) *Stack {
		defer b.In(name)()
		defer b.In("layers")()
		defer b.In("*")()
		return b.Stack(name, layers, count, frozen, func() Block { return b.transformerLayer(m, n.s, decoder) })
	}
	n.encoder = stack("encoder", n.s.L, m.Layers, false)
	n.decoder = stack("decoder", b.T.Symbol("Ld", "number of decoder layers", m.DecoderLayers), m.DecoderLayers, true)
	n.head = b.Head("head", n.s.H, n.s.V, m.HeadBias, m.TiedEmbeddings, n.embed)
	return n
}

// longest is the number of rows of the table of sinusoids: the context, or the
// longer side where the model sets none.
func (b *Builder) longest(m workload.Text) tape.Dim {
	if m.Context > 0 {
		return b.T.Symbol("P", "rows of the position table", m.Context)
	}
	s, d := b.S, b.Target()
	return b.T.Derived("longest", "length of the longer side", func(v *tape.Values) int64 { return max(s.Value(v), d.Value(v)) })
}

// Loss is the cross entropy of the labels. The caller's frame holds ids and
// labels.
func (n *Transformer) Loss(ids, labels *tape.Tensor) *tape.Tensor {
	b, t := n.b, n.b.T
	f := t.Frame(ids, labels)
	x := f.V(n.input(ids))
	memory := f.V(n.run(n.encoder, "encoder", x, nil))
	inputs := f.V(b.shiftRight(labels))
	y := f.V(n.input(inputs))
	y = f.Re(y, n.run(n.decoder, "decoder", y, memory))
	logits := f.V(b.logits(n.head, y))
	return f.Ret(b.tokenLoss(logits, labels))
}

// input is dropout(√h · embedding + positions).
func (n *Transformer) input(ids *tape.Tensor) *tape.Tensor {
	t := n.b.T
	defer t.Scope("input")()
	f := t.Frame(ids)
	x := f.V(t.MulS(n.embed.TokenEmbedding(ids)))
	x = f.Re(x, t.Add(x, t.View(n.positions.T(), ids.Dims()[1], n.s.H)))
	return f.Ret(n.b.drop(x, n.m.EmbeddingDrop))
}

// run runs a stack; memory are the encoder's states.
func (n *Transformer) run(k *Stack, name string, x, memory *tape.Tensor) *tape.Tensor {
	b, t := n.b, n.b.T
	defer t.Scope(name)()
	f := t.Frame(x, memory)
	var mask *tape.Tensor
	if memory != nil && b.Attention.Implementation == workload.Eager {
		length := x.Dims()[1]
		mask = f.V(b.CausalMask(x.DType(), length, length))
	}
	x = f.V(x)
	for _, p := range k.parts {
		t.Each(p.section, func(i int) {
			l := p.blocks[i].(*transformerLayer)
			run := func(xs []*tape.Tensor) []*tape.Tensor { return []*tape.Tensor{l.apply(xs[0], xs[1], xs[2])} }
			x = f.Re(x, b.throughMany(l, []*tape.Tensor{x, mask, memory}, func(xs []*tape.Tensor) []*tape.Tensor { return b.checkpointedMany(run, xs...) })[0])
		})
	}
	return f.Ret(x)
}

// transformerLayer is a layer of either stack.
type transformerLayer struct {
	b          *Builder
	m          workload.Text
	self       *transformerAttention
	norm1      *LayerNorm
	cross      *transformerAttention
	norm2      *LayerNorm
	fc1, fc2   *Linear
	norm3      *LayerNorm
	withMemory bool
}

func (b *Builder) transformerLayer(m workload.Text, s Sizes, decoder bool) *transformerLayer {
	l := &transformerLayer{b: b, m: m, withMemory: decoder}
	l.self, l.norm1 = b.transformerAttention("self_attn", m, s), b.LayerNorm("norm1", s.H)
	if decoder {
		l.cross, l.norm2 = b.transformerAttention("cross_attn", m, s), b.LayerNorm("norm2", s.H)
	}
	l.fc1, l.fc2 = b.Linear("fc1", s.H, s.F, m.MLPBias), b.Linear("fc2", s.F, s.H, m.MLPBias)
	l.norm3 = b.LayerNorm("norm3", s.H)
	return l
}

// Forward is not how these layers are called: a decoder's also takes the
// encoder's states.
func (l *transformerLayer) Forward(x *tape.Tensor, _ *Context) *tape.Tensor { return x }

// apply is the layer's forward.
func (l *transformerLayer) apply(x, mask, memory *tape.Tensor) *tape.Tensor {
	b, t := l.b, l.b.T
	f := t.Frame(x, memory)
	h := f.V(l.norm1.Forward(t.Add(x, b.drop(l.self.Forward(x, x, mask, l.withMemory), l.m.ResidualDrop))))
	if l.cross != nil {
		h = f.Re(h, l.norm2.Forward(t.Add(h, b.drop(l.cross.Forward(h, memory, nil, false), l.m.ResidualDrop))))
	}
	y := b.drop(b.Act(l.m.Activation, l.fc1.Forward(h)), l.m.ActivationDrop)
	h = f.Re(h, l.norm3.Forward(t.Add(h, b.drop(l.fc2.Forward(y), l.m.ResidualDrop))))
	return f.Ret(h)
}

// transformerAttention is multi-head attention.
type transformerAttention struct {
	b          *Builder
	m          workload.Text
	s          Sizes
	leaf       string
	q, k, v, o *Linear
}

func (b *Builder) transformerAttention(leaf string, m workload.Text, s Sizes) *transformerAttention {
	defer b.In(leaf)()
	return &transformerAttention{
		b: b, m: m, s: s, leaf: leaf,
		q: b.Linear("q_proj", s.H, s.Q, m.QKVBias),
		k: b.Linear("k_proj", s.H, s.K, m.QKVBias),
		v: b.Linear("v_proj", s.H, s.K, m.QKVBias),
		o: b.Linear("out_proj", s.Q, s.H, m.OutBias),
	}
}

// Forward attends from x to other states.
func (a *transformerAttention) Forward(x, from, mask *tape.Tensor, causal bool) *tape.Tensor {
	t, b, s := a.b.T, a.b, a.s
	defer t.Scope(a.leaf)()
	f := t.Frame(x, from)
	q := f.V(b.splitHeads(a.q.Forward(x), s.Heads, s.D))
	k := f.V(b.splitHeads(a.k.Forward(from), s.Heads, s.D))
	v := f.V(b.splitHeads(a.v.Forward(from), s.Heads, s.D))
	d := x.Dims()
	y, weights := b.plainCore(q, k, v, mask, nil, tape.Heads{
		Batch: d[0], Queries: d[1], Keys: from.Dims()[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D,
		Causal: causal, Dropout: a.m.AttentionDrop,
	})
	y = f.V(y)
	f.V(weights)
	return f.Ret(a.o.Forward(y))
}
