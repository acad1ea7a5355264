package schemas

import (
	"slices"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Documented defaults of inference.
const (
	defaultPrompt      = 2048
	defaultNewTokens   = 256
	defaultUtilization = 0.9
)

// trainingArguments mean nothing where nothing is trained.
var trainingArguments = []string{
	"learningRate", "optimizer", "optimizerImplementation", "trainingEpochs", "gradientAccumulationSteps",
	"gradientCheckpointing", "checkpointingImplementation", "gradientClipping", "weightDecay", "warmupSteps",
	"lrScheduler", "labelSmoothing", "lossImplementation", "maxGenerationLength", "frozenLayers", "frozenModules",
	"trainableModules", "prefixLength", "dropoutRate", "kbitPreparation", "fineTuningMethod", "zeroStage",
	"trainingStack", "temperature", "topP", "repetitionPenalty", "head", "packing", "sampleLengths",
	"crossModalAlignmentWeight", "imageTextContrastWeight", "loadBalanceLossWeight", "auxiliaryLossWeight",
	"expertDropoutRate", "expertRegularization", "expertSpecialization", "expertInitStrategy", "cpuOffload",
	"freezeVisionEncoder", "freezeTextEncoder", "decoderSequenceLength",
}

// publishedWithout leaves names out.
func publishedWithout(names, without []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(without, n) })
}

// Resolve makes a workload that trains nothing, with a default for everything
// but the model.
func (a *InferenceArgs) Resolve(c *catalog.Catalog) (workload.Workload, []report.Assumption, []check.Finding) {
	if a == nil {
		return nil, nil, nil
	}
	args := a.EstimateArgs // a copy: filling in changes it
	r := &resolver{args: &args, catalog: c, filled: map[string]bool{}}
	r.fill()
	r.serving(a)
	w, assumptions, findings := r.resolve()
	assumptions = slices.DeleteFunc(assumptions, func(x report.Assumption) bool {
		return slices.Contains(trainingArguments, x.Argument) || x.Argument == "sequenceLength"
	})
	return w, assumptions, findings
}

// serving settles how the run reads, writes and remembers.
func (r *resolver) serving(a *InferenceArgs) {
	i := &r.inference
	i.On = true
	r.serve = a
	r.args.SequenceLength = Opt[int64]{} // the sum; the prompt's length is settled with the model
	i.Cache = served(r, "cacheImplementation", a.CacheImplementation, workload.DynamicCache, report.Default, documented)
	i.CachePrecision = a.CachePrecision.Or(workload.CacheModel)
	i.Logits = served(r, "logits", a.Logits, workload.LastLogits, report.Default, documented)
	i.Sampling = served(r, "sampling", a.Sampling, false, report.Default, documented)
	batch := r.args.BatchSize.Or(1)
	i.Requests = batch
	if i.Cache == workload.PagedCache {
		i.Requests = served(r, "concurrentRequests", a.ConcurrentRequests, batch, report.Default, say.Name("batchSize"))
		i.Share = served(r, "gpuMemoryUtilization", a.GPUMemoryUtilization, defaultUtilization, report.Default, documented)
	} else {
		for _, name := range []string{"concurrentRequests", "gpuMemoryUtilization"} {
			if a.WasSent(name) {
				r.useless(name, say.F("only cacheImplementation paged is a server's"))
			}
		}
	}
	r.served = a.Quantization.Or(0)
	for _, name := range trainingArguments {
		if m := r.args.FineTuningMethod.Or(workload.Full); name == "fineTuningMethod" && (m == workload.LoRA || m == workload.QLoRA) {
			continue // adapters beside the weights
		}
		if r.given(name) {
			r.useless(name, say.F("nothing is trained"))
		}
	}
}

func served[T any](r *resolver, name string, o Opt[T], other T, origin report.Origin, why say.Text) T {
	if v, ok := o.Get(); ok {
		return v
	}
	r.assume(name, other, origin, why)
	return other
}

