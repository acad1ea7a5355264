package advise

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Moves about whether a run converges, and to something that generalizes. They
// speak about values that the caller gave; defaults are those proposed here.

// Learning rates: upper ends of the documented usual ranges, and how far above
// one a run is lost.
const (
	fullMost     = 1e-4
	adapterMost  = 5e-4
	classMost    = 1e-2
	sgdMost      = 0.5
	lost         = 10
	adapterLeast = 5e-5 // adapters move too little below (Biderman et al. 2024, figure 7: best 1e-4 to 5e-4)
	classRate    = 1e-3 // Adam's own default (Kingma and Ba 2014)
)

// rates are the largest usual learning rate of a run and a good one.
func (r *Run) rates() (most, right float64) {
	sgd := r.Train.Optimizer == workload.SGD || r.Train.Optimizer == workload.SGDMomentum
	switch {
	case r.Kind == workload.CNN && sgd:
		return sgdMost, min(sgdRate*float64(r.samples())/sgdSamples, sgdMost)
	case r.Kind == workload.CNN:
		return classMost, classRate
	case sgd:
		return sgdMost, sgdRate
	case r.Train.Optimizer == workload.Adafactor:
		return classMost, classRate // T5's constant rate (Raffel et al. 2019)
	case r.Adapters() || r.Train.Method == workload.Prefix:
		return adapterMost, adapterRate
	}
	return fullMost, fullRate
}

// adaptive says whether steps are scaled by a second moment, which is wrong in
// the first steps.
func (r *Run) adaptive() bool {
	return r.Train.Optimizer != workload.SGD && r.Train.Optimizer != workload.SGDMomentum
}

