package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// BART is BartForConditionalGeneration: an encoder-decoder with learned
// positions, norms after the residual sums, and one matrix for both embeddings
// and the head.
type BART struct {
	b                *Builder
	m                workload.Text
	s                Sizes
	shared           *Embedding
	encoder, decoder *bartSide
	bias             *tape.Param // of the logits, never trained
	head             *Linear
}

// bartSide is BartEncoder or BartDecoder.
type bartSide struct {
	b      *Builder
	m      workload.Text
	name   string
	places *Embedding
	stack  *Stack
	norm   *LayerNorm
}

// BART declares the model.
func (b *Builder) BART(m workload.Text, frozen int64) *BART {
	n := &BART{b: b, m: m, s: b.Sizes(m)}
	func() {
		defer b.In("model")()
		warm := b.cool(frozen > 0)
		n.shared = b.Embedding("shared", n.s.V, n.s.H)
		warm()
		n.encoder = b.bartSide("encoder", m, n.s, n.s.L, m.Layers, frozen, false)
		n.decoder = b.bartSide("decoder", m, n.s, b.T.Symbol("Ld", "number of decoder layers", m.DecoderLayers), m.DecoderLayers, frozen, true)
	}()
	n.bias = b.Buffer("final_logits_bias", b.Weights, tape.One, n.s.V)
	n.head = b.Head("lm_head", n.s.H, n.s.V, false, m.TiedEmbeddings, n.shared)
	return n
}

func (b *Builder) bartSide(name string, m workload.Text, s Sizes, layers tape.Dim, count, frozen int64, decoder bool) *bartSide {
	defer b.In(name)()
	k := &bartSide{b: b, m: m, name: name}
	warm := b.cool(frozen > 0)
	k.places = b.Embedding("embed_positions", b.positionRows(m), s.H)
	warm()
	func() {
		defer b.In("layers")()
		defer b.In("*")()
		k.stack = b.Stack(name, layers, count, frozen, func() Block { return b.bartLayer(m, s, decoder) })
	}()
	warm = b.cool(frozen > 0)
	k.norm = b.LayerNorm("layernorm_embedding", s.H)
	warm()
	return k
}

// Loss is the cross entropy of the labels. The caller's frame holds ids and
// labels.
func (n *BART) Loss(ids, labels *tape.Tensor) *tape.Tensor {
	b, t := n.b, n.b.T
	f := t.Frame(ids, labels)
	inputs := f.V(b.shiftRight(labels))
	seen, hidden := n.states(ids, inputs)
	hidden = f.V(hidden)
	f.V(seen)
	logits := f.V(b.logits(n.head, hidden))
	logits = f.Re(logits, t.Add(logits, n.bias.T()))
	return f.Ret(b.tokenLoss(logits, labels))
}

// states is BartModel: the encoder's states and the decoder's.
func (n *BART) states(ids, inputs *tape.Tensor) (seen, hidden *tape.Tensor) {
	f := n.b.T.Frame(ids, inputs)
	seen = f.V(n.encode(ids))
	hidden = f.V(n.decode(inputs, seen))
	return f.Ret2(seen, hidden)
}

// embed is BartScaledWordEmbedding: the scale is a factor even where it is 1.
func (n *BART) embed(ids *tape.Tensor) *tape.Tensor {
	b, t := n.b, n.b.T
	defer t.Scope("embed_tokens")()
	f := t.Frame(ids)
	x := f.Ret(t.MulS(n.shared.Forward(ids)))
	if b.hooksInputs() && !x.Requires() {
		t.RequireGrad(x)
	}
	return x
}

// encode reads the encoder's tokens.
func (n *BART) encode(ids *tape.Tensor) *tape.Tensor {
	t, k := n.b.T, n.encoder
	defer t.Scope(k.name)()
	f := t.Frame(ids)
	x := f.V(n.embed(ids))
	d := ids.Dims()
	places := f.V(k.placed(d[1], d...))
	h := f.V(t.Add(x, places))
	h = f.Re(h, k.norm.Forward(h))
	h = f.Re(h, t.Dropout(h, k.m.EmbeddingDrop))
	return f.Ret(k.run(f, h, nil, nil))
}

// placed looks up the rows of the positions from 0 on, whose numbers have the
// given shape: rows are offset by two.
func (k *bartSide) placed(length tape.Dim, shape ...tape.Dim) *tape.Tensor {
	t := k.b.T
	defer t.Scope("embed_positions")()
	f := t.Frame()
	f.V(t.Make("positions", tape.I64, []tape.Dim{length}))
	return f.Ret(t.Embedding(t.Make("offset positions", tape.I64, shape), k.places.W.Tensor))
}

// decode runs the decoder on its tokens and the encoder's states.
func (n *BART) decode(ids, seen *tape.Tensor) *tape.Tensor {
	b, t, k := n.b, n.b.T, n.decoder
	defer t.Scope(k.name)()
	f := t.Frame(ids, seen)
	x := f.V(n.embed(ids))
	d := ids.Dims()
	row := []tape.Dim{d[1]}
	f.V(t.Make("positions", tape.I64, row, t.Make("range", tape.I64, row)))
	tokens := f.V(t.Make("tokens", tape.F32, d))
	var mask *tape.Tensor
	if b.eagerly() {
		mask = f.Re(tokens, b.PaddedCausalMask(x.DType(), d[1]))
	} else {
		b.readMask(d[0], d[1])
		f.Del(tokens)
	}
	places := f.V(k.gathered(row))
	h := f.V(t.Add(x, places))
	h = f.Re(h, k.norm.Forward(h))
	h = f.Re(h, t.Dropout(h, k.m.EmbeddingDrop))
	return f.Ret(k.run(f, h, mask, seen))
}

// gathered looks up the rows of positions that are counted by the caller.
func (k *bartSide) gathered(row []tape.Dim) *tape.Tensor {
	t := k.b.T
	defer t.Scope("embed_positions")()
	f := t.Frame()
	return f.Ret(t.Embedding(t.Make("offset positions", tape.I64, []tape.Dim{tape.One, row[0]}), k.places.W.Tensor))
}

// run runs the layers in the frame of their stack.
func (k *bartSide) run(f *tape.Frame, h, mask, seen *tape.Tensor) *tape.Tensor {
	b, t := k.b, k.b.T
	defer t.Scope("layers.*")()
	for _, p := range k.stack.parts {
		t.Each(p.section, func(i int) {
			l := p.blocks[i].(*bartLayer)
			run := func(xs []*tape.Tensor) []*tape.Tensor { return []*tape.Tensor{l.run(xs[0], xs[1], xs[2])} }
			h = f.Re(h, b.checkpointedMany(run, h, mask, seen)[0])
		})
	}
	return h
}
