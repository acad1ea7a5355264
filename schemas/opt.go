package schemas

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"

	"github.com/invopop/jsonschema"

	"vramcalc/calc/check"
)

// Opt is an argument that may be absent. The zero value is absent.
type Opt[T any] struct {
	value T
	set   bool
}

// Some is a present argument.
func Some[T any](v T) Opt[T] { return Opt[T]{v, true} }

// Get is the value and whether it is present.
func (o Opt[T]) Get() (T, bool) { return o.value, o.set }

// Or is the value, or the default where it is absent.
func (o Opt[T]) Or(def T) T {
	if o.set {
		return o.value
	}
	return def
}

// IsSet says whether the argument is present.
func (o Opt[T]) IsSet() bool { return o.set }

// IsZero is true for an absent argument, which encoding/json then leaves out.
func (o Opt[T]) IsZero() bool { return !o.set }

// MarshalJSON writes the value, null where it is absent.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if !o.set {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON reads the value as Decode does, without bounds; null is absent.
func (o *Opt[T]) UnmarshalJSON(raw []byte) error {
	*o = Opt[T]{}
	if isNull(raw) {
		return nil
	}
	for _, f := range o.read(raw, &Argument{Name: "value"}) {
		if f.Severity == check.Error {
			return errors.New(f.Message.String())
		}
	}
	return nil
}

// JSONSchema is the schema of the value: absence is not a type.
func (Opt[T]) JSONSchema() *jsonschema.Schema { return schemaOf(reflect.TypeFor[T]()) }

// elem is the type of the value.
func (Opt[T]) elem() reflect.Type { return reflect.TypeFor[T]() }

// number is the value where it is a present number.
func (o Opt[T]) number() (float64, bool) {
	switch v := any(o.value).(type) {
	case int64:
		return float64(v), o.set
	case float64:
		return v, o.set
	}
	return 0, false
}

// read takes the value from JSON that is not null. Findings are errors, after
// which the argument stays absent, or suggestions about what was read.
func (o *Opt[T]) read(raw json.RawMessage, a *Argument) []check.Finding {
	r := reader{argument: a}
	var v T
	if r.value(reflect.ValueOf(&v).Elem(), raw) {
		o.value, o.set = v, true
	}
	return r.findings
}

// slot is an Opt whatever its type.
type slot interface {
	read(raw json.RawMessage, a *Argument) []check.Finding
	IsSet() bool
	number() (float64, bool)
}

func isNull(raw []byte) bool { return bytes.Equal(bytes.TrimSpace(raw), []byte("null")) }
