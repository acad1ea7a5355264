package report

import (
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
)

// Description is what describe_model answers.
type Description struct {
	Summary     say.Text     `json:"summary" jsonschema_description:"The model in a sentence, or what is near the name."`
	Model       *Model       `json:"model,omitempty" jsonschema_description:"Absent where no model has the name."`
	Near        []NearModel  `json:"near,omitempty" jsonschema_description:"Catalogue models near a name that no model has, best first."`
	Validation  *Validation  `json:"validation,omitempty" jsonschema_description:"What is wrong or unusual about the arguments."`
	Assumptions []Assumption `json:"assumptions,omitempty" jsonschema_description:"Fields that a pasted config.json leaves to the library, and values that were derived."`
}

// NearModel is one result of a search.
type NearModel struct {
	ID         string       `json:"id"`
	Name       string       `json:"name"`
	Type       string       `json:"modelType"`
	Parameters *unit.Params `json:"parameters,omitempty" jsonschema_description:"Published count; absent where none was published."`
}

// Model is what a model is and what it takes.
type Model struct {
	ID           string `json:"id" jsonschema_description:"Catalogue id; empty for a pasted config.json."`
	Name         string `json:"name"`
	HFID         string `json:"huggingFaceId,omitempty"`
	Type         string `json:"modelType" jsonschema_description:"nlp, multimodal, moe or cnn."`
	Architecture string `json:"architectureType"`
	Disclosed    bool   `json:"disclosed" jsonschema_description:"False where the maker never published a shape; then there are no figures."`

	Shape               *Shape                `json:"shape,omitempty" jsonschema_description:"Dimensions under the names of the arguments that change them."`
	Parameters          *ModelParameters      `json:"parameters,omitempty" jsonschema_description:"Counted on the model's own tensors; absent where the architecture is not modelled."`
	PublishedParameters *unit.Params          `json:"publishedParameters,omitempty" jsonschema_description:"As published; what it counts besides is in notes."`
	BytesByPrecision    map[string]unit.Bytes `json:"bytesByPrecision,omitempty" jsonschema_description:"Parameters and buffers by argument precision; int8 is LLM.int8 and int4 nf4, of linear layers only."`
	BytesByQuantization map[string]unit.Bytes `json:"bytesByQuantization,omitempty" jsonschema_description:"Parameters and buffers by argument quantization, what is not quantized in bf16."`
	Context             int64                 `json:"context,omitempty" jsonschema_description:"Longest sequence in tokens; absent where nothing limits it."`
	KVBytesPerToken     unit.Bytes            `json:"kvBytesPerToken,omitempty" jsonschema_description:"Bytes that transformers' cache gains with each token in 16 bits."`
	LinearModules       []string              `json:"linearModules,omitempty" jsonschema_description:"What loraTargetModules can name; * is the number of a layer."`
	Training            []TrainingMethod      `json:"training,omitempty" jsonschema_description:"What can and cannot be trained."`
	Notes               []say.Text            `json:"notes,omitempty"`
	Sources             []string              `json:"sources,omitempty"`
	Checked             string                `json:"checked,omitempty" jsonschema_description:"Date of the last comparison with the sources."`
}

// ModelParameters counts scalars: a tied matrix once, buffers not.
type ModelParameters struct {
	Total          unit.Params `json:"total"`
	ActivePerToken unit.Params `json:"activePerToken" jsonschema_description:"Less than total only with routed experts."`
	Parts          []Share     `json:"parts" jsonschema_description:"By component, as estimates name them."`
	Kinds          []Share     `json:"kinds" jsonschema_description:"By kind: linear, bias, norm, embedding, convolution, expert, other."`
	Modules        []Share     `json:"modules" jsonschema_description:"By module, all repetitions of a layer together."`
}

// Share is the number of parameters of one part.
type Share struct {
	ID         string      `json:"id"`
	Parameters unit.Params `json:"parameters"`
}

// TrainingMethod says whether a fine-tuning method works on a model.
type TrainingMethod struct {
	Method    string       `json:"fineTuningMethod"`
	Possible  bool         `json:"possible"`
	Trainable *unit.Params `json:"trainable,omitempty" jsonschema_description:"Trained parameters at the defaults."`
	Why       say.Text     `json:"why,omitzero" jsonschema_description:"What stands against it, or how it is meant."`
}

// Shape holds a model's dimensions. What it does not have is absent.
type Shape struct {
	HiddenSize          int64  `json:"hiddenSize,omitempty"`
	Layers              int64  `json:"numLayers,omitempty" jsonschema_description:"Of the encoder where there are two stacks."`
	DecoderLayers       int64  `json:"decoderLayers,omitempty"`
	Heads               int64  `json:"numAttentionHeads,omitempty"`
	KVHeads             int64  `json:"numKeyValueHeads,omitempty"`
	HeadDim             int64  `json:"headDim,omitempty"`
	IntermediateSize    int64  `json:"intermediateSize,omitempty"`
	VocabSize           int64  `json:"vocabSize,omitempty"`
	TieWordEmbeddings   *bool  `json:"tieWordEmbeddings,omitempty"`
	PositionEncoding    string `json:"positionEncodingType,omitempty"`
	Norm                string `json:"norm,omitempty"`
	Activation          string `json:"activation,omitempty"`
	SlidingWindow       int64  `json:"slidingWindow,omitempty"`
	WindowPattern       int64  `json:"windowPattern,omitempty" jsonschema_description:"Every n-th layer sees all tokens, the others a window."`
	QueryLatentRank     int64  `json:"queryLatentRank,omitempty"`
	KeyValueLatentRank  int64  `json:"keyValueLatentRank,omitempty"`
	Experts             int64  `json:"numExperts,omitempty"`
	ActiveExperts       int64  `json:"numActiveExperts,omitempty"`
	SharedExperts       int64  `json:"numSharedExperts,omitempty"`
	ExpertSize          int64  `json:"moeIntermediateSize,omitempty"`
	FirstDenseLayers    int64  `json:"firstDenseLayers,omitempty"`
	MoELayerFrequency   int64  `json:"moeLayerFrequency,omitempty"`
	VisionEncoderType   string `json:"visionEncoderType,omitempty"`
	VisionFeatureDim    int64  `json:"visionFeatureDim,omitempty"`
	VisionLayers        int64  `json:"visionLayers,omitempty"`
	VisionHeads         int64  `json:"visionHeads,omitempty"`
	VisionIntermediate  int64  `json:"visionIntermediateSize,omitempty"`
	PatchSize           int64  `json:"patchSize,omitempty"`
	ImageResolution     int64  `json:"imageResolution,omitempty"`
	ImageTokens         int64  `json:"imageTokens,omitempty" jsonschema_description:"Of one image or tile, where the model fixes it."`
	Fusion              string `json:"modalFusionStrategy,omitempty"`
	Library             string `json:"library,omitempty" jsonschema_description:"torchvision or timm."`
	Network             string `json:"network,omitempty" jsonschema_description:"The library's own name."`
	InputImageSize      int64  `json:"inputImageSize,omitempty"`
	ClassificationHead  int64  `json:"classificationHeadDim,omitempty"`
	CrossAttentionCount int64  `json:"crossAttentionLayers,omitempty"`
}
