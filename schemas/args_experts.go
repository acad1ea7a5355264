package schemas

import (
	"vramcalc/calc/workload"
)

// Arguments of mixtures of experts.

// ExpertArgs describe the experts and how tokens reach them.
type ExpertArgs struct {
	NumExperts            Opt[int64]                          `json:"numExperts,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"Routed experts of a layer." applies:"moe" default:"the model's, else 8" panel:"basic" usual:"8..2048" scale:"log"`
	NumActiveExperts      Opt[int64]                          `json:"numActiveExperts,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"Experts that a token visits; at most numExperts." applies:"moe" default:"the model's, else 2; switch 1" panel:"basic" usual:"1..8"`
	NumSharedExperts      Opt[int64]                          `json:"numSharedExperts,omitzero" jsonschema:"minimum=0,maximum=65536" jsonschema_description:"Experts that every token visits." applies:"moe" default:"the model's" panel:"advanced"`
	MoEIntermediateSize   Opt[int64]                          `json:"moeIntermediateSize,omitzero" jsonschema:"minimum=0,maximum=16777216" jsonschema_description:"Inner width of one expert; 0 = the model's." applies:"moe" default:"the model's" panel:"advanced"`
	FirstDenseLayers      Opt[int64]                          `json:"firstDenseLayers,omitzero" jsonschema:"minimum=0,maximum=65536" jsonschema_description:"Leading layers without experts." applies:"moe" default:"the model's" panel:"advanced"`
	MoELayerFrequency     Opt[int64]                          `json:"moeLayerFrequency,omitzero" jsonschema:"minimum=0,maximum=65536" jsonschema_description:"Every n-th layer has experts; 0 and 1 = all." applies:"moe" default:"the model's" panel:"advanced"`
	RoutingStrategy       Opt[workload.Routing]               `json:"routingStrategy,omitzero" jsonschema_description:"How tokens choose experts." applies:"moe" default:"the architecture's, else top-k" panel:"basic"`
	ExpertCapacityFactor  Opt[float64]                        `json:"expertCapacityFactor,omitzero" jsonschema:"minimum=0,maximum=65536" jsonschema_description:"Room of an expert over an even share; 0 = dropless." applies:"moe" default:"1.25 for Switch and GLaM, else 0" panel:"advanced" usual:"0|1..2"`
	ExpertsImplementation Opt[workload.ExpertsImplementation] `json:"expertsImplementation,omitzero" jsonschema_description:"How expert matrices are applied." applies:"moe" default:"grouped; capacity for Switch and GLaM" panel:"advanced"`
}

// ExpertTrainingArgs say how experts are trained.
type ExpertTrainingArgs struct {
	LoadBalanceLossWeight   Opt[float64]             `json:"loadBalanceLossWeight,omitzero" jsonschema:"minimum=0" jsonschema_description:"Weight of the load-balance loss; 0 = off." applies:"moe" default:"0.01" panel:"optimization" usual:"0|0.01..0.1"`
	AuxiliaryLossWeight     Opt[float64]             `json:"auxiliaryLossWeight,omitzero" jsonschema:"minimum=0" jsonschema_description:"Weight of the auxiliary loss; 0 = off." applies:"moe" default:"0.001" panel:"optimization" usual:"0|0.001..0.01"`
	ExpertDropoutRate       Opt[float64]             `json:"expertDropoutRate,omitzero" jsonschema:"minimum=0,exclusiveMaximum=1" jsonschema_description:"Dropout inside experts." applies:"moe" default:"0" panel:"optimization" usual:"0..0.1"`
	ExpertRegularization    Opt[float64]             `json:"expertRegularization,omitzero" jsonschema:"minimum=0" jsonschema_description:"Regularization of experts; no effect on memory." applies:"moe" default:"0.01" panel:"optimization" usual:"0.001..0.1"`
	ExpertSpecialization    Opt[float64]             `json:"expertSpecialization,omitzero" jsonschema:"minimum=0" jsonschema_description:"Specialization of experts; no effect on memory." applies:"moe" default:"0.8" panel:"optimization" usual:"0.1..1"`
	ExpertInitStrategy      Opt[workload.ExpertInit] `json:"expertInitStrategy,omitzero" jsonschema_description:"How experts start; no effect on memory." applies:"moe" default:"random" panel:"advanced"`
	LoRAApplicationStrategy Opt[workload.ExpertLoRA] `json:"loraApplicationStrategy,omitzero" jsonschema_description:"Where LoRA goes when loraTargetModules is not given." applies:"moe" methods:"lora, qlora" default:"attention-only" panel:"advanced"`
}
