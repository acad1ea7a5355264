package nlp

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// encoder is a bidirectional encoder with a masked-language-model loss.
type encoder struct {
	b *layers.Builder
	m *layers.Encoder
}

// Batch is token ids and labels.
func (e encoder) Batch() []*tape.Tensor {
	t := e.b.T
	dims := []tape.Dim{e.b.B, e.b.S}
	labels := dims
	if !e.b.HasTokenLabels() {
		labels = dims[:1] // one a sample
	}
	return []*tape.Tensor{t.Input("token ids", tape.I64, dims...), t.Input("labels", tape.I64, labels...)}
}

// Inputs are those of a run for scores: no labels.
func (e encoder) Inputs() []*tape.Tensor {
	return []*tape.Tensor{e.b.T.Input("token ids", tape.I64, e.b.B, e.b.S), nil}
}

// Loss runs the model.
func (e encoder) Loss(batch []*tape.Tensor) *tape.Tensor { return e.m.Loss(batch[0], batch[1]) }
