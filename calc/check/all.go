package check

import (
	"slices"
	"strings"
)

// all lists every rule, sorted by id. A rule that is not listed here does not
// run, is not documented and fails the tests of the package.
var all = []*Rule{
	Duplicate,
	Missing,
	NotAChoice,
	NotAnswered,
	NotApplicable,
	NotJSON,
	NotObject,
	OutOfRange,
	Quoted,
	TooDeep,
	Unknown,
	WithoutEffect,
	WrongType,
	kernelEven,
	smoothingMissing,
	MixedPrecisionConflict,
	storedPrecision,
	GPUWithoutBF16,
	GPUUnknown,
	alphaAboveRank,
	alphaBelowRank,
	savedEmbeddings,
	fp16Adapters,
	kbitOff,
	loraRateLow,
	nothingAdapted,
	rankAboveDimension,
	rankOnFewTargets,
	TargetPattern,
	TargetUnknown,
	StrategyAndTargets,
	ModelConfigInvalid,
	ModelTwice,
	ModelNotModelled,
	ModelOtherArchitecture,
	ModelOtherType,
	ModelSizeDiffers,
	ModelUndisclosed,
	ModelUnknown,
	activeAboveCount,
	expertsNotQuantized,
	firstDenseAboveLayers,
	switchOneActive,
	adamDecay,
	eightBitStates,
	fusedMissing,
	galoreAdapters,
	galoreConvolutions,
	implementationIgnored,
	lionRate,
	momentumForConvolutions,
	sgdOnTransformer,
	expertSizeDividesExperts,
	expertsDivideReplicas,
	pipelineDividesLayers,
	sizesDivideGPUs,
	tensorDividesHeads,
	updatesLost,
	classifierPure,
	doubleQuantization,
	fp16Default,
	fp32Classifier,
	fp32Transformer,
	fp4Inferior,
	int8Training,
	smallQuantized,
	constantRate,
	warmupMissing,
	warmupUnused,
	NotModelled,
	eagerSlow,
	eagerTooLarge,
	flashPrecision,
	generationAboveContext,
	headDimension,
	headsDivideHidden,
	kvHeadsDivideHeads,
	logitsLarge,
	paddingWaste,
	DropoutAbsent,
	PositionsFixed,
	sequenceAboveContext,
	sequenceAboveTable,
	sequenceMultiple,
	vocabularyMultiple,
	widthMultiple,
	accumulationInstead,
	autocastFP32,
	bandBatch,
	reentrantCheckpoints,
	clippingOff,
	fp16Pure,
	freezesNothing,
	freezeNothingNamed,
	frozenAboveLayers,
	precisionAgainstQuantization,
	prefixNeedsAttention,
	qloraUnquantized,
	trainedQuantized,
	EncoderFixed,
	FusionFixed,
	headsDivideFeatures,
	patchDividesImage,
	TextEncoderFixed,
}

// All lists the rules by id.
func All() []*Rule { return append([]*Rule(nil), all...) }

// Find is the rule of an id.
func Find(id string) (*Rule, bool) {
	for _, r := range all {
		if r.ID == id {
			return r, true
		}
	}
	return nil, false
}

// rangePrefix begins the ids of rules about usual ranges.
const rangePrefix = "range/"

// UsualRange is the rule about the usual range of an argument.
func UsualRange(argument string) (*Rule, bool) {
	for _, r := range all {
		if strings.HasPrefix(r.ID, rangePrefix) && slices.Contains(r.Params, argument) {
			return r, true
		}
	}
	return nil, false
}
