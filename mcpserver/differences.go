package mcpserver

import (
	"encoding/json"
	"slices"

	"vramcalc/calc/catalog"
	"vramcalc/calc/report"
	"vramcalc/schemas"
)

// side is a configuration of a comparison.
type side struct {
	report.Side
	raw   []byte
	given map[string]json.RawMessage // what it gives, read
}

// value is what a configuration has of an argument: given, assumed, or nil.
func (s *side) value(argument string) any {
	var v any
	if raw, ok := s.given[argument]; ok && json.Unmarshal(raw, &v) == nil {
		return v
	}
	for _, a := range s.Case.Assumptions {
		if a.Argument != argument {
			continue
		}
		if raw, err := json.Marshal(a.Value); err == nil && json.Unmarshal(raw, &v) == nil {
			return v
		}
	}
	return nil
}

// aboutAnswer are arguments that say how much is told, not what is run.
var aboutAnswer = []string{"detail", "formulaSet", "language"}

// differences lists what is not the same in all configurations, with what it
// does to the first.
func differences(models *catalog.Catalog, sides []side) []report.Difference {
	var out []report.Difference
	for _, names := range given(sides) {
		var cells []report.Cell
		differs := false
		for i := range sides {
			c := report.Cell{Name: sides[i].Name, Values: map[string]any{}}
			for _, name := range names {
				c.Values[name] = sides[i].value(name)
			}
			if i > 0 && !same(c.Values, cells[0].Values) {
				differs = true
				c.MovesBytes = moves(models, &sides[0], &sides[i], names)
			}
			cells = append(cells, c)
		}
		if differs {
			out = append(out, report.Difference{Arguments: names, Cells: cells})
		}
	}
	return out
}

// given groups the arguments that any configuration gives: those that say which
// model are one group, every other is its own.
func given(sides []side) [][]string {
	var model []string
	var others [][]string
	for _, a := range schemas.ArgumentsOf[schemas.WorkloadArgs]() {
		gives := func(s side) bool { _, ok := s.given[a.Name]; return ok }
		switch {
		case !slices.ContainsFunc(sides, gives) || slices.Contains(aboutAnswer, a.Name):
		case schemas.SaysModel(a.Name):
			model = append(model, a.Name)
		default:
			others = append(others, []string{a.Name})
		}
	}
	if len(model) == 0 {
		return others
	}
	return append([][]string{model}, others...)
}

// same compares values as they are written.
func same(a, b map[string]any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(x) == string(y)
}

// moves is what the first configuration takes more with another's values of
// the arguments, nil where it cannot run so.
func moves(models *catalog.Catalog, first, other *side, names []string) *int64 {
	change := map[string]any{}
	for _, name := range names {
		change[name] = nil
		if v, ok := other.given[name]; ok {
			change[name] = v
		} else if !schemas.SaysModel(name) {
			change[name] = other.value(name)
		}
	}
	raw, err := schemas.Patch(first.raw, change)
	if err != nil {
		return nil
	}
	c, args, _ := estimated[schemas.ConfigurationArgs](models, raw)
	if args == nil {
		return nil
	}
	n := int64(c.Formulas.Total(c) - first.Case.Formulas.Total(first.Case))
	return &n
}
