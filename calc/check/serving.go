package check

import "slices"

// trainingArguments are those that mean something only where weights are
// trained.
var trainingArguments = []string{
	"checkpointingImplementation", "fineTuningMethod", "freezeBatchNorm", "freezeTextEncoder", "freezeVisionEncoder", "frozenLayers", "frozenModules", "gradientAccumulationSteps",
	"gradientCheckpointing", "gradientClipping", "kbitPreparation", "labelSmoothing", "learningRate", "loraAlpha",
	"loraDropout", "loraModulesToSave", "loraPrecision", "loraRank", "loraTargetModules", "lossImplementation",
	"lrScheduler", "optimizer", "optimizerImplementation", "precisionMode", "prefixLength", "trainableModules",
	"trainingEpochs", "warmupSteps", "weightDecay",
}

// isOfTraining says whether a rule judges how weights are trained.
func (r *Rule) isOfTraining() bool {
	return slices.ContainsFunc(r.Params, func(name string) bool { return slices.Contains(trainingArguments, name) })
}
