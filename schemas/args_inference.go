package schemas

import "vramcalc/calc/workload"

// InferenceArgs are the arguments of inference: a model, what it reads and
// writes, and how it remembers.
type InferenceArgs struct {
	WorkloadArgs

	PromptLength         Opt[int64]                        `json:"promptLength,omitzero" jsonschema:"minimum=1,maximum=10485760" jsonschema_description:"Tokens of the prompt." applies:"nlp, multimodal, moe" unit:"tokens" default:"2048, or sequenceLength less newTokens" panel:"basic" usual:"1..131072" scale:"log"`
	NewTokens            Opt[int64]                        `json:"newTokens,omitzero" jsonschema:"minimum=0,maximum=10485760" jsonschema_description:"Tokens generated after the prompt; 0 = one forward of the prompt. With promptLength and sequenceLength (their sum) any two suffice." applies:"nlp, multimodal, moe" unit:"tokens" default:"256" panel:"basic" usual:"0|1..8192" scale:"log"`
	CacheImplementation  Opt[workload.CacheImplementation] `json:"cacheImplementation,omitzero" jsonschema_description:"How keys and values are kept: dynamic (grows by joining), static (all room at once), paged (a server's pool of blocks)." applies:"nlp, multimodal, moe" default:"dynamic" panel:"optimization"`
	CachePrecision       Opt[workload.CachePrecision]      `json:"cachePrecision,omitzero" jsonschema_description:"Width of cached keys and values." applies:"nlp, multimodal, moe" default:"the model's" panel:"optimization"`
	ConcurrentRequests   Opt[int64]                        `json:"concurrentRequests,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"Requests that a paged cache holds and continues at once; batchSize of them are read at once." applies:"nlp, multimodal, moe" unit:"requests" default:"batchSize" panel:"basic" scale:"log"`
	GPUMemoryUtilization Opt[float64]                      `json:"gpuMemoryUtilization,omitzero" jsonschema:"exclusiveMinimum=0,maximum=1" jsonschema_description:"Share of the card's memory that a server with a paged cache takes, whatever it needs." applies:"nlp, multimodal, moe" default:"0.9" panel:"hardware" usual:"0.5..0.95"`
	Logits               Opt[workload.LogitsKept]          `json:"logits,omitzero" jsonschema_description:"Logits of the prompt's last token or of all its tokens." applies:"nlp, multimodal, moe" default:"last" panel:"advanced"`
	Sampling             Opt[bool]                         `json:"sampling,omitzero" jsonschema_description:"Sample among the 50 likeliest tokens instead of taking the likeliest." applies:"nlp, multimodal, moe" default:"false" panel:"advanced"`
	Quantization         Opt[workload.Served]              `json:"quantization,omitzero" jsonschema_description:"How weights are stored." applies:"nlp, multimodal, moe" default:"from precision" panel:"basic"`
}

// servingArguments are the arguments that inference has of its own.
var servingArguments = []string{
	"promptLength", "newTokens", "cacheImplementation", "cachePrecision", "concurrentRequests",
	"gpuMemoryUtilization", "logits", "sampling",
}

// Published lists the arguments of the published schema.
func (*InferenceArgs) Published() []string {
	return publishedWithout(PublishedWith(servingArguments...), trainingArguments)
}
