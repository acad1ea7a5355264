package schemas

import "vramcalc/calc/workload"

// GRPOArgs are the arguments of training on preferences, on rewards or on a
// model's own completions.
type GRPOArgs struct {
	WorkloadArgs

	Algorithm            Opt[workload.Algorithm] `json:"algorithm,omitzero" jsonschema_description:"How the model is aligned: grpo on its own completions, dpo and orpo on pairs, reward a reward model." applies:"nlp, moe" default:"grpo" panel:"basic"`
	PromptLength         Opt[int64]              `json:"promptLength,omitzero" jsonschema:"minimum=1,maximum=10485760" jsonschema_description:"Tokens of a row before its completion; they are not scored." applies:"nlp, moe" unit:"tokens" default:"512" panel:"basic" usual:"1..32768" scale:"log"`
	CompletionLength     Opt[int64]              `json:"completionLength,omitzero" jsonschema:"minimum=1,maximum=10485760" jsonschema_description:"Tokens of a completion. With promptLength and sequenceLength (their sum) any two suffice." applies:"nlp, moe" unit:"tokens" default:"512" panel:"basic" usual:"1..32768" scale:"log"`
	NumGenerations       Opt[int64]              `json:"numGenerations,omitzero" jsonschema:"minimum=2,maximum=65536" jsonschema_description:"[grpo] Completions of one prompt; batchSize (completions) x gradientAccumulationSteps x numGpus is a multiple of it." applies:"nlp, moe" unit:"completions" default:"8" panel:"basic" usual:"4..64" scale:"log"`
	Beta                 Opt[float64]            `json:"beta,omitzero" jsonschema:"minimum=0" jsonschema_description:"Weight of the divergence from the reference; above 0 grpo scores completions with a reference." applies:"nlp, moe" default:"0" panel:"advanced" usual:"0|0.001..0.5"`
	ReferenceModel       Opt[bool]               `json:"referenceModel,omitzero" jsonschema_description:"Keep a second, frozen copy of the weights. Without one adapters are switched off for the reference; dpo without either has its log-probabilities computed before." applies:"nlp, moe" default:"true where beta > 0, or dpo, without adapters" panel:"advanced"`
	Rollout              Opt[workload.Rollout]   `json:"rollout,omitzero" jsonschema_description:"[grpo] Who writes completions: the model itself (transformers), a vLLM engine in the same process (vllm-colocate), or one on other GPUs (vllm-server)." applies:"nlp, moe" default:"transformers" panel:"basic"`
	GPUMemoryUtilization Opt[float64]            `json:"gpuMemoryUtilization,omitzero" jsonschema:"exclusiveMinimum=0,maximum=1" jsonschema_description:"[vllm-colocate] Share of the card's memory that the engine takes." applies:"nlp, moe" default:"0.3" panel:"hardware" usual:"0.1..0.7"`
}

// alignmentArguments are those that the tool has of its own.
var alignmentArguments = []string{
	"algorithm", "promptLength", "completionLength", "numGenerations", "beta", "referenceModel", "rollout", "gpuMemoryUtilization",
}

// Published lists the arguments of the published schema.
func (*GRPOArgs) Published() []string {
	return publishedWithout(PublishedWith(alignmentArguments...), []string{"imageResolution", "inputImageSize", "lossImplementation", "zeroStage"})
}
