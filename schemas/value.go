package schemas

import (
	"encoding"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"

	"vramcalc/calc/check"
	"vramcalc/calc/say"
)

// maxExact is the largest integer that every JSON program carries exactly.
const maxExact = 1 << 53

// enum is a closed set of names.
type enum interface{ Values() []string }

var (
	enumType   = reflect.TypeFor[enum]()
	objectType = reflect.TypeFor[Object]()
	textType   = reflect.TypeFor[say.Text]()
)

// reader reads one argument's value and collects what there is to say of it.
type reader struct {
	argument *Argument
	findings []check.Finding
}

// value reads raw into v by v's type and says whether it could.
func (r *reader) value(v reflect.Value, raw json.RawMessage) bool {
	t := v.Type()
	switch {
	case t == objectType:
		return r.object(v, raw)
	case t.Implements(enumType):
		return r.choice(v, raw)
	}
	switch t.Kind() {
	case reflect.Int64:
		return r.integer(v, raw)
	case reflect.Float64:
		return r.number(v, raw)
	case reflect.Bool:
		return r.boolean(v, raw)
	case reflect.String:
		return r.text(v, raw)
	case reflect.Slice:
		return r.list(v, raw)
	}
	return r.wrong(raw, say.F("a value of this argument"))
}

func (r *reader) integer(v reflect.Value, raw json.RawMessage) bool {
	want := say.F("a whole number")
	number, quoted := numberText(raw)
	if number == "" {
		return r.wrong(raw, want)
	}
	x, err := strconv.ParseFloat(number, 64)
	if err == nil && x != math.Trunc(x) {
		return r.wrong(raw, want)
	}
	if !r.within(raw, x, err) {
		return false
	}
	if math.Abs(x) > maxExact {
		return r.fail(check.OutOfRange, say.F("%s %s is too large a whole number", r.argument.Name, shown(raw)), say.F("Send a smaller one."))
	}
	v.SetInt(int64(x))
	r.unquoted(quoted, raw, int64(x))
	return true
}

func (r *reader) number(v reflect.Value, raw json.RawMessage) bool {
	number, quoted := numberText(raw)
	if number == "" {
		return r.wrong(raw, say.F("a number"))
	}
	x, err := strconv.ParseFloat(number, 64)
	if !r.within(raw, x, err) {
		return false
	}
	v.SetFloat(x)
	r.unquoted(quoted, raw, x)
	return true
}

// within checks the bounds. A number beyond the range of float64 is beyond any
// of ours.
func (r *reader) within(raw json.RawMessage, x float64, err error) bool {
	if err == nil && r.argument.Bounds.contain(x) {
		return true
	}
	words := r.argument.Bounds.words()
	if words.IsZero() {
		words = say.F("a finite number")
	}
	return r.fail(check.OutOfRange, say.F("%s %s is out of range", r.argument.Name, shown(raw)), say.F("Send %s.", words))
}

func (r *reader) boolean(v reflect.Value, raw json.RawMessage) bool {
	text, quoted := stringOf(raw)
	if !quoted {
		text = string(raw)
	}
	word := strings.TrimSpace(text)
	if quoted {
		word = strings.ToLower(word)
	}
	if word != "true" && word != "false" {
		return r.wrong(raw, say.F("true or false"))
	}
	v.SetBool(word == "true")
	r.unquoted(quoted, raw, word == "true")
	return true
}

func (r *reader) text(v reflect.Value, raw json.RawMessage) bool {
	s, ok := stringOf(raw)
	if !ok {
		return r.wrong(raw, say.F("a string"))
	}
	v.SetString(s)
	return true
}

func (r *reader) choice(v reflect.Value, raw json.RawMessage) bool {
	names := v.Interface().(enum).Values()
	s, ok := stringOf(raw)
	if !ok {
		return r.wrong(raw, say.F("one of %s", strings.Join(names, ", ")))
	}
	into, ok := v.Addr().Interface().(encoding.TextUnmarshaler)
	if ok && into.UnmarshalText([]byte(s)) == nil {
		return true
	}
	v.SetZero()
	told := check.Told{
		Message: say.F("%s %s is none of its values", r.argument.Name, shown(raw)),
		Fix:     say.F("Send one of %s.", strings.Join(names, ", ")),
	}
	if near := nearest(s, names, 1); len(near) > 0 {
		told.Fix = say.F("Did you mean %q? It is one of %s.", near[0], strings.Join(names, ", "))
		told.Change = map[string]any{r.argument.Name: r.argument.single(near[0])}
	}
	r.add(check.NotAChoice, told)
	return false
}

