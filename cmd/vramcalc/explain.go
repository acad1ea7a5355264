package main

import (
	"fmt"
	"strings"

	"vramcalc/calc/check"
	"vramcalc/calc/workload"
)

// explain prints the documentation of a rule.
func (p program) explain(args []string) error {
	words, err := parse(p.flags("vramcalc explain"), args)
	if err != nil {
		return err
	}
	if len(words) == 1 {
		if r, ok := check.Find(words[0]); ok {
			return p.rule(r)
		}
	}
	var ids []string
	for _, r := range check.All() {
		ids = append(ids, fmt.Sprintf("  %-38s %s", r.ID, r.Title))
	}
	list := strings.Join(ids, "\n")
	if len(words) != 1 {
		return fmt.Errorf("%w: explain takes one of\n%s", errUsage, list)
	}
	return fmt.Errorf("%w: nothing is called %q; there are\n%s", errUsage, words[0], list)
}

func (p program) rule(r *check.Rule) error {
	params := strings.Join(r.Params, ", ")
	if params == "" {
		params = "any"
	}
	applies := "all"
	if len(r.Applies) > 0 {
		applies = joined(r.Applies, workload.Kind.String)
	}
	muted := ""
	if len(r.After) > 0 {
		muted = "\nMuted by: " + joined(r.After, func(cause *check.Rule) string { return cause.ID })
	}
	_, err := fmt.Fprintf(p.out, "%s (%s): %s\n\n%s\n\nModel types: %s\nArguments: %s\nSource: %s%s\n\nFires for\n  %s\nnot for\n  %s\n",
		r.ID, r.Severity, r.Title, r.Doc, applies, params, r.Source, muted, r.Bad, r.Good)
	return err
}

// joined lists things by their names.
func joined[T any](things []T, name func(T) string) string {
	var names []string
	for _, t := range things {
		names = append(names, name(t))
	}
	return strings.Join(names, ", ")
}
