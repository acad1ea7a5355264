package check

import (
	"fmt"
	"slices"

	"vramcalc/calc/workload"
)

// Rules about what software spreads a run over replicas.

// stageOfStack fires where a stage of sharding is asked of software that has
// not got it.
var stageOfStack = &Rule{
	ID:       "parallel/stage-of-stack",
	Title:    "The training stack does not shard like that",
	Doc:      "DistributedDataParallel shards nothing, FSDP everything (zeroStage 3; stage 2, whose weights stay whole from forward to backward, is its own option reshard_after_forward or strategy), DeepSpeed by stages. Trainers hand sharding to one of them: name it as trainingStack.",
	Source:   "torch/nn/parallel/distributed.py; torch/distributed/fsdp; deepspeed/runtime/zero",
	Severity: Error,
	Params:   []string{"trainingStack", "zeroStage"},
	Bad:      with(llama7B, `"numGpus":8,"trainingStack":"ddp","zeroStage":3`),
	Good:     with(llama7B, `"numGpus":8,"trainingStack":"fsdp2","zeroStage":3`),
	Run: func(p *Pass) *Told {
		stage, name := p.Parallel.ZeROStage, p.Stack.Name
		if p.serves() || p.Parallel.DataParallel() <= 1 || slices.Contains(stagesOf(name), stage) {
			return nil
		}
		told := &Told{Message: fmt.Sprintf("trainingStack %s has no zeroStage %d", name, stage)}
		switch {
		case name == workload.FSDP1 || name == workload.FSDP2:
			told.Fix, told.Change = "Leave zeroStage out.", map[string]any{"zeroStage": nil}
		case stage == wholeStage:
			told.Fix, told.Change = "Send trainingStack fsdp2.", map[string]any{"trainingStack": workload.FSDP2.String(), "stackOptions": nil}
		default:
			told.Fix, told.Change = "Send trainingStack deepspeed.", map[string]any{"trainingStack": workload.DeepSpeed.String(), "stackOptions": nil}
		}
		return told
	},
}

// wholeStage is the stage in which weights are sharded too.
const wholeStage = 3

// stagesOf are the stages of sharding that software has.
func stagesOf(s workload.StackName) []int64 {
	switch s {
	case workload.DeepSpeed, workload.Megatron, workload.Torchtune: // of the last two no run is estimated yet
		return []int64{0, 1, 2, wholeStage}
	case workload.FSDP1, workload.FSDP2:
		return []int64{wholeStage}
	}
	return []int64{0}
}
