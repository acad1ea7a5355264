// Package check holds the rules: what can be wrong, unusual or better done
// otherwise in a request. Each rule is a value with its documentation and two
// examples that tests execute.
//
// Some rules look at a resolved workload and have a Run function. The others
// describe what only the decoder and the resolver of the arguments can see (an
// unknown name, a model that the catalogue does not have); those call Report.
// Rules read and never write, and never call an engine.
package check

import (
	"cmp"
	"slices"

	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Finding is one thing to say about a request, in the language of its arguments.
type Finding struct {
	ID        string         `json:"id" jsonschema_description:"Permanent id of the rule; its documentation is the resource rules://{id}."`
	Severity  Severity       `json:"severity" jsonschema_description:"error, warning or suggestion."`
	Arguments []string       `json:"arguments" jsonschema_description:"The arguments it is about."`
	Message   say.Text       `json:"message" jsonschema_description:"What is wrong."`
	Fix       say.Text       `json:"fix,omitzero" jsonschema_description:"What to send instead."`
	Change    map[string]any `json:"change,omitempty" jsonschema_description:"A patch of arguments that does it; null removes one."`
}

// Rule is one thing we know about requests. Ids are permanent and read
// section/what-is-wrong.
type Rule struct {
	ID       string
	Title    string
	Doc      string // why it matters, then what to change
	Source   string // the library, paper or contract it rests on
	Severity Severity
	Applies  []workload.Kind // nil = every kind
	Params   []string        // arguments it speaks about
	Bad      string          // arguments, as a caller would send them, for which it fires
	Good     string          // the same put right
	After    []*Rule         // muted while one of these fires: it would only say what follows from them
	Tool     string          // the tool whose arguments the examples are, "" = the full estimate
	Run      func(*Pass) *Told
}

// Told is what a rule has to say when it fires.
type Told struct {
	Message say.Text
	Fix     say.Text
	Change  map[string]any
}

// Report makes a finding of the rule about the named arguments.
func (r *Rule) Report(arguments []string, t Told) Finding {
	if arguments == nil {
		arguments = []string{}
	}
	return Finding{ID: r.ID, Severity: r.Severity, Arguments: arguments, Message: t.Message, Fix: t.Fix, Change: t.Change}
}

// Run applies every rule that looks at a resolved workload and sorts what they
// find: errors first.
func Run(p *Pass) []Finding {
	var out []Finding
	for _, r := range all {
		if r.Run == nil || !r.appliesTo(p.Kind) || p.serves() && r.isOfTraining() {
			continue
		}
		if t := r.Run(p); t != nil {
			out = append(out, r.Report(p.relevant(r.Params), *t))
		}
	}
	Sort(out)
	return out
}

// Sort orders findings by severity, then by id; equal ones keep their order.
func Sort(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.ID, b.ID))
	})
}

// HasErrors says whether any finding is an error.
func HasErrors(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Error })
}

func (r *Rule) appliesTo(k workload.Kind) bool {
	return r.Applies == nil || slices.Contains(r.Applies, k)
}
