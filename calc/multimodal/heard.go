package multimodal

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// heard is a model that writes down what it hears.
type heard struct {
	b *layers.Builder
	v workload.Vision
	m *layers.Whisper
}

// Batch is a spectrogram and labels.
func (h heard) Batch() []*tape.Tensor {
	return []*tape.Tensor{h.b.Spectrogram(h.v), h.b.T.Input("labels", tape.I64, h.b.B, h.b.S)}
}

// Loss runs the model.
func (h heard) Loss(batch []*tape.Tensor) *tape.Tensor { return h.m.Loss(batch[0], batch[1]) }