var (
	lowerRate = &Move{
		ID:       "stability/lower-learning-rate",
		Title:    say.F("A lower learning rate"),
		Reason:   say.F("learningRate is above what this method and optimizer take"),
		Tradeoff: say.F("none known"),
		Doc:      "Whole transformers take about 2e-5 with AdamW and adapters about 2e-4; classifiers 1e-3, or 0.1 for 256 samples with SGD. Ten times above the usual range runs diverge.",
		Source:   "torchtune's and TRL's recipes; Goyal et al. 2017",
		Category: Stability,
		Price:    Changes,
		Group:    "rate",
		For:      with(llama, `"learningRate":0.01`),
		NotFor:   with(llama, `"fineTuningMethod":"lora","learningRate":2e-4`),
		Propose: func(r *Run) []Proposal {
			most, right := r.rates()
			if r.Train.LearningRate <= most {
				return nil
			}
			return []Proposal{{Urgent: r.Train.LearningRate >= lost*most, Change: map[string]any{"learningRate": right}}}
		},
	}
	higherRate = &Move{
		ID:       "stability/higher-learning-rate",
		Title:    say.F("A higher learning rate for adapters"),
		Reason:   say.F("adapters start at zero and move too little at a rate for whole weights"),
		Tradeoff: say.F("none known"),
		Doc:      "LoRA wants about ten times the learning rate of full fine-tuning: 1e-4 to 5e-4.",
		Source:   "Biderman et al. 2024, LoRA Learns Less and Forgets Less",
		Category: Stability,
		Price:    Changes,
		Group:    "rate",
		Applies:  languages,
		For:      with(llama, `"fineTuningMethod":"lora","learningRate":1e-5`),
		NotFor:   with(llama, `"fineTuningMethod":"lora","learningRate":2e-4`),
		Propose: func(r *Run) []Proposal {
			if !r.Adapters() || !r.adaptive() || r.Train.LearningRate >= adapterLeast {
				return nil
			}
			return set("learningRate", adapterRate)
		},
	}
	warmUp = &Move{
		ID:       "stability/warm-up",
		Title:    say.F("Warm up"),
		Reason:   say.F("the first steps of an adaptive optimizer rest on a few gradients"),
		Tradeoff: say.F("none known"),
		Doc:      "The second moment is wrong in the first steps, and steps are then too large. A short linear warm-up avoids a spike from which transformers recover slowly.",
		Source:   "Liu et al. 2019, On the Variance of the Adaptive Learning Rate and Beyond; Goyal et al. 2017",
		Category: Stability,
		Price:    Free,
		Applies:  languages,
		For:      with(llama, `"warmupSteps":0`),
		NotFor:   with(llama, `"warmupSteps":100`),
		Propose: func(r *Run) []Proposal {
			if r.Train.WarmupSteps > 0 || !r.adaptive() || !r.Given("warmupSteps") {
				return nil
			}
			return set("warmupSteps", nil)
		},
	}
	clipping = &Move{
		ID:       "stability/gradient-clipping",
		Title:    say.F("Clip gradients"),
		Reason:   say.F("one bad batch can undo hundreds of steps"),
		Tradeoff: say.F("one norm over all gradients per step"),
		Doc:      "Clipping the norm of the gradient to 1 keeps outliers from moving the weights far.",
		Source:   "Pascanu et al. 2012, On the difficulty of training recurrent neural networks; transformers' max_grad_norm 1.0",
		Category: Stability,
		Price:    Free,
		Applies:  languages,
		For:      with(llama, `"gradientClipping":0`),
		NotFor:   with(llama, `"gradientClipping":1`),
		Propose: func(r *Run) []Proposal {
			if r.Train.Clipping > 0 {
				return nil
			}
			return set("gradientClipping", 1)
		},
	}
	weightDecay = &Move{
		ID:       "stability/weight-decay",
		Title:    say.F("The usual weight decay"),
		Reason:   say.F("weightDecay is far from what this kind of model is trained with"),
		Tradeoff: say.F("none known"),
		Doc:      "AdamW takes 0.01 to 0.1, SGD for classifiers 1e-4. More shrinks the weights faster than they learn; none lets them grow.",
		Source:   "Loshchilov and Hutter 2017; He et al. 2015",
		Category: Stability,
		Price:    Changes,
		For:      with(llama, `"weightDecay":0.5`),
		NotFor:   with(llama, `"weightDecay":0.01`),
		Propose: func(r *Run) []Proposal {
			const most, usual, classifiers = 0.1, 0.01, 1e-4
			right := usual
			if r.Kind == workload.CNN {
				right = classifiers
			}
			d := r.Train.WeightDecay
			none := d == 0 && r.Given("weightDecay") && r.Trains()
			if d <= most && !none {
				return nil
			}
			return set("weightDecay", right)
		},
	}
	loadBalance = &Move{
		ID:       "stability/load-balance",
		Title:    say.F("Balance the experts"),
		Reason:   say.F("without, or with too much of, the load-balance loss the router degenerates"),
		Tradeoff: say.F("none known"),
		Doc:      "A router that is trained without a balancing loss sends most tokens to few experts, which then learn more and draw even more. Far above 0.01 the balance outweighs the task. Models that balance with a correction bias need none.",
		Source:   "Fedus et al. 2021, Switch Transformers, section 2.2",
		Category: Stability,
		Price:    Changes,
		Applies:  mixtures,
		For:      with(tinyMixtral, `"loadBalanceLossWeight":0`),
		NotFor:   with(tinyMixtral, `"loadBalanceLossWeight":0.01`),
		Propose: func(r *Run) []Proposal {
			const most, usual = 0.1, 0.01
			e := r.Experts
			off := e.LoadBalanceLoss == 0 && !e.CorrectionBias && r.Trains()
			if !off && e.LoadBalanceLoss <= most {
				return nil
			}
			return set("loadBalanceLossWeight", usual)
		},
	}
	fp16Stability = &Move{
		ID:       "stability/bf16",
		Title:    say.F("bf16 instead of fp16"),
		Reason:   say.F("gradients below 6e-8 vanish in fp16"),
		Tradeoff: say.F("3 bits less of precision; an Ampere card or later"),
		Doc:      "bf16 has the range of fp32 at the size of fp16. Trained weights in pure fp16 diverge without an fp32 copy; on cards without bf16 autocast keeps one.",
		Source:   "Micikevicius et al. 2017, section 3; Kalamkar et al. 2019, A Study of BFLOAT16",
		Category: Stability,
		Price:    Free,
		Group:    "precision",
		Applies:  languages,
		For:      with(gpt2, `"precision":"fp16"`),
		NotFor:   with(gpt2, `"precision":"bf16"`),
		Propose: func(r *Run) []Proposal {
			if r.Train.Precision != workload.FP16 {
				return nil
			}
			urgent := r.Trains() && r.Train.Mode == workload.Pure
			if r.half() == workload.BF16 {
				return []Proposal{{Urgent: urgent, Change: map[string]any{"precision": workload.BF16}}}
			}
			if urgent {
				return []Proposal{{Urgent: true, Change: map[string]any{"precisionMode": workload.Autocast}}}
			}
			return nil
		},
	}
	fp32Weights = &Move{
		ID:       "stability/fp32-weights",
		Title:    say.F("fp32 weights under autocast"),
		Reason:   say.F("at this learning rate bf16 rounds most updates away"),
		Tradeoff: say.F("weights, gradients and states take twice as much"),
		Doc:      "bf16 keeps 8 bits: an update below 1/256 of a weight is lost. Full fine-tuning at 1e-5 makes mostly such updates. Where the target has room, keep the weights in fp32 and compute in bf16.",
		Source:   "Zamirai et al. 2020, Revisiting BFloat16 Training",
		Category: Stability,
		Price:    Slower,
		Group:    "precision",
		Applies:  languages,
		For:      with(gpt2, `"targetGpu":"A100 80GB"`),
		NotFor:   with(llama7B, `"targetGpu":"A100 80GB"`),
		Propose: func(r *Run) []Proposal {
			if !r.Trains() || r.Train.Precision != workload.BF16 || r.Train.Mode != workload.Pure || r.Train.LearningRate > fullMost {
				return nil
			}
			return []Proposal{{Rougher: true, Change: map[string]any{"precisionMode": workload.Autocast}}}
		},
	}
	effectiveBatch = &Move{
		ID:       "stability/effective-batch",
		Title:    say.F("A larger effective batch"),
		Reason:   say.F("gradients of a few samples are mostly noise"),
		Tradeoff: say.F("fewer optimizer steps per epoch; accumulated gradients stay alive"),
		Doc:      "Recipes for fine-tuning language models use 16 to 128 samples for each optimizer step. Accumulation gets there without more activations.",
		Source:   "Taori et al. 2023, Alpaca (128); Dettmers et al. 2023, QLoRA (16)",
		Category: Stability,
		Price:    Free,
		Applies:  decoders,
		For:      with(llama, `"batchSize":1`),
		NotFor:   with(llama, `"batchSize":4,"gradientAccumulationSteps":4`),
		Propose: func(r *Run) []Proposal {
			const few, enough = 8, 16
			if r.samples() >= few {
				return nil
			}
			return set("gradientAccumulationSteps", r.Train.AccumulationSteps*((enough+r.samples()-1)/r.samples()))
		},
	}
	schedule = &Move{
		ID:       "stability/schedule",
		Title:    say.F("A rate that falls"),
		Reason:   say.F("at a constant rate the loss keeps fluctuating"),
		Tradeoff: say.F("the number of steps must be known in advance"),
		Doc:      "A learning rate that falls to zero, by a line or a cosine, settles in a lower minimum than a constant one.",
		Source:   "Loshchilov and Hutter 2016, SGDR; Defazio et al. 2023, When, Why and How Much?",
		Category: Stability,
		Price:    Free,
		For:      with(llama, `"lrScheduler":"constant"`),
		NotFor:   with(llama, `"lrScheduler":"cosine"`),
		Propose: func(r *Run) []Proposal {
			if r.Train.Scheduler != workload.Constant && r.Train.Scheduler != workload.ConstantWarmup {
				return nil
			}
			return set("lrScheduler", workload.Cosine)
		},
	}
	loraDropout = &Move{
		ID:       "stability/lora-dropout",
		Title:    say.F("Dropout before the adapters"),
		Reason:   say.F("adapters overfit when the data is seen many times"),
		Tradeoff: say.F("a mask for each adapter"),
		Doc:      "QLoRA's runs use 0.05 to 0.1. It helps where few samples are seen for several epochs.",
		Source:   "Dettmers et al. 2023, QLoRA, appendix B",
		Category: Stability,
		Price:    Changes,
		Applies:  languages,
		For:      with(llama, `"fineTuningMethod":"lora","trainingEpochs":5`),
		NotFor:   with(llama, `"fineTuningMethod":"lora","trainingEpochs":1`),
		Propose: func(r *Run) []Proposal {
			const many, rate = 3, 0.05
			if !r.Adapters() || r.Adapter.Dropout > 0 || r.Train.Epochs <= many {
				return nil
			}
			return set("loraDropout", rate)
		},
	}
	ownDropout = &Move{
		ID:       "stability/dropout",
		Title:    say.F("The model's own dropout"),
		Reason:   say.F("dropoutRate is far from what the model was trained with"),
		Tradeoff: say.F("a mask for each dropout"),
		Doc:      "Models that were pretrained with dropout (BERT, GPT-2, T5, EfficientNet) overfit without it, and learn little above 0.3.",
		Source:   "Srivastava et al. 2014, Dropout; Devlin et al. 2018",
		Category: Stability,
		Price:    Changes,
		For:      with(bert, `"dropoutRate":0`),
		NotFor:   with(bert, ``),
		Propose: func(r *Run) []Proposal {
			const most = 0.3
			if !r.Given("dropoutRate") {
				return nil
			}
			rate := 0.0
			if r.Conv != nil {
				rate = r.Conv.Dropout
			}
			if t := r.Text; t != nil {
				rate = max(t.EmbeddingDrop, t.AttentionDrop, t.ResidualDrop, t.ActivationDrop)
			}
			if rate > 0 && rate <= most {
				return nil
			}
			return set("dropoutRate", nil)
		},
	}
	labelSmoothing = &Move{
		ID:       "stability/label-smoothing",
		Title:    say.F("Smooth the labels"),
		Reason:   say.F("hard labels of many classes make a classifier overconfident"),
		Tradeoff: say.F("probabilities are less sharp"),
		Doc:      "0.1 is the usual amount for classifiers of many classes and worth a few tenths of a percent.",
		Source:   "Szegedy et al. 2015, Rethinking the Inception Architecture, section 7",
		Category: Stability,
		Price:    Changes,
		Applies:  images,
		For:      with(resnet, `"labelSmoothing":0`),
		NotFor:   with(resnet, `"labelSmoothing":0.1`),
		Propose: func(r *Run) []Proposal {
			const many, amount = 100, 0.1
			if r.Train.LabelSmoothing > 0 || r.Conv.Classes < many {
				return nil
			}
			return set("labelSmoothing", amount)
		},
	}
	expertDropout = &Move{
		ID:       "stability/expert-dropout",
		Title:    say.F("Dropout inside the experts"),
		Reason:   say.F("each expert sees few samples of a fine-tuning set"),
		Tradeoff: say.F("none known"),
		Doc:      "Sparse models have many more weights than their dense kin for the same data and overfit sooner; more dropout inside the experts evens it.",
		Source:   "Fedus et al. 2021, Switch Transformers, section 2.4",
		Category: Stability,
		Price:    Changes,
		Applies:  mixtures,
		For:      with(switchBase, `"expertDropoutRate":0`),
		NotFor:   with(switchBase, `"expertDropoutRate":0.1`),
		Propose: func(r *Run) []Proposal {
			const rate = 0.1
			if r.Experts.Dropout > 0 || !r.Given("expertDropoutRate") || !r.Trains() || r.Train.Epochs <= 1 {
				return nil
			}
			return set("expertDropoutRate", rate)
		},
	}
	augmentation = &Move{
		ID:       "stability/augmentation",
		Title:    say.F("Crop and flip"),
		Reason:   say.F("a classifier without augmentation learns its images by heart"),
		Tradeoff: say.F("a little work of the data loader"),
		Doc:      "Random crops and flips are the least that every published recipe does.",
		Source:   "He et al. 2015, section 3.4",
		Category: Stability,
		Price:    Free,
		Applies:  images,
		For:      with(resnet, `"dataAugmentationStrategy":[]`),
		NotFor:   with(resnet, ``),
		Propose: func(r *Run) []Proposal {
			if len(r.Conv.Augmentations) > 0 {
				return nil
			}
			return set("dataAugmentationStrategy", []workload.Augmentation{workload.RandomCrop, workload.RandomFlip})
		},
	}
	freezeBatchNorm = &Move{
		ID:       "stability/freeze-batch-norm",
		Title:    say.F("Freeze batch norm"),
		Reason:   say.F("statistics of so few samples are noise"),
		Tradeoff: say.F("statistics stay those of pretraining"),
		Doc:      "In evaluation mode batch norm uses the statistics of pretraining. That is the usual choice in fine-tuning with fewer than 16 samples per GPU; accumulation does not help, since each micro-batch is normalized by itself.",
		Source:   "Wu and He 2018, Group Normalization, figure 1; torchvision.ops.FrozenBatchNorm2d",
		Category: Stability,
		Price:    Changes,
		Applies:  images,
		For:      with(resnet, `"batchSize":8`),
		NotFor:   with(resnet, `"batchSize":64`),
		Propose: func(r *Run) []Proposal {
			const few = 16
			if r.Conv.FreezeBatchNorm || r.Train.Batch >= few || !r.convolutional() {
				return nil
			}
			return set("freezeBatchNorm", true)
		},
	}
)
