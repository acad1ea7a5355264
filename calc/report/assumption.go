package report

import (
	"fmt"
	"slices"

	"vramcalc/calc/say"
)

// Assumption is a value that the caller did not give.
type Assumption struct {
	Argument string   `json:"argument"`
	Value    any      `json:"value"`
	Origin   Origin   `json:"origin" jsonschema_description:"model, derived, default or stack."`
	Why      say.Text `json:"why"`
}

// Origin says where an assumed value comes from.
type Origin string

// The origins.
const (
	FromModel Origin = "model"   // the catalogue model or the pasted config.json
	Derived   Origin = "derived" // follows from other values
	Default   Origin = "default" // the documented default
	FromStack Origin = "stack"   // the training stack decides
)

// withoutBytes are the arguments that no byte depends on.
var withoutBytes = []string{
	"auxiliaryLossWeight",
	"crossModalAlignmentWeight",
	"dataAugmentationStrategy",
	"datasetSamples",
	"datasetTokens",
	"detail",
	"expertInitStrategy",
	"expertRegularization",
	"expertSpecialization",
	"formulaSet",
	"gpuSegments",
	"gpuVendors",
	"imageTextContrastWeight",
	"labelSmoothing",
	"language",
	"learningRate",
	"loadBalanceLossWeight",
	"loraAlpha",
	"lrScheduler",
	"maxHourlyUsd",
	"maxPurchaseUsd",
	"repetitionPenalty",
	"temperature",
	"topP",
	"trainingEpochs",
	"warmupSteps",
	"weightDecay",
}

// dimensions are the arguments that make a model's shape.
var dimensions = []string{
	"firstDenseLayers",
	"headDim",
	"hiddenSize",
	"intermediateSize",
	"moeIntermediateSize",
	"moeLayerFrequency",
	"numActiveExperts",
	"numAttentionHeads",
	"numExperts",
	"numKeyValueHeads",
	"numLayers",
	"numSharedExperts",
	"patchSize",
	"poolingStrategy",
	"positionEncodingType",
	"routingStrategy",
	"tieWordEmbeddings",
	"visionEncoderType",
	"visionFeatureDim",
	"vocabSize",
}

// assumptions picks what a level of detail tells: none; those that move bytes,
// without a model's own dimensions where the model is named, and without what a
// default leaves switched off; or all.
func assumptions(all []Assumption, d Detail) []Assumption {
	switch d {
	case Brief:
		return nil
	case Full:
		return all
	}
	named := slices.ContainsFunc(all, func(a Assumption) bool { return a.Argument == "modelId" })
	var out []Assumption
	for _, a := range all {
		if among(withoutBytes, a) || a.Origin == Default && isOff(a.Value) {
			continue
		}
		if among(dimensions, a) && (a.Origin == FromModel || named) {
			continue
		}
		out = append(out, a)
	}
	return out
}

func among(sorted []string, a Assumption) bool {
	_, found := slices.BinarySearch(sorted, a.Argument)
	return found
}

// isOff says whether a value is the one that switches nothing on: none of it,
// or one way to split.
func isOff(value any) bool {
	switch fmt.Sprint(value) {
	case "0", "1", "false", "none":
		return true
	}
	return false
}
