package multimodal

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// dual is a dual encoder with a contrastive loss.
type dual struct {
	b *layers.Builder
	v workload.Vision
	m interface {
		Loss(ids, pixels *tape.Tensor) *tape.Tensor
	}
}

// Batch is token ids and pixels.
func (d dual) Batch() []*tape.Tensor {
	return []*tape.Tensor{d.b.T.Input("token ids", tape.I64, d.b.B, d.b.S), d.b.Pixels(d.v)}
}

// Inputs are those of a run for scores.
func (d dual) Inputs() []*tape.Tensor { return d.Batch() }

// Loss runs the model.
func (d dual) Loss(batch []*tape.Tensor) *tape.Tensor { return d.m.Loss(batch[0], batch[1]) }
