package multimodal

import (
	"fmt"

	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Record writes a run on a tape.
func Record(c *Config, unrolled bool) (*layers.Builder, error) {
	b := layers.New(tape.New(unrolled), c.Hardware, c.Train, c.Adapter, c.Attention)
	m, err := model(b, c)
	if err != nil {
		return nil, err
	}
	// What towers are called, among the models that have one.
	b.KnownNames("model.vision_tower.", "model.visual.", "model.vision_model.")
	if err := b.Check(); err != nil {
		return b, err
	}
	b.Steps(m)
	return b, nil
}

// model declares the model that the configuration names.
func model(b *layers.Builder, c *Config) (layers.Model, error) {
	parts := b.Parts(c.Vision)
	switch c.Vision.Model {
	case workload.ArchCLIP:
		if c.Vision.Family == workload.CLIPVision && c.Text.Family == workload.CLIPText {
			return dual{b, c.Vision, b.Dual(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchLLaVA:
		if supported(c) {
			return visual{b, c.Vision, b.LLaVA(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	}
	return nil, fmt.Errorf("%v with a tower %v and a language model %v is not written yet", c.Vision.Model, c.Vision.Family, c.Text.Family)
}

// supported says whether a model with a projector has a tower and a decoder
// that are written.
func supported(c *Config) bool {
	v := c.Vision
	if v.Family != workload.CLIPVision && v.Family != workload.SigLIPVision || v.ImageNewline {
		return false
	}
	switch c.Text.Family {
	case workload.Llama, workload.Mistral, workload.Qwen2, workload.Qwen3:
		return true
	}
	return false
}
