package schemas

import (
	"fmt"
	"math"
	"slices"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/calc/workload"
)

// sizeTolerance is how far a shape's count may be from modelSize before the
// shape is scaled or, where it is given, a warning is due.
const sizeTolerance = 0.05

// resolveModel finds the shape and lays the given dimensions over it. It fails
// where there is none, and nothing further can be said.
func (r *resolver) resolveModel() bool {
	a := r.args
	id, hasID := a.ModelID.Get()
	config, hasConfig := a.ModelConfig.Get()
	if hasID && hasConfig {
		r.report(check.ModelTwice, []string{"modelId", "modelConfig"}, check.Told{
			Message: "modelId and modelConfig both define the model",
			Fix:     "Send one of them.",
			Change:  map[string]any{"modelConfig": nil},
		})
	}
	var found bool
	switch {
	case hasID:
		found = r.byName(id)
	case hasConfig:
		found = r.byConfig(config)
	default:
		found = r.bySize()
	}
	if !found {
		return false
	}
	r.kind = r.model.Kind
	r.agreesWithType()
	if r.named {
		r.agreesWithArchitecture()
		r.model = r.overlay(r.model)
	} else {
		r.shapeBySize()
	}
	r.tellShape()
	r.agreesWithSize()
	return true
}

// byName takes a catalogue model.
func (r *resolver) byName(id string) bool {
	m, ok := r.catalog.Model(id)
	if !ok {
		told := check.Told{
			Message: fmt.Sprintf("modelId %s is not in the catalogue", shown([]byte(id))),
			Fix:     "Paste the model's config.json as modelConfig, or send modelSize and architectureType.",
		}
		if near := r.catalog.NearestModels(id, 3); len(near) > 0 {
			told.Fix = "Near names: " + list(near) + ". Else paste the model's config.json as modelConfig."
			told.Change = map[string]any{"modelId": near[0]}
		}
		r.report(check.ModelUnknown, []string{"modelId"}, told)
		return false
	}
	if !m.Disclosed {
		return r.undisclosed(m)
	}
	r.model, r.named, r.origin = m, true, report.FromModel
	r.assumeUnlessGiven("architectureType", m.Architecture, "of "+m.ID)
	return true
}

// undisclosed answers for a model whose shape nobody knows: a stand-in where
// its size is given, else a refusal.
func (r *resolver) undisclosed(m catalog.Model) bool {
	if r.args.ModelSize.IsSet() && r.standIn(m.Architecture) {
		if _, told := standIns[m.Architecture]; !told {
			r.assume("architectureType", m.Architecture, report.Derived,
				fmt.Sprintf("the shape of %s was never published; a published model of its architecture stands in, sized by modelSize", m.Name))
		}
		return true
	}
	r.report(check.ModelUndisclosed, []string{"modelId"}, check.Told{
		Message: fmt.Sprintf("the shape of %s was never published", m.Name),
		Fix:     fmt.Sprintf("Send modelSize with architectureType %s for a stand-in of that size.", m.Architecture),
	})
	return false
}

// byConfig reads a pasted config.json.
func (r *resolver) byConfig(config Object) bool {
	m, notes, problems := catalog.FromConfig(config)
	for _, p := range problems {
		message := "modelConfig: " + p.Message
		if p.Field != "" {
			message = "modelConfig." + p.Field + ": " + p.Message
		}
		r.report(check.ModelConfigInvalid, []string{"modelConfig"}, check.Told{Message: message, Fix: p.Fix})
	}
	if len(problems) > 0 {
		return false
	}
	for _, n := range notes {
		r.assume("modelConfig."+n.Field, n.Value, report.FromModel, n.Why)
		if n.Guess {
			r.report(check.ModelConfigGuessed, []string{"modelConfig"}, check.Told{
				Message: fmt.Sprintf("modelConfig.%s is %s, which is %s", n.Field, n.Value, n.Why),
				Fix:     "Compare the count of parameters with the published one, or send a model_type that is known.",
			})
		}
	}
	r.model, r.named, r.origin = m, true, report.FromModel
	if m.Architecture != 0 {
		r.assumeUnlessGiven("architectureType", m.Architecture, "of the pasted config.json")
	}
	return true
}

