package schemas

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"

	"vramcalc/calc/check"
	"vramcalc/calc/say"
)

const (
	// maxDepth is how deep values may be nested; a config.json needs about five.
	maxDepth = 32
	// maxUnknown is how many unknown names are told one by one.
	maxUnknown = 20
)

// Problem is a finding about the arguments as they were sent.
type Problem = check.Finding

// Sent remembers which arguments a request held, also those that could not be
// read. Argument structs embed it.
type Sent struct{ names map[string]bool }

// WasSent says whether the request held the argument, readable or not.
func (s *Sent) WasSent(name string) bool { return s != nil && s.names[name] }

func (s *Sent) note(name string) {
	if s.names == nil {
		s.names = map[string]bool{}
	}
	s.names[name] = true
}

// Decode reads arguments key by key and reports every problem at once. The
// arguments are nil only where the text is no JSON object at all. No text and
// null are an empty object. What could not be read is absent.
func Decode[A any](raw []byte) (*A, []Problem) {
	args := new(A)
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || isNull(raw) {
		return args, nil
	}
	if f, bad := refuseText(raw); bad {
		return nil, []Problem{f}
	}
	d := &decoder{
		into:  reflect.ValueOf(args).Elem(),
		table: tableOf(reflect.TypeFor[A]()),
		seen:  map[string]bool{},
	}
	d.sent, _ = any(args).(interface{ note(string) })
	d.object(raw)
	check.Sort(d.problems)
	return args, d.problems
}

// refuseText answers for a text that holds no object to read.
func refuseText(raw []byte) (Problem, bool) {
	if depth(raw) > maxDepth {
		return check.TooDeep.Report(nil, check.Told{
			Message: say.F("the arguments are nested more than %d levels deep", maxDepth),
			Fix:     say.F("Send one flat JSON object of arguments."),
		}), true
	}
	var ignored json.RawMessage
	if err := json.Unmarshal(raw, &ignored); err != nil {
		var where say.Text
		if s := new(json.SyntaxError); errors.As(err, &s) {
			where = say.F(" at byte %d", s.Offset)
		}
		return check.NotJSON.Report(nil, check.Told{
			Message: say.F("the arguments are not JSON%s: %v", where, err),
			Fix:     say.F("Send one JSON object, without NaN, Infinity, comments or trailing commas."),
		}), true
	}
	if raw[0] != '{' {
		return check.NotObject.Report(nil, check.Told{
			Message: say.F("the arguments are %s, not an object", shown(raw)),
			Fix:     say.F(`Send one JSON object: {"modelType": "nlp", …}.`),
		}), true
	}
	return Problem{}, false
}

type decoder struct {
	into     reflect.Value
	table    *table
	sent     interface{ note(string) }
	seen     map[string]bool
	unknown  []string
	problems []Problem
}

// object reads the members of a valid JSON object one after the other, so that
// a name given twice is seen.
func (d *decoder) object(raw []byte) {
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber()
	if _, err := in.Token(); err != nil {
		return
	}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil && err != io.EOF {
			return
		}
		if key, ok := name.(string); ok {
			d.member(key, value)
		}
	}
	d.tellUnknown()
}

func (d *decoder) member(name string, value json.RawMessage) {
	a, known := d.table.byName[name]
	switch {
	case ignored[name] || isNull(value):
		return
	case !known:
		d.strange(name, value)
		return
	case d.seen[name]:
		d.problems = append(d.problems, check.Duplicate.Report([]string{name}, check.Told{
			Message: say.F("%s is given more than once", name),
			Fix:     say.F("Send it once."),
		}))
		return
	}
	d.seen[name] = true
	if d.sent != nil {
		d.sent.note(name)
	}
	if field, ok := d.into.FieldByIndex(a.index).Addr().Interface().(slot); ok {
		d.problems = append(d.problems, field.read(value, a)...)
	}
}

// ignored are names that some clients add to every call.
var ignored = map[string]bool{"wait_for_previous": true}

// strange tells an unknown name and what it may have been meant for.
func (d *decoder) strange(name string, value json.RawMessage) {
	if len(d.unknown) >= maxUnknown {
		d.unknown = append(d.unknown, name)
		return
	}
	d.unknown = append(d.unknown, name)
	label := shown([]byte(name))
	told := check.Told{
		Message: say.F("%s is not an argument", label),
		Fix:     say.F("Leave it out."),
	}
	if near := nearest(name, d.table.names, 1); len(near) > 0 {
		told.Fix = say.F("Did you mean %s?", near[0])
		told.Change = map[string]any{name: nil, near[0]: value}
	}
	d.problems = append(d.problems, check.Unknown.Report([]string{label}, told))
}

func (d *decoder) tellUnknown() {
	if n := len(d.unknown) - maxUnknown; n > 0 {
		d.problems = append(d.problems, check.Unknown.Report(nil, check.Told{
			Message: say.F("%d more names are not arguments", n),
			Fix:     say.F("Send only documented arguments, such as %s.", strings.Join(d.table.names[:min(5, len(d.table.names))], ", ")),
		}))
	}
}

// depth is the deepest nesting of arrays and objects in a JSON text.
func depth(raw []byte) int {
	deepest, now, quoted := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}
