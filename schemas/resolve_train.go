package schemas

import (
	"slices"

	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/calc/workload"
)

// Documented defaults of a training step.
const (
	defaultWeightDecay       = 0.01
	convWeightDecay          = 1e-4
	defaultWarmup            = 100
	expertWarmup             = 50
	defaultClipping          = 1.0
	convLabelSmoothing       = 0.1
	defaultPrefix            = 30
	defaultTemperature       = 0.7
	defaultTopP              = 0.9
	defaultRepetition        = 1.1
	defaultAlignment         = 0.5
	defaultContrast          = 0.3
	usualSequence            = 2048
	multimodalSequence       = 1024
	defaultClasses           = 2 // transformers' num_labels
	notFrozen          int64 = -1
)

func (r *resolver) train() workload.Train {
	a := r.args
	t := workload.Train{
		Batch:             a.BatchSize.Or(1),
		AccumulationSteps: byDefault(r, "gradientAccumulationSteps", a.GradientAccumulationSteps, 1),
		Precision:         a.Precision.Or(workload.BF16),
		Half:              r.half(),
		Mode:              r.mode(),
		Method:            r.method,
		LearningRate:      a.LearningRate.Or(0),
		Epochs:            a.TrainingEpochs.Or(0),
		Checkpointing:     byStack(r, "gradientCheckpointing", a.GradientCheckpointing, false),
		Head:              byDefault(r, "head", a.Head, workload.LMHead),
		Classes:           a.ClassificationHeadDim.Or(defaultClasses),
	}
	if t.Compute() == workload.FP16 && t.Precision != workload.FP16 {
		r.assume("precision", t.Half, report.Derived, "the type in which "+t.Precision.String()+" weights compute on a card without bf16")
	}
	t.CheckpointingForm = a.CheckpointingImplementation.Or(workload.NonReentrant)
	if t.Checkpointing {
		t.CheckpointingForm = byStack(r, "checkpointingImplementation", a.CheckpointingImplementation, workload.NonReentrant)
	}
	r.lengths(&t)
	r.updates(&t)
	r.frozen(&t)
	r.losses(&t)
	return t
}

// lengths settles how many tokens a sample has.
func (r *resolver) lengths(t *workload.Train) {
	a := r.args
	if r.kind == workload.CNN {
		return
	}
	usual := int64(usualSequence)
	if r.kind == workload.Multimodal {
		usual = multimodalSequence
	}
	if c := r.model.Text.Context; c > 0 {
		usual = min(usual, c)
	}
	if d := r.model.DefaultSequence; d > 0 {
		usual = d
	}
	if r.serve != nil {
		t.Sequence = r.lengthsOf(r.serve)
		return
	}
	if r.align != nil {
		t.Sequence = r.alignedLengths(r.align)
		r.reference()
		return
	}
	if ls, ok := a.SampleLengths.Get(); ok && !a.SequenceLength.IsSet() && !a.Packing.Or(false) {
		usual = slices.Max(ls)
	}
	t.Sequence = byDefault(r, "sequenceLength", a.SequenceLength, usual)
	r.samples(t)
	if r.model.Text.Family.IsEncoderDecoder() {
		t.DecoderSequence = take(r, "decoderSequenceLength", a.DecoderSequenceLength, workload.UsualDecoderSequence(t.Sequence), report.Default, "a quarter of sequenceLength")
	}
	t.MaxGeneration = byDefault(r, "maxGenerationLength", a.MaxGenerationLength, 0)
}

