package schemas

import (
	"slices"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// MultimodalArgs are the arguments of a model that sees or hears, in any mode.
type MultimodalArgs struct {
	InferenceArgs

	Mode Opt[workload.RunMode] `json:"mode,omitzero" jsonschema_description:"What the model is run for: inference, training (all parameters), finetuning (fineTuningMethod)." default:"finetuning" panel:"basic"`
}

// multimodalArguments are those that the tool publishes beside the common ones.
var multimodalArguments = []string{
	"mode", "imageWidth", "imageHeight", "imagesPerSample", "imageTiles", "audioSeconds", "promptLength", "newTokens",
	"freezeVisionEncoder", "freezeTextEncoder", "loraVisionEncoder",
}

// Published lists the arguments of the published schema.
func (*MultimodalArgs) Published() []string {
	return publishedWithout(PublishedWith(multimodalArguments...), []string{"inputImageSize", "zeroStage", "trainingStack", "lossImplementation"})
}

// Resolve makes the workload of the mode.
func (a *MultimodalArgs) Resolve(c *catalog.Catalog) (workload.Workload, []report.Assumption, []check.Finding) {
	if a == nil {
		return nil, nil, nil
	}
	mode := a.Mode.Or(workload.FineTuningMode)
	var w workload.Workload
	var assumptions []report.Assumption
	var findings []check.Finding
	if mode == workload.InferenceMode {
		w, assumptions, findings = a.InferenceArgs.Resolve(c)
	} else {
		w, assumptions, findings = a.trained(c, mode)
	}
	if !a.Mode.IsSet() {
		assumptions = append([]report.Assumption{{Argument: "mode", Value: mode, Origin: report.Default, Why: documented}}, assumptions...)
	}
	if w != nil && w.Kind() != workload.Multimodal {
		findings = append(findings, check.NotMultimodal.Report([]string{"modelType"}, check.Told{
			Message: say.F("the model is of modelType %s: it neither sees nor hears", w.Kind()),
			Fix:     say.F("Send a multimodal model, or call calculate_inference_vram or calculate_advanced_finetuning_vram."),
		}))
	}
	check.Sort(findings)
	return w, assumptions, findings
}

// trained is a run that trains.
func (a *MultimodalArgs) trained(c *catalog.Catalog, mode workload.RunMode) (workload.Workload, []report.Assumption, []check.Finding) {
	args := a.WorkloadArgs // a copy: filling in changes it
	var findings []check.Finding
	if q, ok := a.Quantization.Get(); ok {
		args.EstimateArgs.Quantization = Some(workload.Quantization(q))
	}
	if method, given := args.FineTuningMethod.Get(); given && mode == workload.TrainingMode && method != workload.Full {
		findings = append(findings, check.ModeAgainstMethod.Report([]string{"mode", "fineTuningMethod"}, check.Told{
			Message: say.F("mode training trains all parameters, and fineTuningMethod is %s", method),
			Fix:     say.F("Send mode finetuning."),
			Change:  map[string]any{"mode": workload.FineTuningMode.String()},
		}))
	}
	if mode == workload.TrainingMode && !args.FineTuningMethod.IsSet() {
		args.FineTuningMethod = Some(workload.Full)
	}
	for _, name := range servingArguments {
		if a.WasSent(name) {
			findings = append(findings, check.NotApplicable.Report([]string{name}, check.Told{
				Message: say.F("%s has no effect: it is for mode inference, and this is %s", name, mode),
				Fix:     say.F("Leave it out."),
				Change:  map[string]any{name: nil},
			}))
		}
	}
	w, assumptions, more := args.Resolve(c)
	return w, assumptions, slices.Concat(findings, more)
}