// bySize takes the architecture's reference models; the shape itself comes
// after the types are compared.
func (r *resolver) bySize() bool {
	arch, ok := r.args.ArchitectureType.Get()
	if !ok || !r.args.ModelSize.IsSet() {
		return false
	}
	if r.standIn(arch) {
		return true
	}
	if kind, given := r.args.ModelType.Get(); given && kind != arch.Kind() {
		r.otherType([]string{"modelType", "architectureType"}, kind, arch.Kind(), "architectureType "+arch.String())
	}
	r.report(check.ModelNotModelled, []string{"architectureType"}, check.Told{
		Message: fmt.Sprintf("architectureType %s has no published model in the catalogue to derive a shape from", arch),
		Fix:     "Send modelId, or paste a config.json as modelConfig.",
	})
	return false
}

// standIns are the architectures whose makers published no shape, and the one
// that stands in for each. No other architecture borrows a shape.
var standIns = map[workload.Architecture]workload.Architecture{
	workload.ArchGPT4V:  workload.ArchLLaVA,
	workload.ArchGemini: workload.ArchLLaVA,
	workload.ArchClaude: workload.ArchLLaVA,
	workload.ArchPaLM2:  workload.ArchMixtral,
}

// standIn puts a reference model of the architecture in place, to be sized.
func (r *resolver) standIn(arch workload.Architecture) bool {
	refs := r.references(arch)
	if other, undisclosed := standIns[arch]; undisclosed && len(refs) == 0 {
		refs = r.references(other)
		if len(refs) > 0 {
			r.assume("architectureType", other, report.Derived, fmt.Sprintf("the shape of %s was never published; %s stands in, sized by modelSize", arch, other))
		}
	}
	if len(refs) == 0 {
		return false
	}
	r.model, r.origin = r.nearestReference(refs), report.Derived
	return true
}

// references are the disclosed reference models of an architecture.
func (r *resolver) references(arch workload.Architecture) []catalog.Model {
	return slices.DeleteFunc(r.catalog.References(arch), func(m catalog.Model) bool { return !m.Disclosed })
}

// nearestReference is the model closest in size among those that agree with
// every dimension given, or among all where none does.
func (r *resolver) nearestReference(refs []catalog.Model) catalog.Model {
	agreeing := slices.DeleteFunc(slices.Clone(refs), func(m catalog.Model) bool { return !r.agrees(m) })
	if len(agreeing) > 0 {
		refs = agreeing
	}
	size := r.args.ModelSize.Or(0)
	best, distance := refs[0], math.Inf(1)
	for _, m := range refs {
		if n := sizeOf(m); n > 0 {
			if d := math.Abs(math.Log(n / size)); d < distance {
				best, distance = m, d
			}
		}
	}
	return best
}

// agrees says whether a model has every dimension that was given.
func (r *resolver) agrees(m catalog.Model) bool {
	a := r.args
	for _, d := range []struct {
		given Opt[int64]
		have  int64
	}{
		{a.HiddenSize, m.Text.Hidden},
		{a.NumLayers, m.Text.Layers},
		{a.NumAttentionHeads, m.Text.Heads},
		{a.NumKeyValueHeads, m.Text.KVHeads},
		{a.HeadDim, m.Text.HeadDim},
		{a.IntermediateSize, m.Text.Intermediate},
		{a.VocabSize, m.Text.Vocab},
		{a.NumExperts, m.Experts.Count},
		{a.MoEIntermediateSize, m.Experts.Intermediate},
		{a.VisionFeatureDim, m.Vision.Hidden},
		{a.PatchSize, m.Vision.Patch},
	} {
		if v, ok := d.given.Get(); ok && v != d.have {
			return false
		}
	}
	return true
}

