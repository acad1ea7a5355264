package multimodal

import (
	"errors"
	"fmt"

	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Record writes a run on a tape.
func Record(c *Config, extent tape.Extent) (*layers.Builder, error) {
	b, m, err := Declare(c, extent)
	if err != nil {
		return nil, err
	}
	return b, b.Execute(generating(b, m))
}

// Declare declares a run's model on a tape, without a step.
func Declare(c *Config, extent tape.Extent) (*layers.Builder, layers.Model, error) {
	b := layers.New(tape.New(extent), c.Hardware, c.Train, c.Adapter, c.Attention, c.Stack, c.Inference)
	if err := b.Spread(c.Parallel); err != nil {
		return nil, nil, err
	}
	b.Undivided(c.Parallel)
	m, err := model(b, c)
	if err != nil {
		return nil, nil, err
	}
	// What towers are called, among the models that have one.
	b.KnownNames("model.vision_tower.", "model.visual.", "model.vision_model.", "vision_encoder.")
	if c.Vision.Frames > 0 {
		b.Fail(errors.New("videoFrames are not modelled yet for this model; send imagesPerSample instead"))
	}
	if c.Vision.AudioSeconds > 0 && c.Vision.Family != workload.WhisperEncoder {
		b.Fail(errors.New("audioSeconds are not modelled yet for this model; send 0"))
	}
	return b, m, nil
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
	case workload.ArchLlama32Vision:
		if c.Vision.Family == workload.MllamaVision && c.Text.Family == workload.MllamaText {
			return b.Mllama(c.Text, c.Vision, c.Train.FrozenLayers, parts), nil
		}
	case workload.ArchBLIP2:
		if queried(c) {
			return visual{b, c.Vision, b.BLIP2(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchInstructBLIP:
		if queried(c) {
			return instructed{b, c.Vision, b.BLIP2(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchWhisper:
		if c.Vision.Family == workload.WhisperEncoder && c.Text.Family == workload.WhisperDecoder {
			return heard{b, c.Vision, b.Whisper(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchLLaVA:
		if supported(c) && c.Vision.ImageNewline {
			return visual{b, c.Vision.Tile(), b.LLaVANext(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
		if supported(c) {
			return visual{b, c.Vision, b.LLaVA(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchPixtral:
		if c.Vision.Family == workload.PixtralVision && layers.KnowsLanguage(c.Text.Family) {
			return visual{b, c.Vision, b.LLaVA(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchMistral3:
		if c.Vision.Family == workload.PixtralVision && layers.KnowsLanguage(c.Text.Family) {
			return visual{b, c.Vision, b.Mistral3(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchInternVL:
		if c.Vision.Family == workload.InternVision && layers.KnowsLanguage(c.Text.Family) {
			return visual{b, c.Vision, b.InternVL(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchPaliGemma:
		if c.Vision.Family == workload.SigLIPVision && (c.Text.Family == workload.Gemma || c.Text.Family == workload.Gemma2) {
			return typed{b, c.Vision, b.PaliGemma(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchGemma3VL:
		if c.Vision.Family == workload.SigLIPVision && c.Text.Family == workload.Gemma3 {
			return typed{b, c.Vision, b.Gemma3VL(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchIdefics:
		if c.Vision.Family == workload.IdeficsVision && c.Text.Family == workload.IdeficsText {
			g := b.Idefics(c.Text, c.Vision, c.Train.FrozenLayers, parts)
			return crossed{masked{b, c.Vision, g}, g.Mask}, nil
		}
	case workload.ArchIdefics2:
		if c.Vision.Family == workload.Idefics2Vision && layers.KnowsLanguage(c.Text.Family) {
			return masked{b, c.Vision, b.Idefics2(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchSmolVLM:
		if c.Vision.Family == workload.Idefics3Vision && layers.KnowsLanguage(c.Text.Family) {
			return masked{b, c.Vision, b.SmolVLM(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
		}
	case workload.ArchFlamingo:
		if c.Vision.Family == workload.CLIPVision && c.Text.Family == workload.MPT {
			return visual{b, c.Vision, b.Flamingo(c.Text, c.Vision, c.Train.FrozenLayers, parts)}, nil
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
	if v.Family != workload.CLIPVision && v.Family != workload.SigLIPVision {
		return false
	}
	return layers.KnowsLanguage(c.Text.Family)
}

// queried says whether a model with a Q-Former has a tower and a language model
// that are written.
func queried(c *Config) bool {
	if c.Vision.Family != workload.BLIP2Vision {
		return false
	}
	switch c.Text.Family {
	case workload.OPT, workload.T5, workload.Llama:
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
