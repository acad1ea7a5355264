package nlp

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// pairs is a model that gives the loss of token ids and the labels of another
// length.
type pairs interface {
	Loss(ids, labels *tape.Tensor) *tape.Tensor
}

// seq2seq is an encoder-decoder.
type seq2seq struct {
	b *layers.Builder
	m pairs
}

// Batch is token ids of the encoder's side and labels of the decoder's.
func (s seq2seq) Batch() []*tape.Tensor {
	t, b := s.b.T, s.b
	return []*tape.Tensor{t.Input("token ids", tape.I64, b.B, b.S), t.Input("labels", tape.I64, b.B, b.Target())}
}

// Loss runs the model.
func (s seq2seq) Loss(batch []*tape.Tensor) *tape.Tensor { return s.m.Loss(batch[0], batch[1]) }

// answering is an encoder-decoder in inference.
type answering struct {
	seq2seq
	*layers.Answers
}

// generating is the model in the form in which it answers a prompt, where that
// is written.
func generating(s seq2seq) layers.Model {
	m, ok := s.m.(*layers.Seq2Seq)
	if !ok || !s.b.Inference.On {
		return s
	}
	return answering{s, m.Answers()}
}
