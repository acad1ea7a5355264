package schemas

import (
	"vramcalc/calc/workload"
)

// Arguments of models that read or write text.

// TextArgs say what text goes in and how it is computed.
type TextArgs struct {
	SequenceLength          Opt[int64]                            `json:"sequenceLength,omitzero" jsonschema:"minimum=1,maximum=10485760" jsonschema_description:"Text tokens of a sample; image tokens come on top." applies:"nlp, multimodal, moe" unit:"tokens" default:"2048 or the context if less; multimodal 1024, CLIP-like 77" panel:"basic" usual:"32..32768" scale:"log"`
	DecoderSequenceLength   Opt[int64]                            `json:"decoderSequenceLength,omitzero" jsonschema:"minimum=1,maximum=10485760" jsonschema_description:"Tokens on the decoder's side, encoder-decoder models only." applies:"nlp, multimodal, moe" unit:"tokens" default:"sequenceLength / 4" panel:"basic" scale:"log"`
	Packing                 Opt[bool]                             `json:"packing,omitzero" jsonschema_description:"Samples packed into full rows without padding, as trl-sft does with bfd." applies:"nlp, moe" default:"false" panel:"advanced"`
	SampleLengths           Opt[[]int64]                          `json:"sampleLengths,omitzero" jsonschema:"minItems=1,maxItems=65536,minimum=1,maximum=10485760" jsonschema_description:"Real lengths of the samples in the batch, padded to the longest." applies:"nlp, moe" unit:"tokens" default:"all sequenceLength" panel:"advanced"`
	AttentionImplementation Opt[workload.AttentionImplementation] `json:"attentionImplementation,omitzero" jsonschema_description:"Attention kernel." applies:"nlp, multimodal, moe" default:"sdpa" panel:"optimization"`
	LossImplementation      Opt[workload.LossImplementation]      `json:"lossImplementation,omitzero" jsonschema_description:"Language-model loss: standard keeps full fp32 logits; fused (Liger) and chunked (TRL) never hold them all." applies:"nlp, multimodal, moe" default:"standard, or the stack's" panel:"optimization"`
	Temperature             Opt[float64]                          `json:"temperature,omitzero" jsonschema:"exclusiveMinimum=0,maximum=2" jsonschema_description:"Sampling temperature; no effect on memory." applies:"nlp" default:"0.7" panel:"advanced" usual:"0.1..1"`
	TopP                    Opt[float64]                          `json:"topP,omitzero" jsonschema:"exclusiveMinimum=0,maximum=1" jsonschema_description:"Nucleus sampling; no effect on memory." applies:"nlp" default:"0.9" panel:"advanced" usual:"0.9..0.95"`
	RepetitionPenalty       Opt[float64]                          `json:"repetitionPenalty,omitzero" jsonschema:"exclusiveMinimum=0,maximum=2" jsonschema_description:"Repetition penalty; no effect on memory." applies:"nlp" default:"1.1" panel:"advanced" usual:"1..1.2"`
}
