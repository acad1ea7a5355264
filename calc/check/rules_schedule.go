package check

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Rules about the course of a training run: warm-up, schedule, clipping,
// smoothing.

var (
	warmupMissing = &Rule{
		ID:       "schedule/warmup-missing",
		Title:    "A high learning rate without warm-up",
		Doc:      "In the first steps the optimizer's statistics are noise, and a full-sized step in a random direction can undo pretraining or diverge. Three to ten percent of the steps as warm-up prevent it.",
		Source:   "Goyal et al. 2017, section 2.2; Ma and Yarats 2021",
		Severity: Suggestion,
		Params:   []string{"warmupSteps", "learningRate"},
		Bad:      with(instead(llama7B, "learningRate", "1e-4"), `"warmupSteps":0`),
		Good:     with(instead(llama7B, "learningRate", "1e-4"), `"warmupSteps":100`),
		Run: func(p *Pass) *Told {
			if p.Train.WarmupSteps > 0 || p.Train.LearningRate < p.highRate() {
				return nil
			}
			n := int64(languageWarmup)
			if p.Conv != nil {
				n = classifierWarmup
			}
			return &Told{
				Message: say.F("learningRate %g starts at full size with warmupSteps 0", p.Train.LearningRate),
				Fix:     say.F("Send warmupSteps %d, or 3 to 10 percent of the steps.", n),
				Change:  map[string]any{"warmupSteps": n},
			}
		},
	}
	warmupUnused = &Rule{
		ID:       "schedule/warmup-unused",
		Title:    "The schedule has no warm-up",
		Doc:      "constant, StepLR, CosineAnnealingLR and ReduceLROnPlateau begin at the full learning rate; warmupSteps does nothing with them. Take constant_with_warmup, linear or cosine.",
		Source:   "transformers get_scheduler; torch.optim.lr_scheduler",
		Severity: Warning,
		Params:   []string{"lrScheduler", "warmupSteps"},
		Bad:      with(llama7B, `"lrScheduler":"constant","warmupSteps":100`),
		Good:     with(llama7B, `"lrScheduler":"constant_with_warmup","warmupSteps":100`),
		Run: func(p *Pass) *Told {
			s := p.Train.Scheduler
			if !p.Given("warmupSteps") || p.Train.WarmupSteps == 0 || warms(s) {
				return nil
			}
			to := workload.Cosine
			if s == workload.Constant {
				to = workload.ConstantWarmup
			}
			return &Told{
				Message: say.F("warmupSteps %d has no effect with lrScheduler %s", p.Train.WarmupSteps, s),
				Fix:     say.F("Send lrScheduler %s, or leave warmupSteps out.", to),
				Change:  map[string]any{"lrScheduler": to.String()},
			}
		},
	}
	constantRate = &Rule{
		ID:       "schedule/constant",
		Title:    "A constant rate never settles",
		Doc:      "With a constant rate the last steps are as large as the first and the loss keeps jumping about its minimum. Decay to zero, linear or cosine, ends lower for the same number of steps.",
		Source:   "Hu et al. 2024, MiniCPM, section 4; Hägele et al. 2024",
		Severity: Suggestion,
		Params:   []string{"lrScheduler"},
		Bad:      with(llama7B, `"lrScheduler":"constant"`),
		Good:     with(llama7B, `"lrScheduler":"cosine"`),
		Run: func(p *Pass) *Told {
			s := p.Train.Scheduler
			if s != workload.Constant && s != workload.ConstantWarmup || p.adapts() {
				return nil
			}
			return &Told{
				Message: say.F("lrScheduler %s ends with steps of full size", s),
				Fix:     say.F("Send lrScheduler cosine."),
				Change:  map[string]any{"lrScheduler": workload.Cosine.String()},
			}
		},
	}
	clippingOff = &Rule{
		ID:       "train/clipping-off",
		Title:    "Gradients are not clipped",
		Doc:      "One bad batch can give a gradient a hundred times the usual one and undo hours of training. A limit of 1 costs next to nothing in time and memory.",
		Source:   "Pascanu et al. 2013; Touvron et al. 2023, section 2.3",
		Severity: Suggestion,
		Applies:  languages,
		Params:   []string{"gradientClipping"},
		Bad:      with(llama7B, `"gradientClipping":0`),
		Good:     with(llama7B, `"gradientClipping":1`),
		Run: func(p *Pass) *Told {
			if p.Train.Clipping > 0 || p.Train.Optimizer == workload.Adafactor { // which limits its own updates
				return nil
			}
			return &Told{
				Message: say.F("gradientClipping 0 lets a single batch spoil the run"),
				Fix:     say.F("Send gradientClipping 1."),
				Change:  map[string]any{"gradientClipping": 1},
			}
		},
	}
	smoothingMissing = &Rule{
		ID:       "cnn/label-smoothing",
		Title:    "Label smoothing helps classifiers",
		Doc:      "With many classes a hard target makes a classifier too sure of itself; 0.1 of the target spread over all classes raises accuracy and costs no memory.",
		Source:   "Szegedy et al. 2016, section 7",
		Severity: Suggestion,
		Applies:  convolutional,
		Params:   []string{"labelSmoothing"},
		Bad:      with(resnet, `"labelSmoothing":0`),
		Good:     with(resnet, `"labelSmoothing":0.1`),
		Run: func(p *Pass) *Told {
			if p.Train.LabelSmoothing > 0 || p.Conv.Classes < manyClasses {
				return nil
			}
			return &Told{
				Message: say.F("labelSmoothing 0 with %d classes", p.Conv.Classes),
				Fix:     say.F("Send labelSmoothing 0.1."),
				Change:  map[string]any{"labelSmoothing": usualSmoothing},
			}
		},
	}
	bandBatch = &Rule{
		ID:       "train/batch-band",
		Title:    "The batch is outside its documented band",
		Doc:      "Behind one update 4 to 32 samples are usual for multimodal models, 8 to 64 for mixtures of experts and 32 to 512 images for classifiers. Fewer make gradients noisy: accumulate, which costs little memory. Towers trained by contrast want as many as fit.",
		Source:   "the documented bands of the tool",
		Severity: Suggestion,
		Params:   []string{"batchSize", "gradientAccumulationSteps"},
		Bad:      with(mixtral, ""),
		Good:     with(mixtral, `"gradientAccumulationSteps":16`),
		Run:      outsideBand,
	}
	accumulationInstead = &Rule{
		ID:       "train/accumulation-small-batch",
		Title:    "Accumulation over tiny micro-batches",
		Doc:      "Each micro-batch launches every kernel once. Many micro-batches of few tokens spend their time in launches: a larger micro-batch and fewer of them give the same update faster, as long as it fits.",
		Source:   "NVIDIA, Deep Learning Performance Guide",
		Severity: Suggestion,
		Params:   []string{"gradientAccumulationSteps", "batchSize"},
		Bad:      with(llama7B, `"sequenceLength":128,"gradientAccumulationSteps":64`),
		Good:     with(instead(llama7B, "batchSize", "16"), `"sequenceLength":128,"gradientAccumulationSteps":4`),
		Run: func(p *Pass) *Told {
			t := p.Train
			if p.Text == nil || t.AccumulationSteps < manyMicroBatches || p.tokens() >= fewTokens || p.Vision != nil {
				return nil
			}
			n := min(t.AccumulationSteps, max(2, fewTokens/max(1, p.tokens())))
			for t.AccumulationSteps%n != 0 {
				n--
			}
			if n < 2 {
				return nil
			}
			return &Told{
				Message: say.F("%d micro-batches of %d tokens each keep a GPU waiting", t.AccumulationSteps, p.tokens()),
				Fix:     say.F("Send batchSize %d and gradientAccumulationSteps %d: the same update.", t.Batch*n, t.AccumulationSteps/n),
				Change:  map[string]any{"batchSize": t.Batch * n, "gradientAccumulationSteps": t.AccumulationSteps / n},
			}
		},
	}
)