// lengthsOf settles the prompt's length and the new tokens: any two of them and
// their sum suffice.
func (r *resolver) lengthsOf(a *InferenceArgs) int64 {
	prompt, hasPrompt := a.PromptLength.Get()
	tokens, hasNew := r.newTokens(a)
	sum, hasSum := a.SequenceLength.Get()
	switch {
	case hasSum && hasPrompt && hasNew:
		if prompt+tokens != sum {
			r.report(check.LengthsDisagree, []string{"promptLength", "newTokens", "sequenceLength"}, check.Told{
				Message: say.F("promptLength %d and newTokens %d are %d tokens, and sequenceLength is %d", prompt, tokens, prompt+tokens, sum),
				Fix:     say.F("Leave one of the three out."),
				Change:  map[string]any{"sequenceLength": prompt + tokens},
			})
		}
	case hasSum && hasPrompt:
		tokens = sum - prompt
		r.shorter(tokens >= 0, "promptLength", prompt, sum)
		r.assume("newTokens", max(0, tokens), report.Derived, say.F("sequenceLength less promptLength"))
	case hasSum && hasNew:
		prompt = sum - tokens
		r.shorter(prompt >= 1, "newTokens", tokens, sum)
		r.assume("promptLength", max(1, prompt), report.Derived, say.F("sequenceLength less newTokens"))
	case hasSum:
		tokens = min(r.usualNew(), sum-1)
		prompt = sum - tokens
		r.assume("newTokens", tokens, report.Default, documented)
		r.assume("promptLength", prompt, report.Derived, say.F("sequenceLength less newTokens"))
	default:
		if !hasNew {
			tokens = r.usualNew()
			r.assume("newTokens", tokens, report.Default, documented)
		}
		if !hasPrompt {
			prompt = r.usualPrompt(tokens)
			r.assume("promptLength", prompt, report.Default, say.F("documented default, or what newTokens leave of the model's context"))
		}
	}
	r.inference.NewTokens = max(0, tokens)
	return max(1, prompt)
}

// writes says whether the model continues a sequence.
func (r *resolver) writes() bool {
	switch r.model.Text.Family {
	case workload.BERT, workload.RoBERTa, workload.DistilBERT, workload.CLIPText, workload.SigLIPText:
		return false
	}
	return true
}

// newTokens are those that were asked for: none of a model that writes none.
func (r *resolver) newTokens(a *InferenceArgs) (int64, bool) {
	n, given := a.NewTokens.Get()
	if given && n > 0 && !r.writes() {
		r.useless("newTokens", say.F("the model writes nothing"))
		return 0, true
	}
	return n, given
}

// usualNew is the default of newTokens.
func (r *resolver) usualNew() int64 {
	if !r.writes() {
		return 0
	}
	return defaultNewTokens
}

// usualPrompt is the default of promptLength beside so many new tokens.
func (r *resolver) usualPrompt(tokens int64) int64 {
	usual := int64(defaultPrompt)
	if d := r.model.DefaultSequence; d > 0 {
		usual = d
	}
	if c := r.model.Text.Context; c > 0 {
		usual = min(usual, c-tokens)
	}
	return max(1, usual)
}

// shorter demands that a part is shorter than the whole.
func (r *resolver) shorter(is bool, name string, part, whole int64) {
	if is {
		return
	}
	r.report(check.LengthsDisagree, []string{name, "sequenceLength"}, check.Told{
		Message: say.F("%s %d leaves nothing of sequenceLength %d, which is the prompt and the new tokens together", name, part, whole),
		Fix:     say.F("Send promptLength and newTokens, and leave sequenceLength out."),
		Change:  map[string]any{"sequenceLength": nil},
	})
}

// classifierServed refuses inference of classifiers, which has no numbers yet.
func (r *resolver) classifierServed() {
	r.report(check.NotModelled, []string{"modelType"}, check.Told{
		Message: say.F("inference of image classifiers is not modelled yet"),
		Fix:     say.F("Send a language or multimodal model; calculate_advanced_finetuning_vram answers for training a classifier."),
	})
}
