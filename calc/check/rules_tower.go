package check

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Rules about how towers are trained and fed.

var (
	freezeTower = &Rule{
		ID:       "vision/freeze-tower",
		Title:    "The vision tower can stay frozen",
		Doc:      "Towers of vision-language models are pretrained on far more images than a fine-tuning set has; the published recipes of LLaVA and its kin train projector and language model only. Frozen, a tower has no gradients, no states and keeps no activations. Sent as false the argument says that the tower is meant to learn, and this is not proposed. With lora, qlora and prefix its weights are frozen anyway and freezeVisionEncoder says so.",
		Source:   "Liu et al. 2023, LLaVA, section 4.2; Karamcheti et al. 2024, Prismatic VLMs",
		Severity: Suggestion,
		Applies:  visual,
		Params:   []string{"freezeVisionEncoder"},
		Bad:      with(llava, `"fineTuningMethod":"full"`),
		Good:     with(llava, `"fineTuningMethod":"full","freezeVisionEncoder":true`),
		Run: func(p *Pass) *Told {
			v := p.Vision
			if p.Given("freezeVisionEncoder") || v.FreezeVision || v.FrozenTower || v.TextEncoder != workload.LLaMAText || v.Family == workload.WhisperEncoder || p.Adapter.Vision || p.isContrastive() {
				return nil
			}
			told := &Told{
				Message: say.F("the pretrained vision tower is trained with the language model"),
				Fix:     say.F("Send freezeVisionEncoder true."),
				Change:  map[string]any{"freezeVisionEncoder": true},
			}
			if p.adapts() {
				told.Message = say.F("fineTuningMethod %s leaves the vision tower as it is", p.Train.Method)
				told.Fix = say.F("Send freezeVisionEncoder true to say so.")
			}
			return told
		},
	}
	frozenAdapters = &Rule{
		ID:       "vision/frozen-tower-adapted",
		Title:    "A frozen tower with adapters",
		Doc:      "freezeVisionEncoder says that the tower does not learn, loraVisionEncoder that adapters in it do. Its base weights are frozen under LoRA in any case: send the one that is meant.",
		Source:   "the published arguments of the tool",
		Severity: Warning,
		Applies:  visual,
		Params:   []string{"freezeVisionEncoder", "loraVisionEncoder"},
		Bad:      with(llava, `"fineTuningMethod":"lora","freezeVisionEncoder":true,"loraVisionEncoder":true`),
		Good:     with(llava, `"fineTuningMethod":"lora","freezeVisionEncoder":true`),
		Run: func(p *Pass) *Told {
			if !p.hasLoRA() || !p.Adapter.Vision || !p.Vision.FreezeVision || !p.Given("loraVisionEncoder") {
				return nil
			}
			return &Told{
				Message: say.F("freezeVisionEncoder and loraVisionEncoder contradict each other"),
				Fix:     say.F("Leave freezeVisionEncoder out to train adapters in the tower."),
				Change:  map[string]any{"freezeVisionEncoder": nil},
			}
		},
	}
	towerAdapters = &Rule{
		ID:       "vision/tower-adapters",
		Title:    "Adapters in the tower make it keep activations",
		Doc:      "A frozen tower keeps nothing for backward. One adapter in its first layer makes every layer above it keep activations for all patches. They help where images differ much from photographs; otherwise leave the tower alone.",
		Source:   "Karamcheti et al. 2024, Prismatic VLMs, section 4.2",
		Severity: Suggestion,
		Applies:  visual,
		Params:   []string{"loraVisionEncoder"},
		Bad:      with(llava, `"fineTuningMethod":"lora","loraVisionEncoder":true`),
		Good:     with(llava, `"fineTuningMethod":"lora","loraVisionEncoder":false`),
		After:    []*Rule{frozenAdapters},
		Run: func(p *Pass) *Told {
			if !p.hasLoRA() || !p.Adapter.Vision || !p.Adapter.Text || p.isContrastive() || !p.Given("loraVisionEncoder") {
				return nil
			}
			return &Told{
				Message: say.F("loraVisionEncoder makes the tower keep activations of every patch"),
				Fix:     say.F("Leave it out unless images are unlike photographs."),
				Change:  map[string]any{"loraVisionEncoder": nil},
			}
		},
	}
	contrastBatch = &Rule{
		ID:       "vision/contrastive-batch",
		Title:    "Contrast needs many samples at once",
		Doc:      "A contrastive loss takes its negatives from the batch, and accumulation adds none: the matrix is that of one micro-batch on all GPUs. CLIP was trained with 32,768; fine-tuning wants at least 64. Checkpointing and 16 bits make room.",
		Source:   "Radford et al. 2021, section 2.3; Chen et al. 2020, SimCLR, figure 9",
		Severity: Suggestion,
		Applies:  visual,
		Params:   []string{"batchSize", "gradientAccumulationSteps"},
		Bad:      with(clip, ""),
		Good:     with(instead(clip, "batchSize", "64"), ""),
		Run: func(p *Pass) *Told {
			n := p.Train.Batch * p.Parallel.DataParallel()
			if !p.isContrastive() || n >= fewNegatives {
				return nil
			}
			return &Told{
				Message: say.F("a contrastive loss over %d samples has %d negatives each", n, n-1),
				Fix:     say.F("Send batchSize %d, with gradientCheckpointing if it does not fit.", fewNegatives),
				Change:  map[string]any{"batchSize": fewNegatives},
			}
		},
	}
	imagesAboveContext = &Rule{
		ID:       "vision/images-above-context",
		Title:    "Images and text exceed the context",
		Doc:      "Image tokens come on top of sequenceLength and share the language model's context with it. Fewer or smaller images, or shorter text, bring them back within it.",
		Source:   "Liu et al. 2023, LLaVA, section 4.1",
		Severity: Warning,
		Applies:  visual,
		Params:   []string{"sequenceLength", "imagesPerSample", "imageResolution", "imageTiles"},
		Bad:      with(llava, `"imagesPerSample":8`),
		Good:     with(llava, `"imagesPerSample":4`),
		Run: func(p *Pass) *Told {
			n, limit := p.imageTokens()+p.Train.Sequence, p.Text.Context
			if limit <= 0 || n <= limit || p.imageTokens() == 0 {
				return nil
			}
			return &Told{
				Message: say.F("about %d image tokens and %d text tokens exceed the context of %d", p.imageTokens(), p.Train.Sequence, limit),
				Fix:     say.F("Send fewer imagesPerSample, smaller images or a shorter sequenceLength."),
			}
		},
	}
	noImages = &Rule{
		ID:       "vision/no-images",
		Title:    "Samples without images",
		Doc:      "With no image and no video frame the vision tower sits in memory and does nothing. For text alone estimate the language model with modelType nlp.",
		Source:   "the published arguments of the tool",
		Severity: Warning,
		Applies:  visual,
		Params:   []string{"imagesPerSample"},
		Bad:      with(llava, `"imagesPerSample":0`),
		Good:     with(llava, `"imagesPerSample":1`),
		Run: func(p *Pass) *Told {
			v := p.Vision
			if v.Images > 0 || v.Frames > 0 || v.Family == workload.WhisperEncoder {
				return nil
			}
			return &Told{
				Message: say.F("imagesPerSample 0 leaves the vision tower without work"),
				Fix:     say.F("Send imagesPerSample 1."),
				Change:  map[string]any{"imagesPerSample": 1},
			}
		},
	}
	towerRate = &Rule{
		ID:       "vision/tower-rate",
		Title:    "A pretrained tower wants a low learning rate",
		Doc:      "Recipes that do train the vision tower give it a rate of 2e-6, a tenth of the language model's; at a higher one it forgets what it was pretrained for. Freeze it, or lower the rate.",
		Source:   "Liu et al. 2024, LLaVA-NeXT, training recipe",
		Severity: Suggestion,
		Applies:  visual,
		Params:   []string{"learningRate", "freezeVisionEncoder"},
		Bad:      with(instead(llava, "learningRate", "5e-5"), `"fineTuningMethod":"full","freezeVisionEncoder":false`),
		Good:     with(instead(llava, "learningRate", "5e-5"), `"fineTuningMethod":"full","freezeVisionEncoder":true`),
		Run: func(p *Pass) *Told {
			v := p.Vision
			if !p.Given("freezeVisionEncoder") || p.adapts() || v.FreezeVision || v.FrozenTower || p.Train.LearningRate <= towerLimit || v.Family == workload.WhisperEncoder {
				return nil
			}
			return &Told{
				Message: say.F("learningRate %g is high for a pretrained tower", p.Train.LearningRate),
				Fix:     say.F("Send learningRate 1e-5 or freezeVisionEncoder true."),
				Change:  map[string]any{"learningRate": towerProposal},
			}
		},
	}
)

// Thresholds of this file.
const (
	fewNegatives  = 64
	towerLimit    = 2e-5
	towerProposal = 1e-5
)

// imageTokens is about how many tokens the images of a sample put among the
// text, 0 where they do not go there or are not counted by patches.
func (p *Pass) imageTokens() int64 {
	v := p.Vision
	if v.Fusion != workload.Projector || v.TextEncoder != workload.LLaMAText || p.isContrastive() || v.CrossEvery > 0 || v.Family == workload.WhisperEncoder {
		return 0
	}
	each := v.ImageTokens
	if each == 0 {
		side := max(1, v.Patch) * max(1, v.Merge)
		each = (v.Width / side) * (v.Height / side)
	}
	return each * max(1, v.Tiles) * v.Images
}
