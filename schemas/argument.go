package schemas

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Argument is what one argument is, read from the tags of its field.
type Argument struct {
	Name        string   `json:"name"`
	Type        string   `json:"type"`
	Choices     []string `json:"choices,omitempty"`
	ModelTypes  []string `json:"modelTypes,omitempty"` // absent = all
	Methods     []string `json:"methods,omitempty"`    // absent = all
	Panel       string   `json:"panel,omitempty"`      // basic, advanced, optimization, hardware
	Unit        string   `json:"unit,omitempty"`
	Bounds      Bounds   `json:"valid,omitzero"`
	MinItems    int64    `json:"minItems,omitempty"`
	MaxItems    int64    `json:"maxItems,omitempty"`
	Usual       []Usual  `json:"usual,omitempty"`
	Scale       string   `json:"scale,omitempty"` // log; absent = linear
	Default     string   `json:"default,omitempty"`
	Description string   `json:"description"`

	index []int
	list  bool
}

// Bounds are the hard limits of a number; outside them an error.
type Bounds struct {
	Minimum          *float64 `json:"minimum,omitempty"`
	Maximum          *float64 `json:"maximum,omitempty"`
	ExclusiveMinimum *float64 `json:"exclusiveMinimum,omitempty"`
	ExclusiveMaximum *float64 `json:"exclusiveMaximum,omitempty"`
}