// Thresholds of this file.
const (
	languageWarmup   = 100 // the documented default
	classifierWarmup = 500 // about five epochs of a small data set
	manyClasses      = 100
	usualSmoothing   = 0.1
	manyMicroBatches = 16
	fewTokens        = 1024 // below, a GPU waits for launches (NVIDIA, GEMM dimensions)

	highFull     = 5e-5 // half of the usual maximum
	highAdapters = 3e-4 // above the usual 2e-4
	highSGD      = 0.1  // Goyal et al. 2017
	highClasses  = 2e-3 // AdamW on a classifier
)

// highRate is the learning rate from which a run wants a warm-up.
func (p *Pass) highRate() float64 {
	switch {
	case p.Conv != nil && isSGD(p.Train.Optimizer):
		return highSGD
	case p.Conv != nil:
		return highClasses
	case p.adapts():
		return highAdapters
	}
	return highFull
}

func warms(s workload.Scheduler) bool {
	switch s {
	case workload.Constant, workload.StepLR, workload.CosineAnnealingLR, workload.ReduceLROnPlateau:
		return false
	}
	return true
}

// bands are the documented sizes of a batch.
var bands = map[workload.Kind][2]int64{
	workload.Multimodal: {4, 32},
	workload.MoE:        {8, 64},
	workload.CNN:        {32, 512},
}

func outsideBand(p *Pass) *Told {
	band, ok := bands[p.Kind]
	n := p.effectiveBatch()
	switch {
	case !ok || p.isContrastive():
		return nil
	case n < band[0]:
		steps := p.Train.AccumulationSteps * ((band[0] + n - 1) / n)
		return &Told{
			Message: say.F("batchSize %d makes an update of %d, where %d to %d are usual", p.Train.Batch, n, band[0], band[1]),
			Fix:     say.F("Send gradientAccumulationSteps %d.", steps),
			Change:  map[string]any{"gradientAccumulationSteps": steps},
		}
	case p.Train.Batch > band[1]:
		return &Told{
			Message: say.F("batchSize %d is above the usual %d to %d", p.Train.Batch, band[0], band[1]),
			Fix:     say.F("Send batchSize %d and more gradientAccumulationSteps.", band[1]),
			Change:  map[string]any{"batchSize": band[1]},
		}
	}
	return nil
}
