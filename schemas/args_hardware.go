package schemas

import (
	"vramcalc/calc/catalog"
	"vramcalc/calc/report"
	"vramcalc/calc/workload"
)

// Arguments of where and by what software a run is done, and of the answer.

// StackArgs say which software runs the step.
type StackArgs struct {
	TrainingStack Opt[workload.StackName] `json:"trainingStack,omitzero" jsonschema_description:"Software that runs the step: it sets defaults and takes memory of its own, see stacks://all." default:"pytorch" panel:"advanced"`
	StackOptions  Opt[Object]             `json:"stackOptions,omitzero" jsonschema_description:"The stack's own settings by their own names." default:"the stack's" panel:"advanced"`
	TorchCompile  Opt[bool]               `json:"torchCompile,omitzero" jsonschema_description:"torch.compile of the model with its loss (inductor, default mode): chains of element-wise operators keep nothing for backward and logits stay in 16 bits. LLaMA, Mistral and Qwen2 on one GPU." default:"false" panel:"optimization"`
}

// ParallelArgs say how a run is spread over GPUs.
type ParallelArgs struct {
	NumGPUs              Opt[int64]            `json:"numGpus,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"GPUs of the run; a multiple of tensor x pipeline x context size." default:"the product of the parallel sizes" panel:"hardware" scale:"log"`
	TensorParallelSize   Opt[int64]            `json:"tensorParallelSize,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"GPUs that share a matrix." default:"1" panel:"hardware"`
	PipelineParallelSize Opt[int64]            `json:"pipelineParallelSize,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"GPUs that share the layers." default:"1" panel:"hardware"`
	ContextParallelSize  Opt[int64]            `json:"contextParallelSize,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"GPUs that share a sequence." default:"1" panel:"hardware"`
	ExpertParallelSize   Opt[int64]            `json:"expertParallelSize,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"GPUs that share the experts." default:"1" panel:"hardware"`
	ZeROStage            Opt[int64]            `json:"zeroStage,omitzero" jsonschema:"minimum=0,maximum=3" jsonschema_description:"Sharding of states (1), gradients (2), weights (3)." default:"0" panel:"hardware"`
	CPUOffload           Opt[workload.Offload] `json:"cpuOffload,omitzero" jsonschema_description:"What lives in host memory." default:"none" panel:"hardware"`
}

// HardwareArgs say which card is meant.
type HardwareArgs struct {
	TargetGPU       Opt[string]  `json:"targetGpu,omitzero" jsonschema_description:"Catalogue GPU by id, name or usual spelling." default:"none" panel:"hardware"`
	TargetMemoryGiB Opt[float64] `json:"targetMemoryGiB,omitzero" jsonschema:"exclusiveMinimum=0,maximum=65536" jsonschema_description:"Memory of the card where it is in no catalogue, or of a MIG slice." unit:"GiB" default:"none" panel:"hardware"`
	TargetGPUCount  Opt[int64]   `json:"targetGpuCount,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"How many such GPUs there are; the estimate uses numGpus." default:"numGpus" panel:"hardware"`
	ReservedGiB     Opt[float64] `json:"reservedGiB,omitzero" jsonschema:"minimum=0,maximum=16" jsonschema_description:"CUDA context and libraries." unit:"GiB" default:"1.6; multimodal and cnn 1.9" panel:"hardware" usual:"1..2"`
}

// AnswerArgs say what the answer is to hold.
type AnswerArgs struct {
	DatasetSamples Opt[float64]           `json:"datasetSamples,omitzero" jsonschema:"exclusiveMinimum=0" jsonschema_description:"Samples of the data set, for hours and cost." default:"none" panel:"basic" scale:"log"`
	DatasetTokens  Opt[float64]           `json:"datasetTokens,omitzero" jsonschema:"exclusiveMinimum=0" jsonschema_description:"Tokens of the data set, for hours and cost." default:"none" panel:"basic" scale:"log"`
	MaxHourlyUSD   Opt[float64]           `json:"maxHourlyUsd,omitzero" jsonschema:"exclusiveMinimum=0" jsonschema_description:"Recommend only GPUs up to this price." unit:"USD per hour" default:"none" panel:"hardware"`
	MaxPurchaseUSD Opt[float64]           `json:"maxPurchaseUsd,omitzero" jsonschema:"exclusiveMinimum=0" jsonschema_description:"Recommend only GPUs up to this price." unit:"USD" default:"none" panel:"hardware"`
	GPUVendors     Opt[[]catalog.Vendor]  `json:"gpuVendors,omitzero" jsonschema:"maxItems=64" jsonschema_description:"Recommend only these vendors." default:"those of torch.cuda: NVIDIA, AMD" panel:"hardware"`
	GPUSegments    Opt[[]catalog.Segment] `json:"gpuSegments,omitzero" jsonschema:"maxItems=64" jsonschema_description:"Recommend only these segments." default:"all" panel:"hardware"`
	Detail         Opt[report.Detail]     `json:"detail,omitzero" jsonschema_description:"How much the answer tells." default:"standard"`
	FormulaSet     Opt[report.FormulaSet] `json:"formulaSet,omitzero" jsonschema_description:"architecture: what the model does; guide: the documented closed forms beside it." default:"architecture"`
	Language       Opt[Language]          `json:"language,omitzero" jsonschema_description:"Language of the prose." default:"en"`
}

// Shown is how much the answer is to tell, and by which formulas.
func (a *AnswerArgs) Shown() (report.Detail, report.FormulaSet) {
	return a.Detail.Or(report.Standard), a.FormulaSet.Or(report.Architecture)
}
