package multimodal

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// instructed is an InstructBLIP, whose Q-Former reads the instruction too.
type instructed struct {
	b *layers.Builder
	v workload.Vision
	m *layers.BLIP2
}

// Batch is token ids, labels, pixels and the instruction in the Q-Former's
// tokens.
func (m instructed) Batch() []*tape.Tensor {
	batch := visual{m.b, m.v, m.m}.Batch()
	return append(batch, m.b.T.Input("instruction", tape.I64, m.b.B, m.m.Instruction()))
}

// Loss runs the model.
func (m instructed) Loss(batch []*tape.Tensor) *tape.Tensor {
	return m.m.Instructed(batch[0], batch[1], batch[2], batch[3])
}
