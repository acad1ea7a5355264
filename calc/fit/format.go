package fit

import (
	"fmt"
	"strings"

	"vramcalc/calc/workload"
)

// Format is a number format that a GPU has to run.
type Format uint8

// The values of Format; zero is invalid.
const (
	FP32 Format = iota + 1
	TF32        // fp32 storage, products in 19 bits
	FP16
	BF16
	FP8
	FP4
	INT8 // stored weights of LLM.int8
	INT4 // stored weights of nf4
)

var formatNames = []string{"fp32", "tf32", "fp16", "bf16", "fp8", "fp4", "int8", "int4"}

// formatOfPrecision is in the order of workload.Precision.
var formatOfPrecision = []Format{FP32, FP16, BF16, INT8, INT4}

// String is the name on the wire.
func (f Format) String() string {
	if f == 0 || int(f) > len(formatNames) {
		return "invalid"
	}
	return formatNames[f-1]
}

// Values lists the names in order.
func (Format) Values() []string { return formatNames[:len(formatNames):len(formatNames)] }

// MarshalText gives the name on the wire.
func (f Format) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText takes any case and the spellings of precisions; the error lists
// the names.
func (f *Format) UnmarshalText(text []byte) error {
	for i, name := range formatNames {
		if workload.Fold(name) == workload.Fold(string(text)) {
			*f = Format(i + 1)
			return nil
		}
	}
	var p workload.Precision
	if p.UnmarshalText(text) == nil {
		*f = FormatOf(p)
		return nil
	}
	return fmt.Errorf("%q is none of %s", text, strings.Join(formatNames, ", "))
}

// FormatOf is the format that a precision needs.
func FormatOf(p workload.Precision) Format {
	if p == 0 || int(p) > len(formatOfPrecision) {
		return 0
	}
	return formatOfPrecision[p-1]
}

// Precision is the precision of a workload in this format; tf32, fp8 and fp4
// are none.
func (f Format) Precision() (workload.Precision, bool) {
	for i, g := range formatOfPrecision {
		if g == f {
			return workload.Precision(i + 1), true
		}
	}
	return 0, false
}
