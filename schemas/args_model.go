package schemas

import (
	"vramcalc/calc/workload"
)

// Arguments that say which model.

// ModelArgs say which model is run.
type ModelArgs struct {
	ModelType        Opt[workload.Kind]         `json:"modelType,omitzero" jsonschema_description:"Type of model." panel:"basic"`
	ModelSize        Opt[float64]               `json:"modelSize,omitzero" jsonschema:"exclusiveMinimum=0,maximum=10000" jsonschema_description:"Total parameters in billions: all experts and the vision tower, without adapters. Needed with architectureType unless modelId or modelConfig is given." unit:"billion" panel:"basic" usual:"nlp 0.06..700; multimodal 0.08..400; moe 0.2..2000; cnn 0.001..1" scale:"log"`
	ArchitectureType Opt[workload.Architecture] `json:"architectureType,omitzero" jsonschema_description:"Architecture from whose published models modelSize derives a shape." panel:"basic"`
	ModelID          Opt[string]                `json:"modelId,omitzero" jsonschema_description:"Catalogue id, alias or Hugging Face id, torchvision/NAME or timm/NAME. Stands in for modelSize and architectureType." panel:"basic"`
	ModelConfig      Opt[Object]                `json:"modelConfig,omitzero" jsonschema_description:"A Hugging Face config.json as an object. Stands in for modelSize and architectureType." panel:"basic"`
	Head             Opt[workload.Head]         `json:"head,omitzero" jsonschema_description:"Head of the model." applies:"nlp, multimodal" default:"lm" panel:"advanced"`
}

// ShapeArgs override dimensions of a transformer.
type ShapeArgs struct {
	HiddenSize           Opt[int64]             `json:"hiddenSize,omitzero" jsonschema:"minimum=1,maximum=1048576" jsonschema_description:"Width of the residual stream." applies:"nlp, multimodal, moe" default:"the model's" panel:"advanced" usual:"512..16384" scale:"log"`
	NumLayers            Opt[int64]             `json:"numLayers,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"Layers of each stack." applies:"nlp, multimodal, moe" default:"the model's" panel:"advanced" usual:"6..128"`
	NumAttentionHeads    Opt[int64]             `json:"numAttentionHeads,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"Query heads; they divide hiddenSize unless headDim is given." applies:"nlp, multimodal, moe" default:"the model's" panel:"advanced" usual:"8..128"`
	NumKeyValueHeads     Opt[int64]             `json:"numKeyValueHeads,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"Key-value heads; they divide numAttentionHeads." applies:"nlp, multimodal, moe" default:"the model's" panel:"advanced"`
	HeadDim              Opt[int64]             `json:"headDim,omitzero" jsonschema:"minimum=1,maximum=65536" jsonschema_description:"Width of a head where it is not hiddenSize / numAttentionHeads." applies:"nlp, multimodal, moe" default:"the model's" panel:"advanced"`
	IntermediateSize     Opt[int64]             `json:"intermediateSize,omitzero" jsonschema:"minimum=1,maximum=16777216" jsonschema_description:"Inner width of the dense MLP." applies:"nlp, multimodal, moe" default:"the model's" panel:"advanced" scale:"log"`
	VocabSize            Opt[int64]             `json:"vocabSize,omitzero" jsonschema:"minimum=1,maximum=16777216" jsonschema_description:"Rows of the embedding." applies:"nlp, multimodal, moe" default:"the model's" panel:"advanced" usual:"30000..300000" scale:"log"`
	TieWordEmbeddings    Opt[bool]              `json:"tieWordEmbeddings,omitzero" jsonschema_description:"Whether the output head is the embedding." applies:"nlp, multimodal, moe" default:"the model's" panel:"advanced"`
	PositionEncodingType Opt[workload.Position] `json:"positionEncodingType,omitzero" jsonschema_description:"How positions are encoded." applies:"nlp, multimodal, moe" default:"the architecture's" panel:"advanced"`
}
