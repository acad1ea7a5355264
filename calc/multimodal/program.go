package multimodal

import (
	"errors"
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
	if c.Vision.Frames > 0 {
		b.Fail(errors.New("videoFrames are not modelled yet for this model; send imagesPerSample instead"))
	}
	if c.Vision.AudioSeconds > 0 {
		b.Fail(errors.New("audioSeconds are not modelled yet for this model; send 0"))
	}
	return b, b.Run(m)
}

// model declares the model that the configuration names.
func model(b *layers.Builder, c *Config) (layers.Model, error) {
	parts := b.Parts(c.Vision)
	switch c.Vision.Model {
	case workload.ArchCLIP:
		if c.Vision.Family == workload.CLIPVision && c.Text.Family == workload.CLIPText {
			return dual{b, c.Vision, b.Dual(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchSigLIP:
		if c.Vision.Family == workload.SigLIPVision && c.Text.Family == workload.SigLIPText && c.Vision.UseHead {
			return dual{b, c.Vision, b.SigLIP(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchBLIP:
		if c.Vision.Family == workload.BLIPVision && c.Text.Family == workload.BLIPText {
			return visual{b, c.Vision, b.BLIP(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchLLaVA:
		if supported(c) {
			return visual{b, c.Vision, b.LLaVA(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchQwen2VL, workload.ArchQwen25VL, workload.ArchQwen3VL:
		if qwen(c) {
			return b.QwenVL(c.Text, c.Vision, c.Experts, c.Train.FrozenLayers, parts), nil
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

// qwen says whether a Qwen-VL model has the tower and the decoder that are
// written for it.
func qwen(c *Config) bool {
	switch c.Vision.Family {
	case workload.Qwen2VLVision:
		return c.Text.Family == workload.Qwen2VLText
	case workload.Qwen25VLVision:
		return c.Text.Family == workload.Qwen25VLText
	case workload.Qwen3VLVision:
		return c.Text.Family == workload.Qwen3VLText || c.Text.Family == workload.Qwen3VLMoEText
	}
	return false
}
