package main

import (
	"fmt"
	"strings"

	"vramcalc/calc/check"
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
		ids = append(ids, "  "+r.ID)
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
	_, err := fmt.Fprintf(p.out, "%s (%s): %s\n\n%s\n\nArguments: %s\nSource: %s\n\nFires for\n  %s\nnot for\n  %s\n",
		r.ID, r.Severity, r.Title, r.Doc, params, r.Source, r.Bad, r.Good)
	return err
}
