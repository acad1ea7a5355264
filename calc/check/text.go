package check

import (
	"fmt"
	"strings"

	"vramcalc/calc/workload"
)

// Text is the documentation of a rule with its examples.
func (r *Rule) Text() string {
	params, applies, muted := "any", "all", ""
	if len(r.Params) > 0 {
		params = strings.Join(r.Params, ", ")
	}
	if len(r.Applies) > 0 {
		applies = joined(r.Applies, workload.Kind.String)
	}
	if len(r.After) > 0 {
		muted = "\nMuted by: " + joined(r.After, func(cause *Rule) string { return cause.ID })
	}
	return fmt.Sprintf("%s (%s): %s\n\n%s\n\nModel types: %s\nArguments: %s\nSource: %s%s\n\nFires for\n  %s\nnot for\n  %s\n",
		r.ID, r.Severity, r.Title, r.Doc, applies, params, r.Source, muted, r.Bad, r.Good)
}

// joined lists things by their names.
func joined[T any](things []T, name func(T) string) string {
	names := make([]string, len(things))
	for i, t := range things {
		names[i] = name(t)
	}
	return strings.Join(names, ", ")
}
