package catalog

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"vramcalc/calc/workload"
)

// Bounds of what a config.json may say.
const (
	largestSize   = int64(1) << 40
	largestLayers = int64(10000)
	largestSide   = int64(1) << 16 // pixels
	largestRatio  = int64(1) << 10 // merges, multiples of a width
)

// reader takes the fields of one object of a config.json: what was given, else
// the library's default, which is noted. Whatever cannot be read becomes a
// problem; the reader then goes on with a harmless value, so that all problems
// come out at once.
type reader struct {
	log   *readerLog
	path  string // "" or "text_config."
	given map[string]any
	known libraryType
}

// readerLog collects over the whole document.
type readerLog struct {
	notes    []Note
	problems []Problem
}

func (r *reader) note(field, value, why string) {
	r.log.notes = append(r.log.notes, Note{Field: r.path + field, Value: value, Why: why})
}

// guess notes that a model_type is not known and what it is read as.
func (r *reader) guess(modelType, why string) {
	r.log.notes = append(r.log.notes, Note{Field: r.path + "model_type", Value: clip(modelType), Why: why, Guess: true})
}

func (r *reader) problem(field, fix, format string, args ...any) {
	r.log.problems = append(r.log.problems, Problem{
		Field:   r.path + field,
		Message: r.path + field + " " + fmt.Sprintf(format, args...),
		Fix:     fix,
	})
}

// find gives the value of a field by its usual name: as this library type
// spells it, else under the usual name itself. defaulted says that the value is
// the library's.
func (r *reader) find(field string) (value any, name string, defaulted bool) {
	name = field
	if native, ok := r.known.Names[field]; ok {
		name = native
	}
	if v, ok := r.given[name]; ok {
		return v, name, false
	}
	if v, ok := r.given[field]; ok {
		return v, field, false
	}
	if v, ok := r.known.Defaults[name]; ok {
		return v, name, true
	}
	return r.known.Defaults[field], field, true
}

// take is find with the note of a default. A null is nil.
func (r *reader) take(field string) (value any, name string) {
	value, name, defaulted := r.find(field)
	if defaulted && value != nil {
		r.note(name, compact(value), r.known.why())
	}
	return value, name
}

// has says whether the field was given and is not null.
func (r *reader) has(field string) bool {
	v, _, defaulted := r.find(field)
	return !defaulted && v != nil
}

// size reads a dimension: an integer of at least 1.
func (r *reader) size(field string) int64 {
	v, name := r.take(field)
	if v == nil {
		r.problem(name, "give "+name, "is missing and %s has no default for it", r.known.label())
		return 1
	}
	return r.integer(name, v, 1, largestSize)
}

// ratio reads a small integer that others are multiplied by.
func (r *reader) ratio(field string) int64 {
	x := r.size(field)
	among(r, field, x, "the limit", largestRatio)
	return min(x, largestRatio)
}

// layers reads a number of layers.
func (r *reader) layers(field string) int64 {
	v, name := r.take(field)
	if v == nil {
		r.problem(name, "give "+name, "is missing and %s has no default for it", r.known.label())
		return 1
	}
	return r.integer(name, v, 1, largestLayers)
}

// sizeOr reads a dimension that follows from others where it is absent or null.
func (r *reader) sizeOr(field string, fallback int64, why string) int64 {
	v, name := r.take(field)
	if v == nil {
		r.note(name, strconv.FormatInt(fallback, 10), why)
		return fallback
	}
	return r.integer(name, v, 1, largestSize)
}

// count reads an integer that may be 0; absent and null are 0.
func (r *reader) count(field string) int64 {
	v, name := r.take(field)
	if v == nil {
		return 0
	}
	return r.integer(name, v, 0, largestSize)
}

// rate reads a dropout; absent and null are 0.
func (r *reader) rate(field string) float64 {
	v, name := r.take(field)
	if v == nil {
		return 0
	}
	x, ok := number(v)
	if !ok || x < 0 || x >= 1 {
		r.problem(name, "send a number from 0 to below 1", "is %s", compact(v))
		return 0
	}
	return x
}

// positive reads a real number above 0; absent and null are 0.
func (r *reader) positive(field string) float64 {
	v, name := r.take(field)
	if v == nil {
		return 0
	}
	x, ok := number(v)
	if !ok || x <= 0 || x > 1e9 {
		r.problem(name, "send a number above 0", "is %s", compact(v))
		return 0
	}
	return x
}

