package schemas

import (
	"encoding/json"

	"vramcalc/calc/workload"
)

// Object is a JSON object that is passed on as it is: a pasted config.json,
// the options of a training stack.
type Object []byte

// MarshalJSON writes the object as it came.
func (o Object) MarshalJSON() ([]byte, error) {
	if len(o) == 0 {
		return []byte("{}"), nil
	}
	return o, nil
}

// Keys lists the names of the object, none where it holds none.
func (o Object) Keys() []string {
	var m map[string]json.RawMessage
	if json.Unmarshal(o, &m) != nil {
		return nil
	}
	return sortedKeys(m)
}

// OptimizerName is the argument optimizer: an update rule, and the fused form
// where the name says so, as Trainer's adamw_torch_fused does.
type OptimizerName struct {
	Optimizer workload.Optimizer
	Form      workload.OptimizerImplementation // that the name means, 0 where it says none
}

// String is the name on the wire.
func (o OptimizerName) String() string { return o.Optimizer.String() }

// Values lists the names in order.
func (OptimizerName) Values() []string { return workload.Optimizer(0).Values() }

// MarshalText gives the name on the wire.
func (o OptimizerName) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText takes any case and the usual spellings; the error lists the names.
func (o *OptimizerName) UnmarshalText(text []byte) error {
	o.Form = map[string]workload.OptimizerImplementation{
		workload.Fold("adamw_torch_fused"): workload.Fused, workload.Fold("adamw_torch"): workload.Foreach,
	}[workload.Fold(string(text))]
	return o.Optimizer.UnmarshalText(text)
}

// Language is the language of an answer's prose.
type Language uint8

// The languages; zero is invalid.
const (
	English Language = iota + 1
	Chinese
)

var languageNames = []string{"en", "zh"}

// String is the name on the wire.
func (l Language) String() string {
	if l == 0 || int(l) > len(languageNames) {
		return "invalid"
	}
	return languageNames[l-1]
}

// Values lists the names in order.
func (Language) Values() []string { return languageNames }

// MarshalText gives the name on the wire.
func (l Language) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText takes any case; the error lists the names.
func (l *Language) UnmarshalText(text []byte) error {
	for i, n := range languageNames {
		if workload.Fold(n) == workload.Fold(string(text)) {
			*l = Language(i + 1)
			return nil
		}
	}
	return errNotAChoice(string(text), languageNames)
}