// updates settles the optimizer and its schedule.
func (r *resolver) updates(t *workload.Train) {
	a := r.args
	name := a.Optimizer.Or(OptimizerName{Optimizer: workload.AdamW})
	t.Optimizer = name.Optimizer
	if name.Form != 0 {
		t.Implementation = take(r, "optimizerImplementation", a.OptimizerImplementation, name.Form, report.Derived, "the optimizer is named in its "+name.Form.String()+" form")
	} else {
		t.Implementation = byStackOr(r, "optimizerImplementation", a.OptimizerImplementation, workload.Foreach, report.Default, "PyTorch's default on CUDA")
	}
	decay, warmup, scheduler := defaultWeightDecay, int64(defaultWarmup), workload.Linear
	switch r.kind {
	case workload.MoE:
		warmup = expertWarmup
	case workload.CNN:
		decay, warmup, scheduler = convWeightDecay, 0, workload.Cosine
	}
	t.WeightDecay = r.weightDecay(t.Optimizer, decay)
	t.WarmupSteps = byDefault(r, "warmupSteps", a.WarmupSteps, warmup)
	t.Scheduler = byDefault(r, "lrScheduler", a.LRScheduler, scheduler)
	t.Clipping = byDefault(r, "gradientClipping", a.GradientClipping, defaultClipping)
}

// weightDecay is the documented default where the optimizer decays weights in
// place. torch's SGD, Adam and RMSprop default to none, and given one they copy
// every gradient: that memory is counted only if the caller asks for it.
func (r *resolver) weightDecay(o workload.Optimizer, decay float64) float64 {
	switch o {
	case workload.SGD, workload.SGDMomentum, workload.Adam, workload.RMSProp:
		return take(r, "weightDecay", r.args.WeightDecay, 0, report.Default, "torch's default for "+o.String()+"; more than 0 copies every gradient in the optimizer step")
	}
	return byDefault(r, "weightDecay", r.args.WeightDecay, decay)
}

// frozen settles what the methods freeze and prefix leave untrained or add.
func (r *resolver) frozen(t *workload.Train) {
	a := r.args
	t.FrozenLayers = notFrozen
	switch r.method {
	case workload.Freeze, workload.LoRA, workload.QLoRA:
		t.FrozenLayers = a.FrozenLayers.Or(notFrozen)
	}
	if r.method == workload.Freeze {
		t.FrozenModules, t.TrainableModules = a.FrozenModules.Or(nil), a.TrainableModules.Or(nil)
	}
	if r.method == workload.Prefix {
		t.PrefixLength = byDefault(r, "prefixLength", a.PrefixLength, defaultPrefix)
	}
}

// losses settles the loss and the arguments around it that move no bytes.
func (r *resolver) losses(t *workload.Train) {
	a := r.args
	smoothing := 0.0
	if r.kind == workload.CNN {
		smoothing = convLabelSmoothing
	}
	t.LabelSmoothing = byDefault(r, "labelSmoothing", a.LabelSmoothing, smoothing)
	t.Loss = r.loss()
	t.Temperature = byDefault(r, "temperature", a.Temperature, defaultTemperature)
	t.TopP = byDefault(r, "topP", a.TopP, defaultTopP)
	t.RepetitionPenalty = byDefault(r, "repetitionPenalty", a.RepetitionPenalty, defaultRepetition)
	t.CrossModalAlignment = byDefault(r, "crossModalAlignmentWeight", a.CrossModalAlignmentWeight, defaultAlignment)
	t.ImageTextContrast = byDefault(r, "imageTextContrastWeight", a.ImageTextContrastWeight, defaultContrast)
}

// dropout lays dropoutRate over the dropouts that a text model has.
func (r *resolver) dropout(t *workload.Text) {
	rate, given := r.args.DropoutRate.Get()
	rates := []*float64{&t.EmbeddingDrop, &t.AttentionDrop, &t.ResidualDrop, &t.ActivationDrop}
	largest := 0.0
	for _, x := range rates {
		largest = max(largest, *x)
		if given && *x > 0 {
			*x = rate
		}
	}
	switch {
	case !given:
		r.assume("dropoutRate", largest, report.FromModel, "the model's own")
	case largest == 0:
		r.noDropout()
	}
}

func (r *resolver) noDropout() {
	r.report(check.DropoutAbsent, []string{"dropoutRate"}, check.Told{
		Message: "dropoutRate changes nothing: the model has no dropout",
		Fix:     "Leave it out.",
		Change:  map[string]any{"dropoutRate": nil},
	})
}
