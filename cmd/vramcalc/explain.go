package main

import (
	"fmt"
	"strings"

	"vramcalc/calc/advise"
	"vramcalc/calc/check"
)

// explain prints the documentation of a rule or a move.
func (p program) explain(args []string) error {
	words, err := parse(p.flags("vramcalc explain"), args)
	if err != nil {
		return err
	}
	if len(words) == 1 {
		if r, ok := check.Find(words[0]); ok {
			_, err := fmt.Fprint(p.out, r.Text())
			return err
		}
		if m, ok := advise.Find(words[0]); ok {
			_, err := fmt.Fprint(p.out, m.Text())
			return err
		}
	}
	var ids []string
	for _, r := range check.All() {
		ids = append(ids, fmt.Sprintf("  %-38s %s", r.ID, r.Title))
	}
	for _, m := range advise.All() {
		ids = append(ids, fmt.Sprintf("  %-38s %s", m.ID, m.Title))
	}
	list := strings.Join(ids, "\n")
	if len(words) != 1 {
		return fmt.Errorf("%w: explain takes one of\n%s", errUsage, list)
	}
	return fmt.Errorf("%w: nothing is called %q; there are\n%s", errUsage, words[0], list)
}