func (r *reader) object(v reflect.Value, raw json.RawMessage) bool {
	want := say.F("a JSON object")
	text, quoted := stringOf(raw)
	if !quoted {
		text = string(raw)
	}
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") || depth([]byte(text)) > maxDepth || !json.Valid([]byte(text)) {
		return r.wrong(raw, want)
	}
	v.SetBytes([]byte(text))
	if quoted {
		r.add(check.Quoted, check.Told{
			Message: say.F("%s is a JSON text in quotes and was read as the object that it holds", r.argument.Name),
			Fix:     say.F("Send the object itself."),
		})
	}
	return true
}

// list reads an array; a bare value is a list of one.
func (r *reader) list(v reflect.Value, raw json.RawMessage) bool {
	items, ok := r.items(raw)
	if !ok {
		items = []json.RawMessage{raw}
	}
	if lo, hi := r.argument.MinItems, r.argument.MaxItems; int64(len(items)) < lo || hi > 0 && int64(len(items)) > hi {
		return r.fail(check.OutOfRange, say.F("%s has %d elements", r.argument.Name, len(items)), say.F("Send a list of %d to %d.", lo, hi))
	}
	out := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		if !r.value(out.Index(i), item) {
			return false
		}
	}
	v.Set(out)
	return true
}

// items are the elements of an array, which may stand in quotes.
func (r *reader) items(raw json.RawMessage) ([]json.RawMessage, bool) {
	text, quoted := stringOf(raw)
	if !quoted {
		text = string(raw)
	}
	var items []json.RawMessage
	if !strings.HasPrefix(strings.TrimSpace(text), "[") || depth([]byte(text)) > maxDepth || json.Unmarshal([]byte(text), &items) != nil {
		return nil, false
	}
	if quoted {
		r.add(check.Quoted, check.Told{
			Message: say.F("%s is a JSON text in quotes and was read as the list that it holds", r.argument.Name),
			Fix:     say.F("Send the list itself."),
		})
	}
	return items, true
}

func (r *reader) unquoted(quoted bool, raw json.RawMessage, v any) {
	if !quoted {
		return
	}
	r.add(check.Quoted, check.Told{
		Message: say.F("%s %s was read as %v", r.argument.Name, shown(raw), v),
		Fix:     say.F("Send %v without quotes.", v),
		Change:  map[string]any{r.argument.Name: r.argument.single(v)},
	})
}

func (r *reader) wrong(raw json.RawMessage, want say.Text) bool {
	what := want
	if words := r.argument.Bounds.words(); !words.IsZero() {
		what = say.F("%s, %s", want, words)
	}
	return r.fail(check.WrongType, say.F("%s is %s, not %s", r.argument.Name, shown(raw), want), say.F("Send %s.", what))
}

func (r *reader) fail(rule *check.Rule, message, fix say.Text) bool {
	r.add(rule, check.Told{Message: message, Fix: fix})
	return false
}

func (r *reader) add(rule *check.Rule, t check.Told) {
	r.findings = append(r.findings, rule.Report([]string{r.argument.Name}, t))
}

// numberText is the number that raw holds, in quotes or not; "" where it holds
// none. Only what JSON calls a number is one: no NaN, no hexadecimal.
func numberText(raw json.RawMessage) (number string, quoted bool) {
	text, quoted := stringOf(raw)
	if !quoted {
		text = string(raw)
	}
	text = strings.TrimSpace(text)
	if text == "" || !strings.ContainsRune("-0123456789", rune(text[0])) || !json.Valid([]byte(text)) {
		return "", quoted
	}
	return text, quoted
}

func stringOf(raw json.RawMessage) (string, bool) {
	var s string
	if len(raw) == 0 || strings.TrimSpace(string(raw))[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return "", false
	}
	return s, true
}

// shown is a value as a message repeats it.
func shown(raw []byte) string {
	const most = 60
	s := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(string(raw), "?")), " "))
	if len(s) > most {
		return string(s[:most]) + "…"
	}
	return string(s)
}
