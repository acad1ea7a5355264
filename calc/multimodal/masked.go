package multimodal

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// masked is a language model that sees images whose pixels come with a mask.
type masked struct {
	b *layers.Builder
	v workload.Vision
	m interface {
		Tokens() tape.Dim
		Loss(ids, labels, pixels, mask *tape.Tensor) *tape.Tensor
	}
}

// Batch is token ids, labels, pixels and their mask.
func (m masked) Batch() []*tape.Tensor {
	t := m.b.T
	dims := []tape.Dim{m.b.B, m.m.Tokens()}
	return []*tape.Tensor{
		t.Input("token ids", tape.I64, dims...), t.Input("labels", tape.I64, dims...),
		m.b.Pixels(m.v), m.b.PixelMask(m.v),
	}
}

// Loss runs the model.
func (m masked) Loss(batch []*tape.Tensor) *tape.Tensor {
	return m.m.Loss(batch[0], batch[1], batch[2], batch[3])
}

// crossed is a language model with cross-attention to images, whose mask says
// which token sees which.
type crossed struct {
	masked
	mask func() *tape.Tensor
}

// Batch is token ids, labels, pixels and the mask.
func (m crossed) Batch() []*tape.Tensor {
	t := m.b.T
	dims := []tape.Dim{m.b.B, m.m.Tokens()}
	return []*tape.Tensor{t.Input("token ids", tape.I64, dims...), t.Input("labels", tape.I64, dims...), m.b.Pixels(m.v), m.mask()}
}
