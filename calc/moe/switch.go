package moe

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// seq2seq is an encoder-decoder with experts.
type seq2seq struct {
	b *layers.Builder
	m *layers.Seq2Seq
}

// Batch is token ids of the encoder's side and labels of the decoder's.
func (s seq2seq) Batch() []*tape.Tensor {
	t, b := s.b.T, s.b
	return []*tape.Tensor{t.Input("token ids", tape.I64, b.B, b.S), t.Input("labels", tape.I64, b.B, b.Target())}
}

// Loss runs the model.
func (s seq2seq) Loss(batch []*tape.Tensor) *tape.Tensor { return s.m.Loss(batch[0], batch[1]) }
