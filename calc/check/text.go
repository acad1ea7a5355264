package check

import (
	"fmt"
	"strings"
)

// Text is the documentation of a rule with its examples.
func (r *Rule) Text() string {
	params := strings.Join(r.Params, ", ")
	if params == "" {
		params = "any"
	}
	return fmt.Sprintf("%s (%s): %s\n\n%s\n\nArguments: %s\nSource: %s\n\nFires for\n  %s\nnot for\n  %s\n",
		r.ID, r.Severity, r.Title, r.Doc, params, r.Source, r.Bad, r.Good)
}
