package schemas

import (
	"reflect"
	"strconv"

	"vramcalc/calc/check"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// unusual warns of numbers that the caller gave and that lie outside the usual
// range of their argument. The model's own values and defaults are never
// unusual.
func (r *resolver) unusual() {
	args := reflect.ValueOf(r.args).Elem()
	for i := range argumentsOfEstimate().list {
		a := &argumentsOfEstimate().list[i]
		if r.filled[a.Name] || len(a.Usual) == 0 || !a.AppliesTo(r.kind) || !a.AppliesWith(r.method) {
			continue
		}
		s, ok := args.FieldByIndex(a.index).Addr().Interface().(slot)
		if !ok {
			continue
		}
		x, given := s.number()
		u, known := a.usualFor(r.kind)
		if !given || !known {
			continue
		}
		if u = r.widened(a.Name, u); !u.contains(x) {
			r.tellUnusual(a, u, x)
		}
	}
}

// usualFor is the range for a type of model, one of its own before one for all.
func (a *Argument) usualFor(k workload.Kind) (Usual, bool) {
	var general *Usual
	for i := range a.Usual {
		switch a.Usual[i].ModelType {
		case k.String():
			return a.Usual[i], true
		case "":
			general = &a.Usual[i]
		}
	}
	if general == nil {
		return Usual{}, false
	}
	return *general, true
}

func (u Usual) contains(x float64) bool {
	return u.Zero && x == 0 || x >= u.Low && x <= u.High
}

func (r *resolver) tellUnusual(a *Argument, u Usual, x float64) {
	rule, known := check.UsualRange(a.Name)
	if !known {
		return // TestUsualRules finds a rule for every range
	}
	side, bound := say.F("above"), u.High
	if x < u.Low {
		side, bound = say.F("below"), u.Low
	}
	words := say.F("%s to %s", short(u.Low), short(u.High))
	if u.Zero {
		words = say.F("0 or %s", words)
	}
	if a.Unit != "" {
		words = say.F("%s %s", words, say.Phrase(a.Unit))
	}
	fix := say.F("Send %s %s, unless it is meant.", a.Name, short(bound))
	r.report(rule, []string{a.Name}, check.Told{
		Message: say.F("%s %s is %s the usual %s", a.Name, short(x), side, words),
		Fix:     fix,
		Change:  map[string]any{a.Name: bound},
	})
}

// Exponents are for numbers that are hard to read without.
const (
	smallestPlain = 1e-3
	largestPlain  = 1e9
)

// short is a number as a message says it.
func short(x float64) string {
	if x != 0 && (x < smallestPlain || x > largestPlain) {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return plain(x)
}
