package advise

import "vramcalc/calc/workload"

// Moves over several GPUs: sharding, and what goes to the host.

// The stages of ZeRO that shard gradients, and parameters too.
const (
	shardsGradients  = 2
	shardsParameters = 3
)

// several is how many GPUs there are: those that the run uses, or the target's.
func (r *Run) several() int64 { return max(r.Parallel.GPUs, r.Hardware.TargetCount) }

// plain says whether the run's replicas can be DeepSpeed's instead.
func (r *Run) plain() bool {
	switch r.Stack.Name {
	case workload.PyTorch, workload.DDP, workload.DeepSpeed:
		return r.Parallel.Tensor*r.Parallel.Pipeline*r.Parallel.Context*r.Parallel.Expert == 1
	}
	return false
}

// sharded is a patch that shards the run at a stage over all GPUs.
func (r *Run) sharded(stage int64) map[string]any {
	change := map[string]any{"trainingStack": workload.DeepSpeed, "zeroStage": stage, "numGpus": r.several()}
	if r.Train.Mode != workload.Master && r.Given("precisionMode") {
		change["precisionMode"] = nil // DeepSpeed keeps an fp32 copy
	}
	return change
}

var (
	offloadOptimizer = &Move{
		ID:       "memory/offload-optimizer",
		Title:    "The optimizer on the host",
		Reason:   "the fp32 copy and the states of the weights are used once a step only",
		Tradeoff: "slower steps: gradients and weights cross PCIe, and the update runs on the CPU; takes host memory",
		Doc:      "DeepSpeed keeps the fp32 copy, the states and the gradients of a rank's share in host memory and updates there (cpuOffload optimizer). With stage 3 the parameters can be there too: each is brought to the card and gathered when its module runs.",
		Source:   "Ren et al. 2021, ZeRO-Offload; deepspeed/runtime/zero",
		Category: Memory,
		Price:    Slower,
		Group:    "offload",
		For:      with(llama, `"trainingStack":"deepspeed","zeroStage":2,"numGpus":2,"sequenceLength":128`),
		NotFor:   with(llama, `"trainingStack":"deepspeed","zeroStage":2,"numGpus":2,"cpuOffload":"optimizer"`),
		Propose: func(r *Run) []Proposal {
			if r.Stack.Name != workload.DeepSpeed || r.Parallel.ZeROStage == 0 || !r.Trains() {
				return nil
			}
			var out []Proposal
			if r.Parallel.Offload == workload.NoOffload {
				out = set("cpuOffload", workload.OffloadOptimizer)
			}
			if r.Parallel.ZeROStage == shardsParameters && r.Parallel.Offload != workload.OffloadAll {
				out = append(out, set("cpuOffload", workload.OffloadAll)...)
			}
			return out
		},
	}
	shardStates = &Move{
		ID:       "memory/shard",
		Title:    "Shard over the GPUs",
		Reason:   "each replica keeps all weights, gradients and optimizer states",
		Tradeoff: "more communication: with stage 3 weights are gathered in every forward and backward",
		Doc:      "ZeRO divides optimizer states and gradients (stage 2), then the weights too (stage 3), among the GPUs that train side by side. The batch of a GPU stays; together they take more samples a step. Buffers for reduction and gathering are added.",
		Source:   "Rajbhandari et al. 2020, ZeRO",
		Category: Memory,
		Price:    Slower,
		Group:    "sharding",
		For:      with(llama7B, `"targetGpu":"A100-40GB","targetGpuCount":8,"gradientCheckpointing":true`),
		NotFor:   with(llama7B, `"targetGpu":"A100-40GB","targetGpuCount":1,"gradientCheckpointing":true`),
		Propose: func(r *Run) []Proposal {
			if r.several() < 2 || !r.plain() || r.Fits() && r.Parallel.GPUs < 2 {
				return nil
			}
			var out []Proposal
			for stage := max(shardsGradients, r.Parallel.ZeROStage+1); stage <= shardsParameters; stage++ {
				out = append(out, patch(r.sharded(stage))...)
			}
			return out
		},
	}
)
