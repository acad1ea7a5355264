package check

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
	MixedPrecisionConflict,
	storedPrecision,
	GPUWithoutBF16,
	GPUUnknown,
	generatesBeyondContext,
	generatesBeyondTable,
	LengthsDisagree,
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
	ModeAgainstMethod,
	NotMultimodal,
	expertSizeDividesExperts,
	expertsDivideReplicas,
	pipelineDividesLayers,
	sizesDivideGPUs,
	tensorDividesHeads,
	NotModelled,
	headsDivideHidden,
	kvHeadsDivideHeads,
	DropoutAbsent,
	PositionsFixed,
	sequenceAboveContext,
	sequenceAboveTable,
	autocastFP32,
	fp16Pure,
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
