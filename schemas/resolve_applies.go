package schemas

import (
	"strings"

	"vramcalc/calc/check"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// inapplicable warns of every given argument that this run has no use for, and
// tells those that move no byte.
func (r *resolver) inapplicable() {
	for i := range argumentsOfEstimate().list {
		a := &argumentsOfEstimate().list[i]
		if !r.given(a.Name) {
			continue
		}
		switch {
		case !a.AppliesTo(r.kind):
			r.useless(a.Name, say.F("it is for modelType %s, and this is %s", strings.Join(a.ModelTypes, ", "), r.kind))
		case !a.AppliesWith(r.method):
			r.useless(a.Name, say.F("it is for fineTuningMethod %s, and this is %s", strings.Join(a.Methods, ", "), r.method))
		}
	}
	r.inapplicableHere()
	r.together(check.WithoutEffect, say.F("no byte depends on them; they were checked"))
}

// inapplicableHere knows the conditions beyond type and method.
func (r *resolver) inapplicableHere() {
	a := r.args
	switch {
	case r.kind == workload.CNN && r.given("datasetTokens"):
		r.useless("datasetTokens", say.F("images have no tokens; datasetSamples counts them"))
	case r.given("datasetTokens") && r.given("datasetSamples"):
		r.useless("datasetTokens", say.F("datasetSamples says how long the run is"))
	}
	if r.given("decoderSequenceLength") && r.kind != workload.CNN && !r.model.Text.Family.IsEncoderDecoder() {
		r.useless("decoderSequenceLength", say.F("the model has no decoder beside an encoder"))
	}
	if r.given("checkpointingImplementation") && !a.GradientCheckpointing.Or(false) {
		r.useless("checkpointingImplementation", say.F("gradientCheckpointing is off"))
	}
	if r.kind == workload.NLP && r.given("classificationHeadDim") && a.Head.Or(workload.LMHead) != workload.ClassificationHead {
		r.useless("classificationHeadDim", say.F("only head classification has classes"))
	}
	if r.kind == workload.MoE && a.ExpertCapacityFactor.Or(0) > 0 && a.ExpertsImplementation.Or(workload.Capacity) != workload.Capacity {
		r.useless("expertCapacityFactor", say.F("only expertsImplementation capacity has a capacity"))
	}
	if r.kind != workload.Multimodal {
		return
	}
	if a.ImageTiles.Or(1) > 1 && r.model.Vision.MaxTiles == 0 {
		r.useless("imageTiles", say.F("the model does not cut images into tiles"))
	}
	hears := r.model.Vision.Family == workload.WhisperEncoder
	if a.AudioSeconds.Or(0) > 0 && !hears {
		r.useless("audioSeconds", say.F("the model does not hear"))
	}
	if hears {
		if a.ImagesPerSample.Or(0) > 0 {
			r.useless("imagesPerSample", say.F("the model does not see"))
		}
		for _, name := range []string{"imageResolution", "imageWidth", "imageHeight", "patchSize"} {
			if r.given(name) {
				r.useless(name, say.F("the model does not see"))
			}
		}
	}
}

func (r *resolver) useless(name string, why say.Text) {
	r.report(check.NotApplicable, []string{name}, check.Told{
		Message: say.F("%s has no effect: %s", name, why),
		Fix:     say.F("Leave it out."),
		Change:  map[string]any{name: nil},
	})
}

// together reports a rule once for all of its arguments that were given and
// apply.
func (r *resolver) together(rule *check.Rule, what say.Text) {
	var names []string
	for _, name := range rule.Params {
		if a := argumentsOfEstimate().byName[name]; a != nil && r.given(name) && a.AppliesTo(r.kind) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return
	}
	r.report(rule, names, check.Told{Message: say.F("%s: %s", say.List(names), what), Fix: say.F("Leave out what is not needed.")})
}
