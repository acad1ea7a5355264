package multimodal

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// visual is a language model that sees images among its tokens.
type visual struct {
	b *layers.Builder
	v workload.Vision
	m interface {
		Tokens() tape.Dim
		Loss(ids, labels, pixels *tape.Tensor) *tape.Tensor
	}
}

// Batch is token ids, labels and pixels.
func (m visual) Batch() []*tape.Tensor {
	t := m.b.T
	n := m.m.Tokens()
	labels := n
	if own, ok := m.m.(interface{ Labels() tape.Dim }); ok {
		labels = own.Labels()
	}
	return []*tape.Tensor{t.Input("token ids", tape.I64, m.b.B, n), t.Input("labels", tape.I64, m.b.B, labels), m.b.Pixels(m.v)}
}

// Loss runs the model.
func (m visual) Loss(batch []*tape.Tensor) *tape.Tensor {
	return m.m.Loss(batch[0], batch[1], batch[2])
}
