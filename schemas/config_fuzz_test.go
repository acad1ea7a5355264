package schemas_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/schemas"
)

// largestParams is the count above which a shape is no model's.
const largestParams = 10_000e9

// checkConfig holds that a config is refused with a reason, or told with a
// plausible count.
func checkConfig(t *testing.T, config []byte) {
	t.Helper()
	if !json.Valid(config) {
		return
	}
	args, findings := schemas.Decode[schemas.EstimateArgs](fmt.Appendf(nil, `{"modelConfig":%s}`, config))
	if args == nil {
		return
	}
	d := args.Describe(catalog.Load(), findings)
	switch {
	case d.Refused():
		if len(d.Validation.Errors) == 0 || d.Model != nil {
			t.Fatalf("%s is refused without a reason: %+v", config, d)
		}
	case d.Model == nil:
		t.Fatalf("%s: neither refused nor told: %s", config, d.Summary)
	case d.Model.Parameters != nil:
		p := d.Model.Parameters
		if p.Total <= 0 || p.Total > largestParams || p.ActivePerToken <= 0 || p.ActivePerToken > p.Total {
			t.Fatalf("%s: %d parameters, %d active", config, p.Total, p.ActivePerToken)
		}
		for name, bytes := range d.Model.BytesByPrecision {
			if bytes <= 0 {
				t.Fatalf("%s: %d bytes in %s", config, bytes, name)
			}
		}
	}
}

// mutated changes one value of a config, at any depth, to one that a careless
// or hostile caller may send.
func mutated(r *rand.Rand, config []byte) []byte {
	var object map[string]any
	d := json.NewDecoder(bytes.NewReader(config))
	d.UseNumber()
	if d.Decode(&object) != nil {
		return config
	}
	strange := []any{0, -1, 1, 2, 3, 7, 1 << 20, 1 << 40, 1e308, 0.5, "x", "", true, nil, []any{}, []any{1, 2, 3}, map[string]any{}}
	at := object
	for {
		var keys []string
		for k := range at {
			keys = append(keys, k)
		}
		if len(keys) == 0 {
			break
		}
		k := keys[r.IntN(len(keys))]
		if inner, ok := at[k].(map[string]any); ok && r.IntN(4) > 0 {
			at = inner
			continue
		}
		if r.IntN(6) == 0 {
			delete(at, k)
		} else {
			at[k] = strange[r.IntN(len(strange))]
		}
		break
	}
	out, err := json.Marshal(object)
	if err != nil {
		return config
	}
	return out
}

// TestMutatedConfigs changes one to three values of every pasted config.
func TestMutatedConfigs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, row := range append(pastedConfigs(t, "testdata/configs.json"), pastedConfigs(t, "../calc/catalog/testdata/configs.json")...) {
		for range 6 {
			config := []byte(row.Config)
			for range 1 + r.IntN(3) {
				config = mutated(r, config)
				checkConfig(t, config)
			}
		}
	}
}

// FuzzPastedConfig: whatever is pasted is refused with a reason or told with a
// plausible count, and nothing panics.
func FuzzPastedConfig(f *testing.F) {
	for _, row := range pastedConfigs(f, "testdata/configs.json") {
		f.Add([]byte(row.Config))
	}
	f.Fuzz(func(t *testing.T, config []byte) { checkConfig(t, config) })
}
