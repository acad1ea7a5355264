package report

import (
	"fmt"
	"strings"
)

// Detail is how much an answer tells.
type Detail uint8

// The levels of detail; zero is invalid.
const (
	Brief    Detail = iota + 1 // numbers without formulas and notes
	Standard                   // with formulas and the assumptions that move bytes
	Full                       // with the tensors alive at the peak and every assumption
)

var detailNames = []string{"brief", "standard", "full"}

// String is the name on the wire.
func (d Detail) String() string { return nameOf(detailNames, uint8(d)) }

// Values lists the names in order.
func (Detail) Values() []string { return detailNames }

// MarshalText gives the name on the wire.
func (d Detail) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText takes any case; the error lists the names.
func (d *Detail) UnmarshalText(text []byte) error {
	value, err := parseName(detailNames, string(text))
	*d = Detail(value)
	return err
}

// FormulaSet says by what the components of an answer are computed.
type FormulaSet uint8

// The formula sets; zero is invalid.
const (
	Architecture FormulaSet = iota + 1 // what the model does, operation by operation
	Guide                              // the documented closed forms
)

var formulaSetNames = []string{"architecture", "guide"}

// String is the name on the wire.
func (f FormulaSet) String() string { return nameOf(formulaSetNames, uint8(f)) }

// Values lists the names in order.
func (FormulaSet) Values() []string { return formulaSetNames }

// MarshalText gives the name on the wire.
func (f FormulaSet) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText takes any case; the error lists the names.
func (f *FormulaSet) UnmarshalText(text []byte) error {
	value, err := parseName(formulaSetNames, string(text))
	*f = FormulaSet(value)
	return err
}

func nameOf(names []string, v uint8) string {
	if v == 0 || int(v) > len(names) {
		return "invalid"
	}
	return names[v-1]
}

func parseName(names []string, text string) (uint8, error) {
	for i, n := range names {
		if strings.EqualFold(n, strings.TrimSpace(text)) {
			return uint8(i + 1), nil
		}
	}
	return 0, fmt.Errorf("%q is none of %s", text, strings.Join(names, ", "))
}
