package schemas

import (
	"vramcalc/calc/workload"
)

// Arguments of the fine-tuning methods.

// AdapterArgs describe LoRA.
type AdapterArgs struct {
	LoRARank          Opt[int64]                     `json:"loraRank,omitzero" jsonschema:"minimum=1,maximum=4096" jsonschema_description:"Rank of the adapters." methods:"lora, qlora" default:"16" panel:"basic" usual:"4..256" scale:"log"`
	LoRAAlpha         Opt[float64]                   `json:"loraAlpha,omitzero" jsonschema:"exclusiveMinimum=0" jsonschema_description:"Scale of the adapters." methods:"lora, qlora" default:"2 x loraRank" panel:"advanced" usual:"16..128"`
	LoRADropout       Opt[float64]                   `json:"loraDropout,omitzero" jsonschema:"minimum=0,exclusiveMaximum=1" jsonschema_description:"Dropout before the adapters." methods:"lora, qlora" default:"0" panel:"advanced" usual:"0..0.2"`
	LoRATargetModules Opt[[]string]                  `json:"loraTargetModules,omitzero" jsonschema:"minItems=1,maxItems=256" jsonschema_description:"Linear layers that get an adapter: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj (mapped to the architecture's names), all-linear, the model's own names, or regular expressions over full names." methods:"lora, qlora" default:"the architecture's query and value" panel:"advanced"`
	LoRAModulesToSave Opt[[]string]                  `json:"loraModulesToSave,omitzero" jsonschema:"maxItems=256" jsonschema_description:"Modules trained and kept whole beside the adapters." methods:"lora, qlora" default:"none" panel:"advanced"`
	LoRAPrecision     Opt[workload.AdapterPrecision] `json:"loraPrecision,omitzero" jsonschema_description:"Width of the adapters: fp32, or that of the model." methods:"lora, qlora" default:"fp32" panel:"advanced"`
	KBitPreparation   Opt[bool]                      `json:"kbitPreparation,omitzero" jsonschema_description:"peft's prepare_model_for_kbit_training." methods:"qlora" default:"true" panel:"advanced"`
}

// FreezeArgs say what is frozen or prefixed.
type FreezeArgs struct {
	PrefixLength     Opt[int64]    `json:"prefixLength,omitzero" jsonschema:"minimum=1,maximum=1024" jsonschema_description:"Virtual tokens of prefix tuning." methods:"prefix" unit:"tokens" default:"30" panel:"advanced" usual:"10..200"`
	FrozenLayers     Opt[int64]    `json:"frozenLayers,omitzero" jsonschema:"minimum=0,maximum=65536" jsonschema_description:"Layers frozen from the bottom of each stack, with the embeddings; 0 freezes nothing; at most numLayers." methods:"freeze, lora, qlora" unit:"layers" default:"none" panel:"advanced"`
	FrozenModules    Opt[[]string] `json:"frozenModules,omitzero" jsonschema:"maxItems=256" jsonschema_description:"Beginnings of the model's parameter names that are frozen." methods:"freeze" default:"none" panel:"advanced"`
	TrainableModules Opt[[]string] `json:"trainableModules,omitzero" jsonschema:"maxItems=256" jsonschema_description:"Beginnings of the model's parameter names that alone are trained." methods:"freeze" default:"none" panel:"advanced"`
}
