package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Seq2Seq is an encoder-decoder with a language-model head on one embedding:
// T5ForConditionalGeneration and its relatives.
type Seq2Seq struct {
	b                *Builder
	m                workload.Text
	s                Sizes
	shared           *Embedding
	head             *Linear
	encoder, decoder *t5Stack
}

// T5 declares a T5.
func (b *Builder) T5(m workload.Text, frozen int64) *Seq2Seq {
	return b.T5Of(b.S, m, frozen)
}

// T5Of declares a T5 whose encoder reads a sequence of another length than the
// text's.
func (b *Builder) T5Of(length tape.Dim, m workload.Text, frozen int64) *Seq2Seq {
	return b.seq2seq(length, m, frozen, func(s Sizes, _ t5Side, _ int) forward { return b.t5Dense("DenseReluDense", m, s) }, 1, 1)
}

// seq2seq declares an encoder-decoder whose layers have the feed-forward
// network that ff declares for a place in the period. The kinds of layers
// repeat after the given periods.
func (b *Builder) seq2seq(length tape.Dim, m workload.Text, frozen int64, ff func(s Sizes, side t5Side, at int) forward, periods ...int64) *Seq2Seq {
	t := b.T
	q := &Seq2Seq{b: b, m: m, s: b.Sizes(m)}
	t.RecordLayers(biasedLayers)
	old := b.Frozen
	b.Frozen = b.Frozen || frozen > 0
	q.shared = b.Embedding("shared", q.s.V, q.s.H)
	b.Frozen = old
	q.encoder = b.t5Stack("encoder", m, q.s, t5Side{false, length}, q.s.L, m.Layers, frozen, periods[0], ff)
	q.decoder = b.t5Stack("decoder", m, q.s, t5Side{true, b.Target()}, t.Symbol("Ld", "number of decoder layers", m.DecoderLayers),
		m.DecoderLayers, frozen, periods[1], ff)
	q.head = b.Head("lm_head", q.s.H, q.s.V, m.HeadBias, m.TiedEmbeddings, q.shared)
	return q
}

// biasedLayers is how many layers must be recorded where a bias passes from one
// to the next: the second is the first to hold it, and its gradient is first
// made, then copied to be added to, then added to.
const biasedLayers = 6

// Target is the length of the decoder's side.
func (b *Builder) Target() tape.Dim {
	return b.T.Symbol("D", "decoder sequence length in tokens", b.Train.DecoderSequence)
}

// Loss is the cross entropy of the labels. The caller's frame holds ids and
// labels.
func (q *Seq2Seq) Loss(ids, labels *tape.Tensor) *tape.Tensor {
	f := q.b.T.Frame(ids, labels)
	hidden := f.V(q.encoder.Forward(q.shared, ids, nil))
	return q.decoded(f, hidden, labels, nil)
}

// Embedded looks tokens up.
func (q *Seq2Seq) Embedded(ids *tape.Tensor) *tape.Tensor { return q.shared.TokenEmbedding(ids) }

// Answer is the model's forward on embeddings and a mask of tokens: the loss of
// the labels.
func (q *Seq2Seq) Answer(x, tokens, labels *tape.Tensor) *tape.Tensor {
	t := q.b.T
	f := t.Frame(x, tokens, labels)
	hidden := f.V(q.encoder.of(x, tokens))
	return q.decoded(f, hidden, labels, tokens)
}

// decoded is the decoder's side of the loss. It returns from the call.
func (q *Seq2Seq) decoded(f *tape.Frame, hidden, labels, tokens *tape.Tensor) *tape.Tensor {
	b, t := q.b, q.b.T
	inputs := f.V(b.shiftRight(labels))
	out := f.V(q.decoder.forward(q.shared, inputs, hidden, tokens))
	if q.m.ScaledHead {
		out = f.V(t.MulS(out))
	}
	logits := f.V(b.logits(q.head, out))
	return f.Ret(b.tokenLoss(logits, labels))
}

// shiftRight makes decoder inputs of labels.
func (b *Builder) shiftRight(labels *tape.Tensor) *tape.Tensor {
	t := b.T
	d := labels.Dims()
	f := t.Frame(labels)
	y := f.V(t.Make("decoder inputs", tape.I64, d))
	t.Done(t.Make("labels but the last", tape.I64, []tape.Dim{d[0], b.lessOne(d[1])}))
	t.Done(t.Make("ignored labels", tape.Bool, d))
	return f.Ret(y)
}

// lessOne is a length minus one.
func (b *Builder) lessOne(d tape.Dim) tape.Dim {
	if n, ok := d.Const(); ok {
		return tape.N(n - 1)
	}
	return b.T.Derived("lessOne", "decoder sequence length less one", func(v *tape.Values) int64 { return d.Value(v) - 1 })
}

// checkpointedMany runs a layer with several inputs and outputs under the run's
// form of gradient checkpointing.
func (b *Builder) checkpointedMany(run func(xs []*tape.Tensor) []*tape.Tensor, xs ...*tape.Tensor) []*tape.Tensor {
	return b.checkpointedOver(nil, run, xs...)
}

// checkpointedOver is checkpointedMany of a layer that closes over tensors which
// are no inputs.
func (b *Builder) checkpointedOver(closure []*tape.Tensor, run func(xs []*tape.Tensor) []*tape.Tensor, xs ...*tape.Tensor) []*tape.Tensor {
	switch {
	case !b.Train.Checkpointing:
		return run(xs)
	case b.Train.CheckpointingForm == workload.Reentrant:
		return b.T.CheckpointReentrantMany(run, xs, closure...)
	}
	return b.T.CheckpointMany(func() []*tape.Tensor { return run(xs) }, append(closure, xs...)...)
}