// Usual is a range outside of which a given value is unusual, for one type of
// model or all. Zero says that 0 is usual too, because it switches off.
type Usual struct {
	ModelType string  `json:"modelType,omitempty"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Zero      bool    `json:"zero,omitempty"`
}

func (b Bounds) contain(x float64) bool {
	return !math.IsNaN(x) && !math.IsInf(x, 0) &&
		(b.Minimum == nil || x >= *b.Minimum) &&
		(b.Maximum == nil || x <= *b.Maximum) &&
		(b.ExclusiveMinimum == nil || x > *b.ExclusiveMinimum) &&
		(b.ExclusiveMaximum == nil || x < *b.ExclusiveMaximum)
}

// words says the bounds, nothing where there are none.
func (b Bounds) words() say.Text {
	if b.Minimum != nil && b.Maximum != nil {
		return say.F("%s to %s", plain(*b.Minimum), plain(*b.Maximum))
	}
	var parts []say.Text
	tell := func(limit *float64, words func(string) say.Text) {
		if limit != nil {
			parts = append(parts, words(plain(*limit)))
		}
	}
	tell(b.Minimum, func(x string) say.Text { return say.F("at least %s", x) })
	tell(b.ExclusiveMinimum, func(x string) say.Text { return say.F("above %s", x) })
	tell(b.Maximum, func(x string) say.Text { return say.F("at most %s", x) })
	tell(b.ExclusiveMaximum, func(x string) say.Text { return say.F("below %s", x) })
	return say.Join(", ", parts...)
}

func plain(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// single is a value as the argument is sent: a list of one where it is a list.
func (a *Argument) single(v any) any {
	if a.list {
		return []any{v}
	}
	return v
}

// text is the description that is published: applicability, meaning, unit,
// range and default in words, since some clients strip everything else.
func (a *Argument) text() string {
	var b strings.Builder
	if who := append(append([]string{}, a.ModelTypes...), a.Methods...); len(who) > 0 {
		fmt.Fprintf(&b, "[%s] ", strings.Join(who, ", "))
	}
	b.WriteString(a.Description)
	if words := a.Bounds.words().String(); words != "" {
		fmt.Fprintf(&b, " %s%s.", strings.ToUpper(words[:1]), strings.TrimRight(words[1:]+" "+a.Unit, " "))
	}
	if a.Default != "" {
		fmt.Fprintf(&b, " Default %s.", a.Default)
	}
	return b.String()
}

// table holds the arguments of a struct in the order of its fields.
type table struct {
	list   []Argument
	byName map[string]*Argument
	names  []string
}

var tables sync.Map // reflect.Type → *table

// tableOf reads the tags of a struct once.
func tableOf(t reflect.Type) *table {
	if known, ok := tables.Load(t); ok {
		return known.(*table)
	}
	out := &table{byName: map[string]*Argument{}}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			out.list = append(out.list, argumentOf(name, f))
		}
	}
	for i := range out.list {
		a := &out.list[i]
		out.byName[a.Name] = a
		out.names = append(out.names, a.Name)
	}
	known, _ := tables.LoadOrStore(t, out)
	return known.(*table)
}

// ArgumentsOf lists the arguments of an argument struct in their order.
func ArgumentsOf[A any]() []Argument {
	return append([]Argument(nil), tableOf(reflect.TypeFor[A]()).list...)
}

// Arguments lists the arguments of the full estimate.
func Arguments() []Argument { return ArgumentsOf[EstimateArgs]() }

func argumentOf(name string, f reflect.StructField) Argument {
	a := Argument{
		Name:        name,
		Panel:       f.Tag.Get("panel"),
		Unit:        f.Tag.Get("unit"),
		Scale:       f.Tag.Get("scale"),
		Default:     f.Tag.Get("default"),
		Description: f.Tag.Get("jsonschema_description"),
		ModelTypes:  words(f.Tag.Get("applies")),
		Methods:     words(f.Tag.Get("methods")),
		Usual:       usualOf(f.Tag.Get("usual")),
		index:       f.Index,
	}
	a.limits(f.Tag.Get("jsonschema"))
	if o, ok := reflect.New(f.Type).Elem().Interface().(interface{ elem() reflect.Type }); ok {
		s := schemaOf(o.elem())
		a.Type, a.list = s.Type, s.Type == "array"
		if s.Items != nil {
			s = s.Items
		}
		for _, v := range s.Enum {
			a.Choices = append(a.Choices, fmt.Sprint(v))
		}
	}
	return a
}

// limits reads the bounds of the jsonschema tag. A broken tag fails the tests
// of the package, which compare what is read here with the published schema.
func (a *Argument) limits(tag string) {
	for _, part := range words(tag) {
		key, text, _ := strings.Cut(part, "=")
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			continue
		}
		switch key {
		case "minimum":
			a.Bounds.Minimum = &x
		case "maximum":
			a.Bounds.Maximum = &x
		case "exclusiveMinimum":
			a.Bounds.ExclusiveMinimum = &x
		case "exclusiveMaximum":
			a.Bounds.ExclusiveMaximum = &x
		case "minItems":
			a.MinItems = int64(x)
		case "maxItems":
			a.MaxItems = int64(x)
		}
	}
}

// usualOf reads "1..64; cnn 8..512; moe 0|1..2".
func usualOf(tag string) []Usual {
	var out []Usual
	for _, part := range strings.Split(tag, ";") {
		var u Usual
		part = strings.TrimSpace(part)
		if kind, rest, ok := strings.Cut(part, " "); ok {
			u.ModelType, part = kind, rest
		}
		if rest, ok := strings.CutPrefix(part, "0|"); ok {
			u.Zero, part = true, rest
		}
		low, high, ok := strings.Cut(part, "..")
		if !ok {
			continue
		}
		var errs [2]error
		u.Low, errs[0] = strconv.ParseFloat(low, 64)
		u.High, errs[1] = strconv.ParseFloat(high, 64)
		if errs[0] == nil && errs[1] == nil {
			out = append(out, u)
		}
	}
	return out
}

func words(tag string) []string {
	var out []string
	for _, w := range strings.Split(tag, ",") {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// AppliesTo says whether the argument means anything to a type of model.
func (a *Argument) AppliesTo(k workload.Kind) bool { return a.in(a.ModelTypes, k.String()) }

// AppliesWith says whether the argument means anything to a method.
func (a *Argument) AppliesWith(m workload.Method) bool { return a.in(a.Methods, m.String()) }

func (a *Argument) in(set []string, name string) bool {
	if len(set) == 0 {
		return true
	}
	for _, s := range set {
		if s == name {
			return true
		}
	}
	return false
}
