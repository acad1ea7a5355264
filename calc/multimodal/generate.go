package multimodal

import (
	"slices"

	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// stepper is a model that goes on in text after a prompt with images.
type stepper interface {
	Step(ids *tape.Tensor) *tape.Tensor
}

// prompted is a model in inference: its prompt holds images, what follows is
// text.
type prompted struct {
	layers.Model
	b      *layers.Builder
	step   stepper
	inputs []*tape.Tensor
}

// Prompt is the batch without its labels, which stand second.
func (p *prompted) Prompt() []*tape.Tensor {
	p.inputs = p.Batch()
	p.b.T.Done(p.inputs[1])
	p.inputs[1] = nil
	return p.inputs
}

// Next runs the prompt, then a token.
func (p *prompted) Next(ids *tape.Tensor) *tape.Tensor {
	if p.b.Decoding() {
		return p.step.Step(ids)
	}
	batch := slices.Clone(p.inputs)
	batch[0] = ids
	return p.Loss(batch)
}

// generating is the model in the form in which it continues a prompt; a model
// whose steps are not written stays as it is.
func generating(b *layers.Builder, m layers.Model) layers.Model {
	var inner any = m
	switch c := m.(type) {
	case visual:
		inner = c.m
	case typed:
		inner = c.m
	case masked:
		inner = c.m
	}
	s, ok := inner.(stepper)
	if !ok || !b.Inference.On {
		return m
	}
	return &prompted{Model: m, b: b, step: s}
}
