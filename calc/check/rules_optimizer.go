package check

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Rules about optimizers: which one, in which form, for what is trained.

var (
	implementationIgnored = &Rule{
		ID:       "optimizer/implementation-ignored",
		Title:    "The optimizer has one form only",
		Doc:      "foreach, fused and loop are forms of torch's own Adam, AdamW and SGD (RMSprop and LAMB have foreach and loop). Other optimizers come from libraries with one form each, and optimizerImplementation changes nothing.",
		Source:   "torch.optim; bitsandbytes; transformers Trainer",
		Severity: Warning,
		Params:   []string{"optimizerImplementation", "optimizer"},
		Bad:      with(instead(llama7B, "optimizer", `"adafactor"`), `"optimizerImplementation":"fused"`),
		Good:     with(llama7B, `"optimizerImplementation":"fused"`),
		Run: func(p *Pass) *Told {
			if !p.Given("optimizerImplementation") || hasForms(p.Train.Optimizer, p.Train.Implementation) {
				return nil
			}
			return &Told{
				Message: say.F("optimizerImplementation %s has no effect on %s", p.Train.Implementation, p.Train.Optimizer),
				Fix:     say.F("Leave optimizerImplementation out."),
				Change:  map[string]any{"optimizerImplementation": nil},
			}
		},
	}
	fusedMissing = &Rule{
		ID:       "optimizer/fused",
		Title:    "The fused optimizer is faster and keeps no copies",
		Doc:      "foreach makes temporaries as large as the trained weights in every step; fused does the whole update in one kernel without them. On CUDA the result is the same.",
		Source:   "torch.optim.AdamW, argument fused",
		Severity: Suggestion,
		Params:   []string{"optimizerImplementation"},
		Bad:      with(llama7B, ""),
		Good:     with(llama7B, `"optimizerImplementation":"fused"`),
		Run: func(p *Pass) *Told {
			o := p.Train.Optimizer
			if p.adapts() || p.Train.Implementation != workload.Foreach || o != workload.Adam && o != workload.AdamW || p.Given("optimizerImplementation") {
				return nil
			}
			return &Told{
				Message: say.F("%s runs as foreach, with temporaries as large as the trained weights", o),
				Fix:     say.F("Send optimizerImplementation fused."),
				Change:  map[string]any{"optimizerImplementation": workload.Fused.String()},
			}
		},
	}
	eightBitStates = &Rule{
		ID:       "optimizer/eight-bit-states",
		Title:    "Optimizer states in 8 bits",
		Doc:      "When a large model is trained whole, the two states of Adam are its largest tensors. Quantized in blocks they take a quarter of fp32's memory and train as well.",
		Source:   "Dettmers et al. 2022, 8-bit Optimizers via Block-wise Quantization",
		Severity: Suggestion,
		Applies:  languages,
		Params:   []string{"optimizer"},
		Bad:      with(llama7B, ""),
		Good:     with(instead(llama7B, "optimizer", `"adamw_8bit"`), ""),
		Run: func(p *Pass) *Told {
			o := p.Train.Optimizer
			if p.adapts() || o != workload.Adam && o != workload.AdamW || p.parameters() < largeModel {
				return nil
			}
			return &Told{
				Message: say.F("%s keeps two full states of every trained weight", o),
				Fix:     say.F("Send optimizer adamw_8bit, whose states take a byte each."),
				Change:  map[string]any{"optimizer": workload.AdamW8bit.String()},
			}
		},
	}
	sgdOnTransformer = &Rule{
		ID:       "optimizer/sgd-on-transformer",
		Title:    "SGD trains transformers poorly",
		Doc:      "Gradients of a transformer differ by orders of magnitude between layers and tokens, and one rate for all of them converges slowly or not at all. AdamW scales each weight; Adafactor does with little memory.",
		Source:   "Zhang et al. 2020, Why are Adaptive Methods Good for Attention Models?",
		Severity: Suggestion,
		Params:   []string{"optimizer"},
		Bad:      with(instead(llama7B, "optimizer", `"sgd"`), ""),
		Good:     with(instead(llama7B, "optimizer", `"adafactor"`), ""),
		Run: func(p *Pass) *Told {
			if !isSGD(p.Train.Optimizer) || p.Conv != nil && !p.attends() {
				return nil
			}
			return &Told{
				Message: say.F("optimizer %s converges poorly on attention", p.Train.Optimizer),
				Fix:     say.F("Send optimizer adamw, or adafactor where memory binds."),
				Change:  map[string]any{"optimizer": workload.AdamW.String()},
			}
		},
	}
	momentumForConvolutions = &Rule{
		ID:       "optimizer/momentum-for-convolutions",
		Title:    "Convolutional networks train best with momentum",
		Doc:      "Published accuracies of ResNet, RegNet, DenseNet and VGG are reached with SGD and momentum, which also keeps one state instead of Adam's two. EfficientNet and MobileNet use RMSprop, ConvNeXt and transformers AdamW.",
		Source:   "torchvision references/classification; Wilson et al. 2017",
		Severity: Suggestion,
		Applies:  convolutional,
		Params:   []string{"optimizer"},
		Bad:      with(resnet, ""),
		Good:     with(instead(instead(resnet, "optimizer", `"sgd_momentum"`), "learningRate", "0.1"), ""),
		Run: func(p *Pass) *Told {
			o := p.Train.Optimizer
			if o != workload.Adam && o != workload.AdamW || p.adapts() || !p.isConv("resnet", "resnext", "wide_resnet", "regnet", "densenet", "vgg") {
				return nil
			}
			return &Told{
				Message: say.F("%s keeps two states where the published recipe of this architecture keeps one", o),
				Fix:     say.F("Send optimizer sgd_momentum with a learningRate of 0.01 to 0.1."),
				Change:  map[string]any{"optimizer": workload.SGDMomentum.String(), "learningRate": convRate},
			}
		},
	}
	sgdRateLow = &Rule{
		ID:       "optimizer/sgd-rate-low",
		Title:    "SGD wants a higher learning rate than Adam",
		Doc:      "SGD does not scale its steps by the gradient's size, so its rates are ten to a hundred times Adam's: 0.1 for each 256 images from scratch, 0.001 to 0.01 in fine-tuning. At Adam's rates it hardly moves.",
		Source:   "Goyal et al. 2017, section 2.1; Kornblith et al. 2019, Do Better ImageNet Models Transfer Better?",
		Severity: Suggestion,
		Applies:  convolutional,
		Params:   []string{"learningRate", "optimizer"},
		Bad:      with(instead(instead(resnet, "optimizer", `"sgd_momentum"`), "learningRate", "1e-4"), ""),
		Good:     with(instead(instead(resnet, "optimizer", `"sgd_momentum"`), "learningRate", "0.01"), ""),
		After:    []*Rule{sgdOnTransformer},
		Run: func(p *Pass) *Told {
			if !isSGD(p.Train.Optimizer) || p.Train.LearningRate >= lowSGD {
				return nil
			}
			return &Told{
				Message: say.F("learningRate %g is Adam's; %s hardly moves with it", p.Train.LearningRate, p.Train.Optimizer),
				Fix:     say.F("Send learningRate 0.01."),
				Change:  map[string]any{"learningRate": convRate},
			}
		},
	}
	adamDecay = &Rule{
		ID:       "optimizer/adam-coupled-decay",
		Title:    "Adam mixes weight decay into its moments",
		Doc:      "Adam adds the decay to the gradient, where the second moment divides it away again, and torch copies every gradient for it. AdamW decays the weights themselves.",
		Source:   "Loshchilov and Hutter 2019",
		Severity: Suggestion,
		Params:   []string{"optimizer", "weightDecay"},
		Bad:      with(instead(llama7B, "optimizer", `"adam"`), `"weightDecay":0.01`),
		Good:     with(llama7B, `"weightDecay":0.01`),
		Run: func(p *Pass) *Told {
			if p.Train.Optimizer != workload.Adam || p.Train.WeightDecay <= 0 {
				return nil
			}
			return &Told{
				Message: say.F("optimizer adam mixes weightDecay into its moments and copies every gradient for it"),
				Fix:     say.F("Send optimizer adamw."),
				Change:  map[string]any{"optimizer": workload.AdamW.String()},
			}
		},
	}
	galoreAdapters = &Rule{
		ID:       "optimizer/galore-on-adapters",
		Title:    "GaLore projects what is low-rank already",
		Doc:      "GaLore saves memory by projecting the gradients of full matrices to a low rank. Adapters have a low rank of their own: nothing is saved and the projections cost time.",
		Source:   "Zhao et al. 2024, GaLore",
		Severity: Warning,
		Params:   []string{"optimizer", "fineTuningMethod"},
		Bad:      with(instead(llama7B, "optimizer", `"galore_adamw"`), `"fineTuningMethod":"lora"`),
		Good:     with(instead(llama7B, "optimizer", `"galore_adamw"`), ""),
		Run: func(p *Pass) *Told {
			if p.Train.Optimizer != workload.GaLoreAdamW || !p.adapts() {
				return nil
			}
			return &Told{
				Message: say.F("optimizer galore_adamw saves nothing with fineTuningMethod %s", p.Train.Method),
				Fix:     say.F("Send optimizer adamw, or fineTuningMethod full."),
				Change:  map[string]any{"optimizer": workload.AdamW.String()},
			}
		},
	}
	lionRate = &Rule{
		ID:       "optimizer/lion-rate",
		Title:    "Lion wants a smaller learning rate",
		Doc:      "Lion moves every weight by the sign of its momentum, so its steps are larger than AdamW's at the same rate. A third to a tenth of AdamW's rate is usual, with a weight decay as much larger.",
		Source:   "Chen et al. 2023, Symbolic Discovery of Optimization Algorithms, section 5",
		Severity: Suggestion,
		Params:   []string{"optimizer", "learningRate"},
		Bad:      with(instead(instead(llama7B, "optimizer", `"lion"`), "learningRate", "1e-4"), ""),
		Good:     with(instead(instead(llama7B, "optimizer", `"lion"`), "learningRate", "1e-5"), ""),
		Run: func(p *Pass) *Told {
			o, limit := p.Train.Optimizer, lionFull
			if p.adapts() {
				limit = lionAdapters
			}
			if o != workload.Lion && o != workload.Lion8bit || p.Text == nil || p.Train.LearningRate <= limit {
				return nil
			}
			return &Told{
				Message: say.F("learningRate %g is AdamW's; %s wants a third to a tenth of it", p.Train.LearningRate, o),
				Fix:     say.F("Send learningRate %g.", p.Train.LearningRate/lionShare),
				Change:  map[string]any{"learningRate": p.Train.LearningRate / lionShare},
			}
		},
	}
	galoreConvolutions = &Rule{
		ID:       "optimizer/galore-on-classifier",
		Title:    "GaLore is made for the matrices of transformers",
		Doc:      "GaLore projects two-dimensional gradients; the weights of a convolution have four dimensions and stay as they are. SGD with momentum is the optimizer with little memory here.",
		Source:   "Zhao et al. 2024, GaLore; galore-torch",
		Severity: Warning,
		Applies:  convolutional,
		Params:   []string{"optimizer"},
		Bad:      with(instead(resnet, "optimizer", `"galore_adamw"`), ""),
		Good:     with(instead(resnet, "optimizer", `"sgd_momentum"`), ""),
		Run: func(p *Pass) *Told {
			if p.Train.Optimizer != workload.GaLoreAdamW || p.attends() {
				return nil
			}
			return &Told{
				Message: say.F("optimizer galore_adamw leaves convolutions as they are"),
				Fix:     say.F("Send optimizer sgd_momentum."),
				Change:  map[string]any{"optimizer": workload.SGDMomentum.String()},
			}
		},
	}
)

// Thresholds of this file.
const (
	largeModel   = 1e9  // parameters from which states weigh more than anything else
	convRate     = 0.01 // a rate for SGD with momentum at the batches of one GPU
	lowSGD       = 1e-3 // the low end of fine-tuning with SGD
	lionFull     = 5e-5 // the upper half of AdamW's usual rates
	lionAdapters = 2e-4 // AdamW's usual rate for adapters
	lionShare    = 5    // the middle of Lion's three to ten times
)

func isSGD(o workload.Optimizer) bool { return o == workload.SGD || o == workload.SGDMomentum }

// hasForms says whether an optimizer exists in a form.
func hasForms(o workload.Optimizer, form workload.OptimizerImplementation) bool {
	switch o {
	case workload.SGD, workload.SGDMomentum, workload.Adam, workload.AdamW:
		return true
	case workload.RMSProp, workload.LAMB:
		return form != workload.Fused
	}
	return false
}
