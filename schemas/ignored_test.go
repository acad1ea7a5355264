package schemas_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// answering are arguments that choose what the answer holds, not what is run.
var answering = []string{
	"datasetSamples", "datasetTokens", "detail", "formulaSet", "gpuSegments", "gpuVendors", "language",
	"maxHourlyUsd", "maxPurchaseUsd", "targetGpuCount",
}

// samples are two values of an argument, of which one at least differs from
// any default.
func samples(a schemas.Argument) []any {
	switch {
	case a.Name == "modelId" || a.Name == "modelConfig" || a.Name == "stackOptions" || a.Name == "targetGpu":
		return nil // tested where they are resolved
	case len(a.Choices) > 0 && a.Type == "array":
		return []any{[]string{a.Choices[0]}, []string{a.Choices[len(a.Choices)-1]}}
	case len(a.Choices) > 0:
		return []any{a.Choices[0], a.Choices[len(a.Choices)-1]}
	case a.Type == "boolean":
		return []any{true, false}
	case a.Type == "array" && a.Unit == "tokens":
		return []any{[]int64{64, 128}}
	case a.Type == "array":
		return []any{[]string{"lm_head"}, []string{"fc"}}
	case a.Type == "integer":
		return []any{2, 64}
	}
	return []any{0.3}
}

// bases are what arguments are added to: each type of model trained whole and
// with adapters, and the other methods on a language model.
func bases(t *testing.T) []string {
	var out []string
	for kind, call := range calls {
		out = append(out, call, patch(t, call, map[string]any{"fineTuningMethod": "lora"}))
		if kind == "nlp" {
			out = append(out,
				patch(t, call, map[string]any{"fineTuningMethod": "qlora"}),
				patch(t, call, map[string]any{"fineTuningMethod": "prefix"}),
				patch(t, call, map[string]any{"fineTuningMethod": "freeze", "frozenLayers": 1}))
		}
	}
	return out
}

// TestNoArgumentIsIgnored holds that a value either changes the workload, is
// what would have been assumed, or is told about.
func TestNoArgumentIsIgnored(t *testing.T) {
	for _, base := range bases(t) {
		before, assumptions, _ := fullyResolved(base)
		assumed := map[string]string{}
		for _, s := range assumptions {
			assumed[s.Argument] = written(t, s.Value)
		}
		for _, a := range schemas.Arguments() {
			if slices.Contains(answering, a.Name) {
				continue
			}
			for _, v := range samples(a) {
				with := patch(t, base, map[string]any{a.Name: v})
				after, _, findings := fullyResolved(with)
				told := slices.ContainsFunc(findings, func(f check.Finding) bool { return slices.Contains(f.Arguments, a.Name) })
				asAssumed := assumed[a.Name] == written(t, v) || a.Default == fmt.Sprint(v) || holds(t, base, a.Name, v)
				if after != nil && !told && !asAssumed && reflect.DeepEqual(before, after) {
					t.Errorf("%s %v is ignored in %s", a.Name, v, base)
				}
			}
		}
	}
}

func fullyResolved(arguments string) (workload.Workload, []report.Assumption, []check.Finding) {
	args, findings := schemas.Decode[schemas.EstimateArgs]([]byte(arguments))
	w, assumptions, more := args.Resolve(catalog.Load())
	return w, assumptions, append(findings, more...)
}

// holds says whether the call has the value already.
func holds(t *testing.T, call, name string, v any) bool {
	var m map[string]any
	if err := json.Unmarshal([]byte(call), &m); err != nil {
		t.Fatal(err)
	}
	return m[name] != nil && fmt.Sprint(m[name]) == fmt.Sprint(v)
}

func written(t *testing.T, v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