// agreesWithType holds modelType against the model's.
func (r *resolver) agreesWithType() {
	given, ok := r.args.ModelType.Get()
	if !ok || given == r.kind {
		return
	}
	arguments, what := []string{"modelType", "architectureType"}, "architectureType "+r.args.ArchitectureType.Or(r.model.Architecture).String()
	switch {
	case r.args.ModelID.IsSet():
		arguments, what = []string{"modelType", "modelId"}, "modelId "+r.model.ID
	case r.args.ModelConfig.IsSet():
		arguments, what = []string{"modelType", "modelConfig"}, "the pasted config.json"
	}
	r.otherType(arguments, given, r.kind, what)
}

func (r *resolver) otherType(arguments []string, given, have workload.Kind, what string) {
	r.report(check.ModelOtherType, arguments, check.Told{
		Message: fmt.Sprintf("modelType is %s, but %s is of type %s", given, what, have),
		Fix:     fmt.Sprintf("Send modelType %s.", have),
		Change:  map[string]any{"modelType": have.String()},
	})
}

func (r *resolver) agreesWithArchitecture() {
	given, ok := r.args.ArchitectureType.Get()
	if !ok || r.model.Architecture == 0 || given == r.model.Architecture {
		return
	}
	r.report(check.ModelOtherArchitecture, []string{"architectureType"}, check.Told{
		Message: fmt.Sprintf("architectureType %s is not the model's, which is %s; the estimate follows the model", given, r.model.Architecture),
		Fix:     "Leave architectureType out.",
		Change:  map[string]any{"architectureType": r.model.Architecture.String()},
	})
}

// agreesWithSize holds modelSize against the count of the shape, and refuses a
// model that is not written.
func (r *resolver) agreesWithSize() {
	n, err := count(r.model)
	if err != nil {
		r.refuse(err)
		return
	}
	have := n.Billion()
	if have <= 0 || have > largestModel {
		r.absurd(have)
		return
	}
	size, given := r.args.ModelSize.Get()
	if !given {
		r.assume("modelSize", math.Round(have*1e4)/1e4, r.origin, "counted on the model's parameters")
		return
	}
	if math.Abs(have-size) <= sizeTolerance*size {
		return
	}
	r.report(check.ModelSizeDiffers, r.sizeArguments(), check.Told{
		Message: fmt.Sprintf("modelSize is %s billion, but the tensors add up to %s billion parameters (%d); memory follows the tensors", billion(size), billion(have), int64(n)),
		Fix:     fmt.Sprintf("Send modelSize %s, or leave out the dimensions that do not fit it.", billion(have)),
	})
}

// largestModel is the valid maximum of modelSize, in billions.
const largestModel = 10000

// absurd refuses a shape with more parameters than any model has.
func (r *resolver) absurd(have float64) {
	rule, arguments := check.OutOfRange, r.sizeArguments()[1:]
	if r.args.ModelConfig.IsSet() {
		rule, arguments = check.ModelConfigInvalid, []string{"modelConfig"}
	}
	r.report(rule, arguments, check.Told{
		Message: fmt.Sprintf("the dimensions add up to %s billion parameters, which no model has", billion(have)),
		Fix:     fmt.Sprintf("Send dimensions of a model of at most %d billion parameters.", largestModel),
	})
}

func (r *resolver) sizeArguments() []string {
	out := []string{"modelSize"}
	for _, name := range check.ModelSizeDiffers.Params[1:] {
		if r.given(name) {
			out = append(out, name)
		}
	}
	return out
}

// refuse passes on what an engine says it cannot do.
func (r *resolver) refuse(err error) {
	arguments := []string{"architectureType"}
	switch {
	case r.args.ModelID.IsSet():
		arguments = []string{"modelId"}
	case r.args.ModelConfig.IsSet():
		arguments = []string{"modelConfig"}
	}
	r.report(check.ModelNotModelled, arguments, check.Told{
		Message: "this model is not modelled yet: " + err.Error(),
		Fix:     "Name a model of another architecture.",
	})
}

func (r *resolver) assumeUnlessGiven(argument string, value any, why string) {
	if !r.given(argument) {
		r.assume(argument, value, r.origin, why)
	}
}
