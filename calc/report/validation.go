package report

import (
	"slices"
	"strings"

	"vramcalc/calc/check"
	"vramcalc/calc/say"
)

// Validate sorts findings by severity. Equal findings are told once.
func Validate(findings []check.Finding) *Validation {
	v := &Validation{
		Errors:      []check.Finding{},
		Warnings:    []check.Finding{},
		Suggestions: []check.Finding{},
	}
	for _, f := range findings {
		list := &v.Suggestions
		switch f.Severity {
		case check.Error:
			list = &v.Errors
		case check.Warning:
			list = &v.Warnings
		}
		same := func(g check.Finding) bool { return g.ID == f.ID && g.Message.Equal(f.Message) }
		if !slices.ContainsFunc(*list, same) {
			*list = append(*list, f)
		}
	}
	v.Valid = len(v.Errors) == 0
	return v
}

// Refuse is the answer to arguments that cannot be run or computed.
func Refuse(findings []check.Finding) Answer {
	v := Validate(findings)
	n := len(v.Errors)
	noun := say.F("errors")
	if n == 1 {
		noun = say.F("error")
	}
	s := say.F("No estimate: %d %s in the arguments.", n, noun)
	if n > 0 {
		s = say.Join(" ", s, say.F("First: %s", problem(v.Errors[0])))
	}
	return Answer{Summary: s, Validation: v}
}

// Problems are the errors as lines of text, one each.
func (v *Validation) Problems() []say.Text {
	lines := make([]say.Text, len(v.Errors))
	for i, f := range v.Errors {
		lines[i] = problem(f)
	}
	return lines
}

// problem is a finding as one line: what it is about, what is wrong, what to
// do about it.
func problem(f check.Finding) say.Text {
	s := f.Message
	if len(f.Arguments) > 0 && !strings.HasPrefix(s.In(say.English).String(), f.Arguments[0]) {
		s = say.F("%s: %s", strings.Join(f.Arguments, ", "), s)
	}
	return say.Join(". ", s, f.Fix)
}
