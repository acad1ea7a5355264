package schemas

import (
	"fmt"
	"slices"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/calc/workload"
)

// Documented defaults of alignment; the share is TRL's
// vllm_gpu_memory_utilization (trl/trainer/grpo_config.py).
const (
	defaultAlignedPrompt = 512
	defaultCompletion    = 512
	defaultGenerations   = 8
	defaultShare         = 0.3
)

// unaligned are arguments of training that a trainer of preferences or rewards
// has no use for.
var unaligned = []string{
	"lossImplementation", "maxGenerationLength", "head", "labelSmoothing", "decoderSequenceLength", "temperature", "topP",
	"repetitionPenalty", "classificationHeadDim",
}

// Resolve makes the workload as WorkloadArgs does, with the algorithm's own
// lengths, reference and trainer.
func (a *GRPOArgs) Resolve(c *catalog.Catalog) (workload.Workload, []report.Assumption, []check.Finding) {
	if a == nil {
		return nil, nil, nil
	}
	args := a.EstimateArgs // a copy: filling in changes it
	r := &resolver{args: &args, catalog: c, filled: map[string]bool{}}
	r.aligned(a)
	r.fill()
	return r.resolve()
}

// aligned settles what the algorithm says before the model is known.
func (r *resolver) aligned(a *GRPOArgs) {
	r.align = a
	w := &r.alignment
	w.Algorithm = served(r, "algorithm", a.Algorithm, workload.GRPO, report.Default, "documented default")
	for _, name := range unaligned {
		if r.given(name) {
			r.useless(name, "algorithm "+w.Algorithm.String()+" has no use for it")
		}
	}
	if w.Algorithm == workload.PPO {
		r.report(check.NotModelled, []string{"algorithm"}, check.Told{
			Message: "algorithm ppo: not modelled; TRL 1.16 has no trainer for it any more, with its policy, reference, value and reward models",
			Fix:     "Send grpo, which needs neither a value model nor a reward model.",
			Change:  map[string]any{"algorithm": workload.GRPO.String()},
		})
	}
	r.trainer(w.Algorithm)
	if w.Writes() {
		r.rollouts(a)
	} else {
		r.withoutRollouts(a)
	}
	if w.Algorithm == workload.RewardModel {
		r.args.Head = Some(workload.ClassificationHead)
		r.filled["head"] = true
	}
}

// trainers are the stacks that run the algorithms.
var trainers = map[workload.Algorithm]workload.StackName{
	workload.GRPO: workload.TRLGRPO, workload.DPO: workload.TRLDPO, workload.ORPO: workload.TRLDPO,
	workload.PPO: workload.TRLGRPO, workload.RewardModel: workload.TRLReward,
}

// trainer settles the software: each algorithm has a trainer of TRL's.
func (r *resolver) trainer(algorithm workload.Algorithm) {
	own := trainers[algorithm]
	if given, ok := r.args.TrainingStack.Get(); ok && given != own {
		r.report(check.AlgorithmOfStack, []string{"algorithm", "trainingStack"}, check.Told{
			Message: fmt.Sprintf("trainingStack %s does not run algorithm %s, which %s does", given, algorithm, own),
			Fix:     "Leave trainingStack out.",
			Change:  map[string]any{"trainingStack": nil},
		})
		r.args.TrainingStack = Some(own)
		return
	}
	fill(r, "trainingStack", &r.args.TrainingStack, own, report.Derived, "the trainer of algorithm "+algorithm.String())
}

// rollouts settles who writes completions, and how many.
func (r *resolver) rollouts(a *GRPOArgs) {
	w := &r.alignment
	w.Generations = served(r, "numGenerations", a.NumGenerations, defaultGenerations, report.Default, "documented default")
	w.Iterations = 1
	w.Rollout = served(r, "rollout", a.Rollout, workload.TransformersRollout, report.Default, "documented default")
	w.Beta = served(r, "beta", a.Beta, 0, report.Default, "documented default")
	fill(r, "batchSize", &r.args.BatchSize, w.Generations, report.Default, "numGenerations")
	if w.Rollout == workload.ColocatedRollout {
		w.Share = served(r, "gpuMemoryUtilization", a.GPUMemoryUtilization, defaultShare, report.Default, "TRL's vllm_gpu_memory_utilization")
	} else if a.WasSent("gpuMemoryUtilization") {
		r.useless("gpuMemoryUtilization", "only rollout vllm-colocate shares the card")
	}
}

