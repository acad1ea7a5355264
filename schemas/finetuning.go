package schemas

import (
	"fmt"
	"slices"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// FinetuningArgs are the arguments of a fine-tuning run said in few words.
type FinetuningArgs struct{ WorkloadArgs }

// Published lists the arguments of the published schema.
func (*FinetuningArgs) Published() []string {
	return slices.Concat(modelArguments, []string{
		"fineTuningMethod", "precision", "batchSize", "sequenceLength", "gradientCheckpointing", "optimizer",
		"loraRank", "loraTargetModules", "prefixLength", "frozenLayers", "imageResolution", "inputImageSize",
		"targetGpu", "targetMemoryGiB", "detail",
	})
}

// TrainingArgs are the arguments of training from scratch: every parameter is
// trained.
type TrainingArgs struct{ WorkloadArgs }

// Published lists the arguments of the published schema.
func (*TrainingArgs) Published() []string {
	return slices.Concat(modelArguments, []string{
		"hiddenSize", "numLayers", "vocabSize", "numExperts", "precision", "precisionMode", "batchSize",
		"gradientAccumulationSteps", "sequenceLength", "imageResolution", "inputImageSize", "optimizer",
		"gradientCheckpointing", "attentionImplementation", "lossImplementation", "trainingStack", "numGpus",
		"zeroStage", "targetGpu", "targetMemoryGiB", "detail",
	})
}

// Resolve makes the workload as WorkloadArgs does, with the method that trains
// everything. What asks for another is an error.
func (a *TrainingArgs) Resolve(c *catalog.Catalog) (workload.Workload, []report.Assumption, []check.Finding) {
	if a == nil {
		return nil, nil, nil
	}
	args := a.EstimateArgs // a copy: filling in changes it
	r := &resolver{args: &args, catalog: c, filled: map[string]bool{}}
	r.fromScratch()
	fill(r, "fineTuningMethod", &args.FineTuningMethod, workload.Full, report.Default, say.F("training from scratch trains every parameter"))
	r.fill()
	return r.resolve()
}

// fromScratch refuses what leaves weights as they are, and goes on without it.
func (r *resolver) fromScratch() {
	a := r.args
	if m, given := a.FineTuningMethod.Get(); given && m != workload.Full {
		r.elsewhere("fineTuningMethod", m, workload.Full, say.F("trains a part of a finished model"))
		a.FineTuningMethod = Some(workload.Full)
	}
	if p, given := a.Precision.Get(); given && (p == workload.INT8 || p == workload.INT4) {
		r.elsewhere("precision", p, commonPrecision, say.F("names stored weights, which cannot be trained themselves"))
		a.Precision = Some(commonPrecision)
	}
	if q, given := a.Quantization.Get(); given && q != workload.NoQuantization {
		r.elsewhere("quantization", q, workload.NoQuantization, say.F("stores frozen weights"))
		a.Quantization = Some(workload.NoQuantization)
	}
}

// elsewhere reports a value that belongs to fine-tuning.
func (r *resolver) elsewhere(argument string, value, instead fmt.Stringer, why say.Text) {
	r.report(check.NotAChoice, []string{argument}, check.Told{
		Message: say.F("%s %s %s; training from scratch trains every parameter", argument, value, why),
		Fix:     say.F("Send %s, or call calculate_finetuning_vram.", instead),
		Change:  map[string]any{argument: instead.String()},
	})
}
