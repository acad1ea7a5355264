// Package memory names what memory is for: phases of a run, components of an
// answer, and the breakdown that an estimate gives.
package memory

import "vramcalc/calc/unit"

// Phase is a part of a run that has a peak of its own.
type Phase uint8

// The phases in the order of an answer. Forward includes the loss.
const (
	Load Phase = iota
	Forward
	Backward
	Optimizer
	Prefill
	Decode
	Rollout
	Evaluation
	Phases int = iota
)

var phaseNames = [...]string{"load", "forward", "backward", "optimizer", "prefill", "decode", "rollout", "evaluation"}

// String is the name on the wire.
func (p Phase) String() string { return phaseNames[p] }

// Category groups components.
type Category uint8

// The categories of an answer.
const (
	Weights Category = iota
	Gradients
	OptimizerState
	Activations
	Cache
	Adapters
	Overhead
)

var categoryNames = [...]string{"weights", "gradients", "optimizer", "activations", "cache", "adapters", "overhead"}

// String is the name on the wire.
func (c Category) String() string { return categoryNames[c] }

// Component is what a tensor is for: the lines of an answer.
type Component uint8

// The components of all engines, in the order of an answer.
const (
	ModelWeights Component = iota
	VisionEncoder
	TextEncoder
	FusionLayer
	DenseWeights
	Router
	ActiveExperts
	InactiveExperts
	ConvolutionLayers
	FullyConnected
	BatchNorm
	LoRAParameters
	GradientStorage
	OptimizerStates
	ActivationStorage
	ImageFeatures
	CrossModalAttention
	FeatureMaps
	RoutingProbabilities
	ExpertAssignment
	LoadBalance
	Logits
	KVCache
	DataAugmentation
	Workspace
	Temporaries
	Fragmentation
	Communication
	Reserved
	Components int = iota
)

var componentRows = [...]struct {
	id, label string
	category  Category
}{
	ModelWeights:         {"modelWeights", "Model weights", Weights},
	VisionEncoder:        {"visionEncoder", "Vision encoder weights", Weights},
	TextEncoder:          {"textEncoder", "Text model weights", Weights},
	FusionLayer:          {"fusionLayer", "Fusion layer weights", Weights},
	DenseWeights:         {"denseWeights", "Dense weights (attention, norms, embeddings, shared experts)", Weights},
	Router:               {"router", "Router weights", Weights},
	ActiveExperts:        {"activeExperts", "Weights of the experts a token visits", Weights},
	InactiveExperts:      {"inactiveExperts", "Weights of the other experts, resident all the same", Weights},
	ConvolutionLayers:    {"convolutionLayers", "Convolution weights", Weights},
	FullyConnected:       {"fullyConnected", "Fully connected weights", Weights},
	BatchNorm:            {"batchNorm", "Normalization weights and statistics", Weights},
	LoRAParameters:       {"loraParameters", "LoRA adapter weights", Adapters},
	GradientStorage:      {"gradients", "Gradients of trainable parameters", Gradients},
	OptimizerStates:      {"optimizerStates", "Optimizer states", OptimizerState},
	ActivationStorage:    {"activations", "Activations kept for backward", Activations},
	ImageFeatures:        {"imageFeatures", "Image features", Activations},
	CrossModalAttention:  {"crossModalAttention", "Cross-modal attention", Activations},
	FeatureMaps:          {"featureMaps", "Feature maps kept for backward", Activations},
	RoutingProbabilities: {"routingProbabilities", "Routing probabilities", Activations},
	ExpertAssignment:     {"expertAssignment", "Expert assignment of tokens", Activations},
	LoadBalance:          {"loadBalance", "Load-balance loss", Activations},
	Logits:               {"logits", "Logits and loss", Activations},
	KVCache:              {"kvCache", "KV cache", Cache},
	DataAugmentation:     {"dataAugmentation", "Input batch and augmentation", Activations},
	Workspace:            {"workspace", "Convolution workspace", Overhead},
	Temporaries:          {"temporaries", "Temporaries (gradients in flight, kernel scratch)", Overhead},
	Fragmentation:        {"fragmentation", "Held by the caching allocator beyond the tensors", Overhead},
	Communication:        {"communication", "NCCL buffers", Overhead},
	Reserved:             {"reserved", "CUDA context and libraries", Overhead},
}

// ID is the name on the wire.
func (c Component) ID() string { return componentRows[c].id }

// Label is the name for people.
func (c Component) Label() string { return componentRows[c].label }

// Category is the group the component belongs to.
func (c Component) Category() Category { return componentRows[c].category }

// Counts are unique scalar parameters.
type Counts struct {
	Total          unit.Params
	Trainable      unit.Params
	Frozen         unit.Params
	ActivePerToken unit.Params // less than Total only with routed experts
	Adapters       unit.Params // part of Total and Trainable that adapters add
}

// Line is one component of an answer.
type Line struct {
	Component Component
	Bytes     unit.Bytes
	Formula   string           // closed form of Bytes over Values; empty for overhead outside tensors
	Values    map[string]int64 // the symbols of Formula
	Note      string
}

// Tensor is a group of equal tensors alive at the peak.
type Tensor struct {
	Label string
	Shape string // in symbols and numbers: [B, S, h] = [4, 2048, 4096]
	DType string
	Count int64
	Bytes unit.Bytes // of all of them
}

// PhasePeak is the most tensor bytes alive in a phase.
type PhasePeak struct {
	Phase Phase
	Bytes unit.Bytes
	Held  [Components]unit.Bytes // what they are for; sums to Bytes
}

// Breakdown is the memory of a run on one GPU: the answer of an engine.
type Breakdown struct {
	Total         unit.Bytes // what must be free on the card
	Low, High     unit.Bytes // Low ≤ Total ≤ High
	PeakTensor    unit.Bytes // tensors alive at the peak
	PeakAllocated unit.Bytes // the blocks they take in the caching allocator
	PeakReserved  unit.Bytes // what the allocator holds
	Host          unit.Bytes // host memory of offloading and paging
	PeakPhase     Phase
	Phases        []PhasePeak
	Lines         []Line     // largest first; sums to Total
	Weights       unit.Bytes // parameters and buffers resident before the first step
	Resident      unit.Bytes // alive between steps of training
	Saved         unit.Bytes // alive after forward beyond what was alive before it
	Params        Counts
	Tensors       []Tensor
	Work          Work     // of one optimizer step, all micro-batches
	Notes         []string // what the numbers rest on: bounds, stand-ins
	Server        *Server  // of inference with a paged cache, else nil
}

// Server is what a server with a paged cache takes and holds.
type Server struct {
	Reserve  unit.Bytes // share of the card that it takes, whatever it needs; 0 where no card is named
	Need     unit.Bytes // what its requests need
	Pool     unit.Bytes // blocks for keys and values
	Tokens   int64      // that the pool holds
	Requests int64      // of the asked length that the pool holds
}
