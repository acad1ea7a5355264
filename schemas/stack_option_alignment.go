package schemas

import (
	"encoding/json"

	"vramcalc/calc/report"
	"vramcalc/calc/workload"
)

// alignmentOptions are settings of TRL's GRPOConfig and DPOConfig that bear on
// memory and have no argument of their own, or have one by another name.
func alignmentOptions() []stackOption {
	const most = 65536
	numeric := func(name string, low, high float64, whole bool, want string, stack workload.StackName, set func(r *resolver, x float64)) stackOption {
		return stackOption{name: name, stacks: []workload.StackName{stack}, want: want, set: func(r *resolver, _ *workload.Stack, raw json.RawMessage) bool {
			var x float64
			if json.Unmarshal(raw, &x) != nil || x < low || x > high || whole && x != float64(int64(x)) {
				return false
			}
			if r.align != nil {
				set(r, x)
			}
			return true
		}}
	}
	flag := func(name string, stack workload.StackName, set func(r *resolver, on bool)) stackOption {
		return stackOption{name: name, stacks: []workload.StackName{stack}, want: "true or false", set: func(r *resolver, _ *workload.Stack, raw json.RawMessage) bool {
			var on bool
			if json.Unmarshal(raw, &on) != nil {
				return false
			}
			if r.align != nil {
				set(r, on)
			}
			return true
		}}
	}
	alike := func(stack workload.StackName, values ...string) stackOption {
		return choiceOption("loss_type", values, func(*workload.Stack, string) {}, stack).says("losses differ by a few numbers a token, which are not told apart")
	}
	return []stackOption{
		numeric("num_generations", 2, most, true, "a whole number from 2 to 65536", workload.TRLGRPO, func(r *resolver, x float64) {
			if !r.align.NumGenerations.IsSet() {
				r.generate(int64(x))
			}
		}).says("the same as numGenerations"),
		numeric("num_iterations", 1, most, true, "a whole number from 1 to 65536", workload.TRLGRPO, func(r *resolver, x float64) {
			r.alignment.Iterations = int64(x)
		}).says("above 1 the completions are scored once more by the policy that wrote them"),
		numeric("steps_per_generation", 1, most, true, "a whole number from 1 to 65536", workload.TRLGRPO, func(r *resolver, x float64) {
			r.alignment.Steps = int64(x)
		}).says("micro-batches whose completions are written at once; default gradientAccumulationSteps"),
		numeric("temperature", 0, 100, false, "a number above 0", workload.TRLGRPO, func(r *resolver, x float64) {
			r.alignment.Warped = x != 1
		}).says("other than 1 it copies the scores of all tokens once in the rollout"),
		numeric("vllm_gpu_memory_utilization", 0, 1, false, "a number from 0 to 1", workload.TRLGRPO, func(r *resolver, x float64) {
			if r.alignment.Rollout == workload.ColocatedRollout && !r.align.GPUMemoryUtilization.IsSet() {
				r.alignment.Share = x
				r.reassume("gpuMemoryUtilization", x)
			}
		}).says("the same as gpuMemoryUtilization"),
		flag("vllm_enable_sleep_mode", workload.TRLGRPO, func(r *resolver, on bool) {
			r.alignment.Sleeps = on
		}).says("the engine of rollout vllm-colocate lets go of the card while the model learns"),
		flag("precompute_ref_log_probs", workload.TRLDPO, func(r *resolver, on bool) {
			r.alignment.Precomputed = on
		}).says("the reference has scored all rows before training, and is gone"),
		alike(workload.TRLGRPO, "grpo", "bnpo", "dr_grpo", "dapo", "luspo", "cispo", "sapo"),
		alike(workload.TRLDPO, "sigmoid", "hinge", "ipo", "exo_pair", "nca_pair", "robust", "bco_pair", "sppo_hard", "aot", "aot_unpaired",
			"apo_zero", "apo_down", "discopop", "sft", "sigmoid_norm"),
	}
}

// generate sets how many completions a prompt has, and the batch that follows.
func (r *resolver) generate(n int64) {
	r.alignment.Generations = n
	r.reassume("numGenerations", n)
	if r.filled["batchSize"] {
		r.args.BatchSize = Some(n)
		r.reassume("batchSize", n)
	}
}

// reassume corrects what was assumed of an argument before the stack's
// settings were read.
func (r *resolver) reassume(argument string, value any) {
	for i := range r.assumptions {
		if a := &r.assumptions[i]; a.Argument == argument {
			a.Value, a.Origin, a.Why = value, report.Derived, "stackOptions"
		}
	}
}
