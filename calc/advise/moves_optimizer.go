package advise

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Moves about the optimizer: what it keeps and what it is good for.

// Part of a model from which on the optimizer's step is worth a thought.
const trainedMuch = 0.10

const (
	sgdRate     = 0.1 // of SGD with momentum for 256 samples (Goyal et al. 2017, section 2.1)
	sgdSamples  = 256
	rmspropRate = 0.016 // of RMSProp for 256 samples (Tan and Le 2019, section 5; Tan et al. 2018)
	fullRate    = 2e-5  // fine-tuning of whole transformers with AdamW (torchtune's and Alpaca's recipes)
	visionRate  = 1e-3  // training of whole vision transformers and ConvNeXt with AdamW (Liu et al. 2022, table 5)
	adaptiveMax = 1e-3  // a larger rate is one of SGD
)

func (r *Run) adam() bool {
	switch r.Train.Optimizer {
	case workload.Adam, workload.AdamW, workload.PagedAdamW32bit:
		return true
	}
	return false
}

// convolutional says whether a classifier is of the lines that SGD or RMSProp
// trained, as opposed to transformers and what copies them.
func (r *Run) convolutional() bool {
	return r.Conv != nil && !modern(r.Conv.Name)
}

var (
	optimizer8bit = &Move{
		ID:       "memory/optimizer-8bit",
		Title:    say.F("8-bit optimizer states"),
		Reason:   say.F("two moments of each trained weight are kept"),
		Tradeoff: say.F("needs bitsandbytes; small tensors stay in 32 bits"),
		Doc:      "bitsandbytes keeps the moments in 8 bits with a scale for each block of 256, and dequantizes them inside the step. Results are those of 32-bit states on language models.",
		Source:   "Dettmers et al. 2022, 8-bit Optimizers via Block-wise Quantization",
		Category: Memory,
		Price:    Free,
		Group:    "optimizer",
		Applies:  languages,
		For:      with(gpt2, `"batchSize":1,"sequenceLength":128`),
		NotFor:   with(gpt2, `"optimizer":"adamw_8bit"`),
		Propose: func(r *Run) []Proposal {
			switch {
			case r.adam():
				return set("optimizer", workload.AdamW8bit)
			case r.Train.Optimizer == workload.Lion:
				return set("optimizer", workload.Lion8bit)
			}
			return nil
		},
	}
	optimizerPaged = &Move{
		ID:       "memory/optimizer-paged",
		Title:    say.F("Paged 8-bit optimizer states"),
		Reason:   say.F("optimizer states move to host memory where the card is full"),
		Tradeoff: say.F("steps slow down while states are moved; takes host memory"),
		Doc:      "Paged states are managed memory: they stay on the card while it has room and move to the host page by page where it has not.",
		Source:   "Dettmers et al. 2023, QLoRA, section 3",
		Category: Memory,
		Price:    Slower,
		Group:    "optimizer",
		Applies:  languages,
		For:      with(gpt2, `"batchSize":1,"sequenceLength":128`),
		NotFor:   with(gpt2, `"optimizer":"paged_adamw_8bit"`),
		Propose: func(r *Run) []Proposal {
			if r.adam() || r.Train.Optimizer == workload.AdamW8bit {
				return set("optimizer", workload.PagedAdamW8bit)
			}
			return nil
		},
	}
	optimizerFactored = &Move{
		ID:       "memory/optimizer-factored",
		Title:    say.F("Adafactor"),
		Reason:   say.F("its second moment is a row and a column for each matrix, and there is no first"),
		Tradeoff: say.F("somewhat slower to converge; the learning rate has to be found again"),
		Doc:      "Adafactor keeps sums over rows and columns instead of a second moment of each weight. T5 was trained with it.",
		Source:   "Shazeer and Stern 2018, Adafactor",
		Category: Memory,
		Price:    Changes,
		Group:    "optimizer",
		Applies:  languages,
		For:      with(gpt2, `"batchSize":1,"sequenceLength":128`),
		NotFor:   with(gpt2, `"optimizer":"adafactor"`),
		Propose: func(r *Run) []Proposal {
			if !r.Trains() || !r.adam() {
				return nil
			}
			return set("optimizer", workload.Adafactor)
		},
	}
	decoupledDecay = &Move{
		ID:       "stability/decoupled-weight-decay",
		Title:    say.F("AdamW instead of Adam"),
		Reason:   say.F("Adam divides weight decay by the size of the gradients"),
		Tradeoff: say.F("the amount of decay has to be found again"),
		Doc:      "Adam adds the decay to a copy of every gradient, where the second moment scales it away for weights with large gradients. AdamW shrinks all weights alike, in place.",
		Source:   "Loshchilov and Hutter 2017, Decoupled Weight Decay Regularization",
		Category: Stability,
		Price:    Changes,
		Group:    "optimizer",
		For:      with(gpt2, `"optimizer":"adam","weightDecay":0.01`),
		NotFor:   with(gpt2, `"optimizer":"adamw","weightDecay":0.01`),
		Propose: func(r *Run) []Proposal {
			if r.Train.Optimizer != workload.Adam || r.Train.WeightDecay <= 0 {
				return nil
			}
			return set("optimizer", workload.AdamW)
		},
	}
	fusedOptimizer = &Move{
		ID:       "performance/fused-optimizer",
		Title:    say.F("Fused optimizer step"),
		Reason:   say.F("foreach reads and writes all weights several times, with temporaries as large"),
		Tradeoff: say.F("none known"),
		Doc:      "fused=True updates weights, moments and all in one kernel per group of tensors and makes no temporaries.",
		Source:   "torch.optim.AdamW, argument fused",
		Category: Performance,
		Price:    Free,
		For:      with(gpt2, ``),
		NotFor:   with(gpt2, `"optimizerImplementation":"fused"`),
		Propose: func(r *Run) []Proposal {
			switch r.Train.Optimizer {
			case workload.Adam, workload.AdamW, workload.SGD, workload.SGDMomentum:
				if r.Train.Implementation != workload.Fused && r.trainedShare() >= trainedMuch {
					return set("optimizerImplementation", workload.Fused)
				}
			}
			return nil
		},
	}
	transformerOptimizer = &Move{
		ID:       "stability/optimizer-for-transformers",
		Title:    say.F("AdamW for a transformer"),
		Reason:   say.F("gradients of a transformer differ too much in size for one step size"),
		Tradeoff: say.F("two moments of each trained weight"),
		Doc:      "SGD and RMSProp with one learning rate for all weights train attention layers far worse than Adam's kind. At the usual 1e-5 to 1e-4, SGD hardly moves the weights at all.",
		Source:   "Zhang et al. 2020, Why are Adaptive Methods Good for Attention Models?",
		Category: Stability,
		Price:    Changes,
		Applies:  languages,
		For:      with(gpt2, `"optimizer":"sgd"`),
		NotFor:   with(gpt2, ``),
		Propose: func(r *Run) []Proposal {
			switch r.Train.Optimizer {
			case workload.SGD, workload.SGDMomentum, workload.RMSProp:
			default:
				return nil
			}
			change := map[string]any{"optimizer": workload.AdamW}
			plain := r.Train.Optimizer != workload.RMSProp
			switch {
			case r.Train.LearningRate > adaptiveMax && r.Adapters():
				change["learningRate"] = adapterRate
			case r.Train.LearningRate > adaptiveMax:
				change["learningRate"] = fullRate
			}
			return []Proposal{{Urgent: plain && r.Train.LearningRate <= adaptiveMax, Change: change}}
		},
	}
	classifierOptimizer = &Move{
		ID:       "stability/optimizer-for-classifiers",
		Title:    say.F("The optimizer that this line of classifiers was trained with"),
		Reason:   say.F("published accuracies rest on it"),
		Tradeoff: say.F("the learning rate has to be found again"),
		Doc:      "ResNet, RegNet, DenseNet and VGG generalize best with SGD and momentum at 0.1 for 256 samples; EfficientNet and MobileNet were trained with RMSProp; ConvNeXt, Swin and ViT want AdamW.",
		Source:   "He et al. 2015; Goyal et al. 2017; Tan and Le 2019; Liu et al. 2022; Wilson et al. 2017, The Marginal Value of Adaptive Gradient Methods",
		Category: Stability,
		Price:    Changes,
		Group:    "optimizer",
		Applies:  images,
		For:      with(resnet, `"optimizer":"adamw"`),
		NotFor:   with(resnet, `"optimizer":"sgd_momentum","learningRate":0.1`),
		Propose: func(r *Run) []Proposal {
			want, rate := workload.SGDMomentum, sgdRate*float64(r.samples())/sgdSamples
			switch {
			case !r.convolutional():
				want, rate = workload.AdamW, visionRate
			case mobile(r.Conv.Name):
				want, rate = workload.RMSProp, rmspropRate*float64(r.samples())/sgdSamples
			}
			switch r.Train.Optimizer {
			case want, workload.LAMB, workload.Muon:
				return nil
			case workload.SGDMomentum:
				if r.convolutional() {
					return nil // mobile ones train with it too
				}
			}
			return patch(map[string]any{"optimizer": want, "learningRate": min(rate, 1)})
		},
	}
)
