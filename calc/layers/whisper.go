package layers

import (
	"fmt"

	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// hopsPerPosition is the number of spectrogram frames that become one position
// of Whisper's encoder: the stride of its second convolution.
const hopsPerPosition = 2

// Whisper is WhisperForConditionalGeneration: an encoder over the spectrogram
// of sound, and a decoder that attends to it in every layer.
type Whisper struct {
	b             *Builder
	m             workload.Text
	s             Sizes
	encoder       *whisperEncoder
	tokens, table *Embedding
	stack         *Stack
	norm          *LayerNorm
	head          *Linear
}

// Whisper declares the model.
func (b *Builder) Whisper(m workload.Text, v workload.Vision, frozen int64, parts Parts) *Whisper {
	w := &Whisper{b: b, m: m, s: b.Sizes(m)}
	b.InputsFirst = true
	func() {
		defer b.In("model")()
		parts.Vision(func() { w.encoder = b.whisperEncoder(m, v, w.s.H, frozen) })
		parts.Text(func() { w.declareDecoder(frozen, parts) })
	}()
	parts.Text(func() { w.head = b.Head("proj_out", w.s.H, w.s.V, false, m.TiedEmbeddings, w.tokens) })
	if seconds := v.AudioSeconds; seconds != whisperWindow {
		b.Notes = append(b.Notes, fmt.Sprintf("the feature extractor pads or cuts every sample to its window of %d s, so that %g s take as much", whisperWindow, seconds))
	}
	return w
}

// whisperWindow is the length of sound in seconds that the feature extractor
// gives (chunk_length of WhisperFeatureExtractor).
const whisperWindow = 30

func (w *Whisper) declareDecoder(frozen int64, parts Parts) {
	b, m, s := w.b, w.m, w.s
	defer b.In("decoder")()
	warm := b.cool(frozen > 0)
	w.tokens = b.Embedding("embed_tokens", s.V, s.H)
	w.table = b.Embedding("embed_positions", b.positionRows(m), s.H)
	warm()
	func() {
		defer b.In("layers")()
		defer b.In("*")()
		w.stack = b.Stack("layers", s.L, m.Layers, frozen, func() Block { return w.declareLayer(parts) })
	}()
	w.norm = b.LayerNorm("layer_norm", s.H)
}

func (w *Whisper) declareLayer(parts Parts) *whisperLayer {
	b, m, s := w.b, w.m, w.s
	l := &whisperLayer{b: b, act: m.Activation, drop: m.ResidualDrop, inner: m.ActivationDrop}
	l.self = b.whisperAttention("self_attn", s.H, s.Heads, s.D, true, m.AttentionDrop)
	l.norm = b.LayerNorm("self_attn_layer_norm", s.H)
	parts.Join(func() {
		l.cross = b.whisperAttention("encoder_attn", s.H, s.Heads, s.D, false, m.AttentionDrop)
		l.normX = b.LayerNorm("encoder_attn_layer_norm", s.H)
	})
	l.fc1, l.fc2 = b.Linear("fc1", s.H, s.F, true), b.Linear("fc2", s.F, s.H, true)
	l.normEnd = b.LayerNorm("final_layer_norm", s.H)
	return l
}

// Loss is the cross entropy of the labels, in the logits' type. The caller's
// frame holds the inputs.
func (w *Whisper) Loss(features, labels *tape.Tensor) *tape.Tensor {
	b, t := w.b, w.b.T
	f := t.Frame(features, labels)
	inputs := f.V(b.shiftRight(labels))
	hidden, seen := w.hidden(features, inputs)
	hidden = f.V(hidden)
	f.V(seen)
	logits := f.V(b.logits(w.head, hidden))
	return f.Ret(b.tokenLoss(logits, labels))
}

// hidden is WhisperModel: the decoder's states and the encoder's.
func (w *Whisper) hidden(features, inputs *tape.Tensor) (out, seen *tape.Tensor) {
	f := w.b.T.Frame(features, inputs)
	seen = f.V(w.encoder.Forward(features))
	out = f.V(w.decode(inputs, seen))
	return f.Ret2(out, seen)
}

// decode is WhisperDecoder.
func (w *Whisper) decode(ids, seen *tape.Tensor) *tape.Tensor {
	b, t := w.b, w.b.T
	defer t.Scope("decoder")()
	f := t.Frame(ids, seen)
	x := f.V(w.tokens.TokenEmbedding(ids))
	d := ids.Dims()
	row := []tape.Dim{d[1]}
	numbers := f.V(t.Make("positions", tape.I64, row, t.Make("range", tape.I64, row)))
	numbers = f.Re(numbers, t.Make("positions of each sample", tape.I64, d))
	places := f.V(w.place(numbers))
	h := f.V(t.Add(x, places))
	h = f.Re(h, t.Dropout(h, w.m.EmbeddingDrop))
	var mask *tape.Tensor
	if b.eagerly() {
		mask = f.V(b.CausalMask(x.DType(), d[1], d[1]))
	}
	leave := t.Scope("layers.*")
	for _, p := range w.stack.parts {
		t.Each(p.section, func(i int) {
			l := p.blocks[i].(*whisperLayer)
			run := func(xs []*tape.Tensor) []*tape.Tensor { return []*tape.Tensor{l.run(xs[0], xs[1], xs[2])} }
			h = f.Re(h, b.throughMany(l, []*tape.Tensor{h, mask, seen}, func(xs []*tape.Tensor) []*tape.Tensor { return b.checkpointedMany(run, xs...) })[0])
		})
	}
	leave()
	h = f.Re(h, w.norm.Forward(h))
	return f.Ret(h)
}

// place is WhisperPositionalEmbedding: rows of a table by their numbers.
func (w *Whisper) place(numbers *tape.Tensor) *tape.Tensor {
	t := w.b.T
	defer t.Scope("embed_positions")()
	f := t.Frame(numbers)
	return f.Ret(t.TakeRows(w.table.W.T(), numbers))
}
