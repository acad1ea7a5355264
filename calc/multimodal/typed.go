package multimodal

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// typed is a language model that sees images among its tokens and is told each
// token's type.
type typed struct {
	b *layers.Builder
	v workload.Vision
	m interface {
		Tokens() tape.Dim
		Loss(ids, labels, types, pixels *tape.Tensor) *tape.Tensor
	}
}

// Batch is token ids, labels, token types and pixels.
func (m typed) Batch() []*tape.Tensor {
	t := m.b.T
	dims := []tape.Dim{m.b.B, m.m.Tokens()}
	return []*tape.Tensor{
		t.Input("token ids", tape.I64, dims...), t.Input("labels", tape.I64, dims...), t.Input("token types", tape.I64, dims...),
		m.b.Pixels(m.v),
	}
}

// Loss runs the model.
func (m typed) Loss(batch []*tape.Tensor) *tape.Tensor {
	return m.m.Loss(batch[0], batch[1], batch[2], batch[3])
}
