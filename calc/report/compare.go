package report

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
)

// whys says where the documented closed form of a component parts from what
// the model does on a card.
var whys = map[memory.Component]say.Text{
	memory.ModelWeights:         say.F("the guide multiplies parameters by the precision; quantization constants, layers left unquantized, fp32 copies and sharding are not in it"),
	memory.VisionEncoder:        say.F("the guide adds the pixels of one image to the tower's weights"),
	memory.TextEncoder:          say.F("the guide multiplies parameters by the precision, without quantization constants or sharding"),
	memory.FusionLayer:          say.F("the guide multiplies parameters by the precision"),
	memory.DenseWeights:         say.F("the guide leaves out attention, norms, embeddings and shared experts, which are resident"),
	memory.Router:               say.F("the guide counts one router; every layer with experts has one"),
	memory.ActiveExperts:        say.F("the guide counts an expert's weights in the precision; experts that a token visits differ from token to token"),
	memory.InactiveExperts:      say.F("the guide leaves them out; every expert is resident"),
	memory.ConvolutionLayers:    say.F("the guide counts them in the precision; under autocast they stay in fp32"),
	memory.FullyConnected:       say.F("the guide counts them in the precision; under autocast they stay in fp32"),
	memory.BatchNorm:            say.F("statistics stay in fp32 in every precision, with a counter for each layer"),
	memory.LoRAParameters:       say.F("the guide counts two copies in the precision; one exists, in fp32 unless told otherwise, and its gradients and states are lines of their own"),
	memory.GradientStorage:      say.F("gradients have the width of their weights, and only those alive at the peak count"),
	memory.OptimizerStates:      say.F("states have a width of their own (8-bit blocks, fp32 adapters), and small tensors stay in fp32"),
	memory.ActivationStorage:    say.F("the guide keeps one number of bytes per element; what autograd keeps depends on norms, MLP width, kernels, what is frozen, and the phase of the peak"),
	memory.ImageFeatures:        say.F("the guide counts the tower's output in the precision; kept features also include the projection"),
	memory.CrossModalAttention:  say.F("the guide materializes one attention map; kernels of today do not, and models without cross-attention have none"),
	memory.FeatureMaps:          say.F("the guide counts each convolution's output once; autograd keeps the input of each convolution and norm and the activation's output"),
	memory.RoutingProbabilities: say.F("the guide counts one layer"),
	memory.ExpertAssignment:     say.F("the guide counts one layer; indices are 8 bytes wide"),
	memory.LoadBalance:          say.F("the guide counts one number for each expert; the loss keeps one-hot masks of every token"),
	memory.Logits:               say.F("the guide has none; vocabulary times tokens, in fp32 and more than once"),
	memory.KVCache:              say.F("a training step keeps no cache; the guide counts one with as many key heads as query heads"),
	memory.DataAugmentation:     say.F("the guide doubles the batch in the precision; the input is kept once, augmented on the CPU unless told otherwise"),
	memory.Workspace:            say.F("the guide has none"),
	memory.Temporaries:          say.F("the guide has none"),
	memory.Fragmentation:        say.F("the guide has none; what the caching allocator holds beyond the tensors"),
	memory.Communication:        say.F("the guide has none"),
	memory.Reserved:             say.F("documented as 1 to 2 GiB"),
}

// compare sets the guide's lines beside the architecture's, in the order of the
// components.
func compare(guide []line, architecture []memory.Line) []Comparison {
	var g, a [memory.Components]unit.Bytes
	for _, l := range guide {
		g[l.component] = unit.Add(g[l.component], l.bytes)
	}
	for _, l := range architecture {
		a[l.Component] = unit.Add(a[l.Component], l.Bytes)
	}
	var out []Comparison
	for c := range memory.Component(memory.Components) {
		if g[c] == 0 && a[c] == 0 {
			continue
		}
		out = append(out, Comparison{Component: c.ID(), GuideBytes: g[c], ArchitectureBytes: a[c], Why: whys[c]})
	}
	return out
}
