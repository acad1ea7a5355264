package schemas

import (
	"encoding/json"

	"vramcalc/calc/catalog"
	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// stack settles which software runs the step and its switches.
func (r *resolver) stack() workload.Stack {
	_, why := r.usualStack()
	take(r, "trainingStack", r.args.TrainingStack, r.software.Name, report.Default, why)
	s := r.software.Switches
	s.ZeRO.OverlapComm = s.ZeRO.Engine && r.args.ZeROStage.Or(0) == shardedParameters // its default (deepspeed/runtime/zero/config.py)
	s.Compile = byDefault(r, "torchCompile", r.args.TorchCompile, false)
	if r.software.Modelled {
		s.Pipeline.Rank = workload.WorstStage
		r.options(&s)
	}
	return s
}

// shardedParameters is the stage of ZeRO that shards parameters too.
const shardedParameters = 3

// loss settles which form of a language model's loss is computed.
func (r *resolver) loss() workload.LossImplementation {
	if r.switches.Liger.FusedLoss {
		return take(r, "lossImplementation", r.args.LossImplementation, workload.FusedLoss, report.FromStack, say.F("Liger's fused_linear_cross_entropy"))
	}
	return byStack(r, "lossImplementation", r.args.LossImplementation, workload.StandardLoss)
}

// pickSoftware picks the training stack, before anything asks for its defaults.
func (r *resolver) pickSoftware() {
	name, _ := r.usualStack()
	r.software = r.agedSoftware(catalog.StackOf(r.args.TrainingStack.Or(name)))
}

// usualStack is the stack of a run that names none.
func (r *resolver) usualStack() (workload.StackName, say.Text) {
	a := r.args
	share := a.TensorParallelSize.Or(1) * a.PipelineParallelSize.Or(1) * a.ContextParallelSize.Or(1)
	switch stage := a.ZeROStage.Or(0); {
	case a.NumGPUs.Or(share)/max(1, share) <= 1 && a.ExpertParallelSize.Or(1) <= 1:
		return workload.PyTorch, documented
	case stage == 1 || stage == 2:
		return workload.DeepSpeed, say.F("zeroStage 1 and 2 are DeepSpeed's")
	case stage == 3 || a.ExpertParallelSize.Or(1) > 1:
		return workload.FSDP2, say.F("fully sharded replicas")
	}
	return workload.DDP, say.F("several replicas")
}

// byStack is an argument's value; where it was not given, what the training
// stack sets, else the documented default.
func byStack[T any](r *resolver, name string, o Opt[T], other T) T {
	return byStackOr(r, name, o, other, report.Default, documented)
}

// byStackOr is byStack with another value where neither says anything.
func byStackOr[T any](r *resolver, name string, o Opt[T], other T, origin report.Origin, why say.Text) T {
	raw, sets := r.software.Defaults[name]
	if !sets {
		return take(r, name, o, other, origin, why)
	}
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		panic("stacks.json: " + r.software.Name.String() + ": " + name + ": " + err.Error()) // a test reads every default
	}
	return take(r, name, o, v, report.FromStack, say.F("set by %s", r.software.Title))
}
