package schemas

import (
	"reflect"
	"slices"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/calc/workload"
)

// resolver makes a complete workload of what was sent. It collects an
// assumption for every value that was not, and a finding for all that is wrong.
type resolver struct {
	args        *EstimateArgs
	catalog     *catalog.Catalog
	assumptions []report.Assumption
	findings    []check.Finding

	model    catalog.Model // the shape, complete
	named    bool          // a model was named or pasted
	origin   report.Origin // of dimensions that were not given: FromModel or Derived
	kind     workload.Kind
	method   workload.Method
	card     *catalog.GPU    // nil where none is named
	software catalog.Stack   // the training stack
	switches workload.Stack  // its switches, as the caller has set them
	filled   map[string]bool // arguments that a tool's defaults stand for

	inference workload.Inference // of a run that trains nothing
	served    workload.Served    // how its weights are stored, 0 where it was not said
	serve     *InferenceArgs     // its arguments, nil in training

	alignment workload.Alignment // of a run on preferences or rewards
	align     *GRPOArgs          // its arguments, nil in any other
}

// Resolve makes the workload: it picks the model, lays what was given over it,
// fills in the rest and runs the rules. With any error among the findings there
// is no workload; where Decode could not read an argument there may be none
// either, and it is Decode that said why. All findings come at once, sorted.
func (a *EstimateArgs) Resolve(c *catalog.Catalog) (workload.Workload, []report.Assumption, []check.Finding) {
	if a == nil {
		return nil, nil, nil
	}
	args := *a // a copy: stackOptions fill arguments in
	return (&resolver{args: &args, catalog: c}).resolve()
}

func (r *resolver) resolve() (workload.Workload, []report.Assumption, []check.Finding) {
	r.required()
	r.pickSoftware()
	r.notModelled()
	r.target()
	var w workload.Workload
	if r.resolveModel() {
		r.resolveMethod()
		w = r.workload()
		r.inapplicable()
		r.unusual()
		pass := check.NewPass(w, r.named, r.given)
		pass.Card = r.card
		r.findings = append(r.findings, slices.DeleteFunc(check.Run(pass), r.isOfDefaults)...)
		normalize(w)
	}
	r.findings = check.Mute(r.findings)
	check.Sort(r.findings)
	if check.HasErrors(r.findings) {
		w = nil
	}
	return w, r.assumptions, r.findings
}

// isOfDefaults says whether a finding judges nothing but what a tool's defaults
// stand for: nobody chose that.
func (r *resolver) isOfDefaults(f check.Finding) bool {
	chosen := func(name string) bool {
		_, common := argumentsOfEstimate().byName[name]
		return !common || r.given(name) // a tool's own arguments have no such defaults
	}
	return len(r.filled) > 0 && f.Severity != check.Error && !slices.ContainsFunc(f.Arguments, chosen)
}

// given says whether the caller sent an argument that could be read.
func (r *resolver) given(name string) bool {
	a, known := argumentsOfEstimate().byName[name]
	if !known || r.filled[name] {
		return false
	}
	s, ok := reflect.ValueOf(r.args).Elem().FieldByIndex(a.index).Addr().Interface().(slot)
	return ok && s.IsSet()
}

func argumentsOfEstimate() *table { return tableOf(reflect.TypeFor[EstimateArgs]()) }

// required reports what every call needs and this one lacks, all in one finding.
func (r *resolver) required() {
	var missing []string
	need := func(names ...string) {
		for _, n := range names {
			if !r.given(n) && !r.args.WasSent(n) && !r.filled[n] {
				missing = append(missing, n)
			}
		}
	}
	names := r.args.Required()
	need(names[0])
	if !r.names("modelId", "modelConfig") {
		need("modelSize", "architectureType")
	}
	need(names[1:]...)
	if len(missing) == 0 {
		return
	}
	told := check.Told{
		Message: "missing: " + list(missing),
		Fix:     "Send them all.",
	}
	if !r.names("modelId", "modelConfig", "modelSize", "architectureType") {
		told.Fix = "Send them all; modelId or modelConfig stands in for modelSize and architectureType."
	}
	r.report(check.Missing, missing, told)
}

// names says whether any of the arguments was sent, readable or not.
func (r *resolver) names(names ...string) bool {
	for _, n := range names {
		if r.given(n) || r.args.WasSent(n) {
			return true
		}
	}
	return false
}

func (r *resolver) report(rule *check.Rule, arguments []string, t check.Told) {
	r.findings = append(r.findings, rule.Report(arguments, t))
}

func (r *resolver) assume(argument string, value any, origin report.Origin, why string) {
	r.assumptions = append(r.assumptions, report.Assumption{Argument: argument, Value: value, Origin: origin, Why: why})
}

// take is an argument's value; where it was not given, the other value, which
// becomes an assumption if the argument means anything to this run.
func take[T any](r *resolver, name string, o Opt[T], other T, origin report.Origin, why string) T {
	if v, ok := o.Get(); ok {
		return v
	}
	if a, known := argumentsOfEstimate().byName[name]; known && a.AppliesTo(r.kind) && a.AppliesWith(r.method) {
		r.assume(name, other, origin, why)
	}
	return other
}

// byDefault is take with the documented default.
func byDefault[T any](r *resolver, name string, o Opt[T], other T) T {
	return take(r, name, o, other, report.Default, "documented default")
}