// flag reads a switch; absent and null are false.
func (r *reader) flag(field string) bool {
	v, name := r.take(field)
	if v == nil {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		r.problem(name, "send true or false", "is %s", compact(v))
	}
	return b
}

// word reads a string; absent and null are "".
func (r *reader) word(field string) string {
	v, name := r.take(field)
	if v == nil {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		r.problem(name, "send a string", "is %s", compact(v))
	}
	return s
}

// integers reads a list of integers of at least 0; absent and null are empty.
func (r *reader) integers(field string) []int64 {
	v, name := r.take(field)
	if v == nil {
		return nil
	}
	list, ok := v.([]any)
	if !ok || int64(len(list)) > largestLayers {
		r.problem(name, "send a list of integers", "is %s", compact(v))
		return nil
	}
	out := make([]int64, 0, len(list))
	for i, x := range list {
		out = append(out, r.integer(fmt.Sprintf("%s[%d]", name, i), x, 0, largestSize))
	}
	return out
}

// words reads a list of strings; absent and null are empty.
func (r *reader) words(field string) []string {
	v, name := r.take(field)
	if v == nil {
		return nil
	}
	list, ok := v.([]any)
	if !ok || int64(len(list)) > largestLayers {
		r.problem(name, "send a list of strings", "is %s", compact(v))
		return nil
	}
	out := make([]string, 0, len(list))
	for i, x := range list {
		s, ok := x.(string)
		if !ok {
			r.problem(name, "send a list of strings", "has %s at position %d", compact(x), i)
			return nil
		}
		out = append(out, s)
	}
	return out
}

// square reads a side that may be written as one integer or as [height, width].
func (r *reader) square(field string) int64 {
	v, name := r.take(field)
	if list, ok := v.([]any); ok && len(list) == 2 {
		height := r.integer(name+"[0]", list[0], 1, largestSide)
		if width := r.integer(name+"[1]", list[1], 1, largestSide); width != height {
			r.problem(name, "send one integer", "is not square: %s", compact(v))
		}
		return height
	}
	if v == nil {
		r.problem(name, "give "+name, "is missing and %s has no default for it", r.known.label())
		return 1
	}
	return r.integer(name, v, 1, largestSide)
}

// activation reads the name of a non-linearity.
func (r *reader) activation(field string) workload.Activation {
	text := r.word(field)
	var a workload.Activation
	if err := a.UnmarshalText([]byte(text)); err != nil {
		r.problem(field, "send one of "+strings.Join(a.Values(), ", "), "is %q, which is not known", clip(text))
		return workload.SiLU
	}
	return a
}

// child is the reader of a nested object, of the given library type. An absent
// object is all defaults: those that the outer type has for it, else the type's.
func (r *reader) child(field, modelType string) *reader {
	c := &reader{log: r.log, path: r.path + field + ".", given: map[string]any{}, known: libraryOf(modelType)}
	switch v := r.given[field].(type) {
	case nil:
		if row, ok := libraryTypes()[r.known.Type+"."+field]; ok {
			row.Type = modelType
			c.known = row
		}
	case map[string]any:
		c.given = v
	default:
		r.problem(field, "send an object", "is %s", compact(v))
	}
	return c
}

// integer checks one value; where it is refused the least value stands in.
func (r *reader) integer(name string, v any, least, most int64) int64 {
	fix := fmt.Sprintf("send an integer from %d to %d", least, most)
	x, ok := number(v)
	switch {
	case !ok:
		r.problem(name, fix, "is %s", compact(v))
	case x != math.Trunc(x):
		r.problem(name, fix, "is %s, not an integer", compact(v))
	case x < float64(least) || x > float64(most):
		r.problem(name, fix, "is %s", compact(v))
	default:
		return int64(x)
	}
	return least
}

// number takes JSON numbers only. Sizes stay below 2^53, where float64 is exact.
func number(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	x, err := n.Float64()
	return x, err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
}

// compact prints a value as JSON, shortened.
func compact(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "an object"
	case []any:
		if len(v) > 8 {
			return fmt.Sprintf("a list of %d", len(v))
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "a value that cannot be printed"
	}
	return clip(string(text))
}

// clip keeps a caller's text short in a message.
func clip(text string) string {
	const longest = 60
	runes := []rune(text)
	if len(runes) <= longest {
		return text
	}
	return string(runes[:longest]) + "…"
}
