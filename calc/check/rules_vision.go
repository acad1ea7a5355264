package check

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Rules about images and the towers that see them.

var visual = []workload.Kind{workload.Multimodal}

var (
	patchDividesImage = &Rule{
		ID:       "vision/patch-divides-image",
		Title:    "Patches do not tile the image",
		Doc:      "A vision transformer cuts the image into whole patches. A named model's processor resizes or floors first; without a model the image must be a multiple of the patch.",
		Source:   "Dosovitskiy et al. 2020",
		Severity: Error,
		Applies:  visual,
		Params:   []string{"patchSize", "imageResolution", "imageWidth", "imageHeight"},
		Bad:      with(clip, `"imageResolution":224,"patchSize":15`),
		Good:     with(clip, `"imageResolution":224,"patchSize":14`),
		Run: func(p *Pass) *Told {
			v := p.Vision
			if p.Named || v.Patch <= 0 || !p.Given("patchSize") || !p.Given("imageResolution", "imageWidth", "imageHeight") {
				return nil
			}
			if v.Width%v.Patch == 0 && v.Height%v.Patch == 0 {
				return nil
			}
			n := nearestMultiple(v.Width, v.Patch)
			return &Told{
				Message: say.F("patchSize %d does not divide an image of %d x %d pixels", v.Patch, v.Width, v.Height),
				Fix:     say.F("Send multiples of the patch, such as imageResolution %d.", n),
				Change:  map[string]any{"imageResolution": n, "imageWidth": nil, "imageHeight": nil},
			}
		},
	}
	headsDivideFeatures = &Rule{
		ID:       "vision/heads-divide-features",
		Title:    "The tower's heads do not divide visionFeatureDim",
		Doc:      "The vision tower keeps its number of heads, each of which takes an equal slice of the feature vector.",
		Source:   "Dosovitskiy et al. 2020",
		Severity: Error,
		Applies:  visual,
		Params:   []string{"visionFeatureDim"},
		Bad:      with(clip, `"visionFeatureDim":1001`),
		Good:     with(clip, `"visionFeatureDim":1024`),
		Run: func(p *Pass) *Told {
			v := p.Vision
			if !p.Given("visionFeatureDim") || v.Heads <= 0 || v.Hidden%v.Heads == 0 {
				return nil
			}
			n := nearestMultiple(v.Hidden, v.Heads)
			return &Told{
				Message: say.F("visionFeatureDim %d is no multiple of the tower's %d heads", v.Hidden, v.Heads),
				Fix:     say.F("Send visionFeatureDim %d.", n),
				Change:  map[string]any{"visionFeatureDim": n},
			}
		},
	}
	// EncoderFixed fires where the architecture has another vision tower.
	EncoderFixed = &Rule{
		ID:       "vision/encoder-fixed",
		Title:    "The architecture has another vision tower",
		Doc:      "The tower is part of the architecture; the estimate keeps the architecture's own. To see another tower, name a model that has it.",
		Source:   "the published arguments of the tool",
		Severity: Warning,
		Applies:  visual,
		Params:   []string{"visionEncoderType"},
		Bad:      with(llava, `"visionEncoderType":"ConvNeXt"`),
		Good:     with(llava, `"visionEncoderType":"ViT"`),
	}
	// TextEncoderFixed fires where the architecture has another text side.
	TextEncoderFixed = &Rule{
		ID:       "vision/text-encoder-fixed",
		Title:    "The architecture has another text side",
		Doc:      "The text side is part of the architecture (LLaVA has a LLaMA decoder, no BERT); the estimate keeps the architecture's own.",
		Source:   "the published arguments of the tool",
		Severity: Warning,
		Applies:  visual,
		Params:   []string{"textEncoderType"},
		Bad:      with(llava, `"textEncoderType":"BERT"`),
		Good:     with(llava, `"textEncoderType":"LLaMA"`),
	}
	// FusionFixed fires where the architecture joins image and text otherwise.
	FusionFixed = &Rule{
		ID:       "vision/fusion-fixed",
		Title:    "The architecture joins image and text otherwise",
		Doc:      "How image features meet text is part of the architecture; the estimate keeps the architecture's own.",
		Source:   "the published arguments of the tool",
		Severity: Warning,
		Applies:  visual,
		Params:   []string{"modalFusionStrategy"},
		Bad:      with(llava, `"modalFusionStrategy":"co-attention"`),
		Good:     with(llava, `"modalFusionStrategy":"projector"`),
	}
)

// nearestMultiple is the multiple of step closest to n, at least step.
func nearestMultiple(n, step int64) int64 { return max(step, (n+step/2)/step*step) }