// groups settles how many micro-batches a rollout writes for, and demands that the completions of a step are whole groups.
func (r *resolver) groups() {
	w := &r.alignment
	if w.Steps == 0 {
		w.Steps = r.args.GradientAccumulationSteps.Or(1)
	}
	accumulation, gpus := w.Steps, r.args.NumGPUs.Or(1)
	batch := r.args.BatchSize.Or(w.Generations)
	all := batch * accumulation * gpus
	if w.Generations <= 0 || all%w.Generations == 0 {
		return
	}
	step := w.Generations / gcd(w.Generations, accumulation*gpus)
	nearest := max(step, (batch+step/2)/step*step)
	r.report(check.IncompleteGroups, []string{"batchSize", "numGenerations", "gradientAccumulationSteps"}, check.Told{
		Message: fmt.Sprintf("batchSize %d x gradientAccumulationSteps (or steps_per_generation) %d x numGpus %d = %d completions, which are no multiple of numGenerations %d", batch, accumulation, gpus, all, w.Generations),
		Fix:     fmt.Sprintf("Send batchSize %d, or another multiple of %d.", nearest, step),
		Change:  map[string]any{"batchSize": nearest},
	})
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// withoutRollouts tells what an algorithm on pairs has no use for.
func (r *resolver) withoutRollouts(a *GRPOArgs) {
	name := r.alignment.Algorithm.String()
	for _, argument := range []string{"numGenerations", "rollout", "gpuMemoryUtilization"} {
		if a.WasSent(argument) {
			r.useless(argument, "algorithm "+name+" learns from given completions")
		}
	}
	if a.WasSent("beta") {
		r.report(check.WithoutEffect, []string{"beta"}, check.Told{
			Message: "beta: no byte of algorithm " + name + " depends on it; it was checked",
			Fix:     "Leave out what is not needed.",
		})
	}
	if a.WasSent("referenceModel") && r.alignment.Algorithm != workload.DPO {
		r.useless("referenceModel", "algorithm "+name+" has no reference")
	}
}

// alignedLengths settles a row: prompt and completion, of which with their sum
// any two suffice. It gives the sum.
func (r *resolver) alignedLengths(a *GRPOArgs) int64 {
	prompt, hasPrompt := a.PromptLength.Get()
	completion, hasCompletion := a.CompletionLength.Get()
	sum, hasSum := r.args.SequenceLength.Get()
	switch {
	case hasSum && hasPrompt && hasCompletion:
		if prompt+completion != sum {
			r.rowsDisagree(fmt.Sprintf("promptLength %d and completionLength %d are %d tokens, and sequenceLength is %d", prompt, completion, prompt+completion, sum))
		}
	case hasSum && hasPrompt:
		completion = sum - prompt
		r.assume("completionLength", max(1, completion), report.Derived, "sequenceLength less promptLength")
	case hasSum && hasCompletion:
		prompt = sum - completion
		r.assume("promptLength", max(1, prompt), report.Derived, "sequenceLength less completionLength")
	case hasSum:
		prompt = min(defaultAlignedPrompt, max(1, sum/2))
		completion = sum - prompt
		if r.alignment.Algorithm != workload.RewardModel {
			r.assume("promptLength", prompt, report.Default, "documented default, half of sequenceLength at most")
		}
	default:
		prompt = served(r, "promptLength", a.PromptLength, defaultAlignedPrompt, report.Default, "documented default")
		completion = served(r, "completionLength", a.CompletionLength, defaultCompletion, report.Default, "documented default")
	}
	if prompt < 1 || completion < 1 {
		r.rowsDisagree(fmt.Sprintf("sequenceLength %d is prompt and completion together, and leaves nothing of one of them", sum))
		prompt, completion = 1, max(1, sum-1)
	}
	r.alignment.Prompt = prompt
	if r.alignment.Writes() {
		r.groups()
	}
	return prompt + completion
}

func (r *resolver) rowsDisagree(message string) {
	r.report(check.RowsDisagree, []string{"promptLength", "completionLength", "sequenceLength"}, check.Told{
		Message: message,
		Fix:     "Send promptLength and completionLength, and leave sequenceLength out.",
		Change:  map[string]any{"sequenceLength": nil},
	})
}

// reference settles what the policy is compared with, once the method is known.
func (r *resolver) reference() {
	a, w := r.align, &r.alignment
	adapters := r.method == workload.LoRA || r.method == workload.QLoRA
	asked, given := a.ReferenceModel.Get()
	switch {
	case w.Algorithm == workload.GRPO && w.Beta == 0:
		if given && asked {
			r.useless("referenceModel", "beta is 0")
		}
	case w.Algorithm == workload.GRPO && adapters:
		w.Reference = workload.AdaptersSwitch
		if given && asked {
			r.useless("referenceModel", "TRL switches the adapters off instead of keeping a copy")
		}
	case w.Algorithm == workload.GRPO:
		w.Reference = workload.ReferenceCopy
		if given && !asked {
			r.report(check.ReferenceMissing, []string{"beta", "referenceModel"}, check.Told{
				Message: fmt.Sprintf("beta %g needs a reference, and referenceModel is false without adapters that could be switched off", w.Beta),
				Fix:     "Send referenceModel true, or beta 0.",
				Change:  map[string]any{"referenceModel": true},
			})
		}
	case w.Algorithm == workload.DPO && w.Precomputed && !asked:
	case w.Algorithm == workload.DPO && (asked || !given && !adapters):
		w.Reference = workload.ReferenceCopy
	case w.Algorithm == workload.DPO && adapters:
		w.Reference = workload.AdaptersSwitch
	}
	if w.Algorithm == workload.DPO && !given || w.Algorithm == workload.GRPO && w.Beta > 0 && !given {
		r.assume("referenceModel", w.Reference == workload.ReferenceCopy, report.Derived, referenceWhy[w.Reference])
	}
}

// referenceWhy says in words what a reference is.
var referenceWhy = map[workload.Reference]string{
	workload.NoReference:    "its log-probabilities are computed before training",
	workload.ReferenceCopy:  "a second, frozen copy of the weights",
	workload.AdaptersSwitch: "the adapters are switched off for the reference",
}

// alone refuses several GPUs.
func (r *resolver) alone() {
	a := r.args
	var names []string
	for name, size := range map[string]Opt[int64]{
		"numGpus": a.NumGPUs, "tensorParallelSize": a.TensorParallelSize, "pipelineParallelSize": a.PipelineParallelSize,
		"contextParallelSize": a.ContextParallelSize, "expertParallelSize": a.ExpertParallelSize,
	} {
		if size.Or(1) > 1 {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return
	}
	slices.Sort(names)
	change := map[string]any{}
	for _, name := range names {
		change[name] = nil
	}
	r.report(check.NotModelled, names, check.Told{
		Message: list(names) + ": algorithm " + r.alignment.Algorithm.String() + " on several GPUs is not modelled yet",
		Fix:     "Leave out " + list(names) + " for the memory of one GPU.",
		Change:  change,
	})
}

// alignable refuses models that the trainers take and that are not modelled here.
func (r *resolver) alignable() {
	if r.align != nil {
		r.alone()
	}
	if r.align == nil || r.kind == workload.NLP || r.kind == workload.MoE {
		return
	}
	r.report(check.NotModelled, []string{"modelType"}, check.Told{
		Message: "algorithm " + r.alignment.Algorithm.String() + " with a model of modelType " + r.kind.String() + ": not modelled yet",
		Fix:     "Send a language model.",
	})
}

// alignsElsewhere refuses a trainer of preferences where the tool is another.
func (r *resolver) alignsElsewhere() {
	name := r.args.TrainingStack.Or(0)
	if r.align != nil || name != workload.TRLDPO && name != workload.TRLGRPO && name != workload.TRLReward {
		return
	}
	r.report(check.AlignmentElsewhere, []string{"trainingStack"}, check.Told{
		Message: "trainingStack " + name.String() + " trains on preferences or completions, which calculate_grpo_vram estimates",
		Fix:     "Call calculate_grpo_vram with the same arguments, or leave trainingStack out.",
		Change:  map[string]any{"trainingStack": nil},
	})
}
