package calc_test

import (
	"encoding/json"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/schemas"
)

// leastExact is how many models were compared when this was written: none may
// drop out by being refused.
const leastExact = 341

// TestCounts compares the parameters that a catalogue model's program declares
// with the published count, to the unit.
func TestCounts(t *testing.T) {
	c := catalog.Load()
	exact, unwritten := 0, map[string]int{}
	for _, m := range c.Models() {
		if m.Params == 0 || !m.Disclosed {
			continue
		}
		head := "lm"
		if m.Text.Family.IsEncoder() { // published as a body with a pooler where it has one
			head = "none"
		}
		raw, err := json.Marshal(map[string]any{"head": head, "modelType": m.Kind.String(), "modelId": m.ID, "precision": "bf16", "batchSize": 1, "sequenceLength": 16,
			"learningRate": 1e-5, "optimizer": "sgd", "trainingEpochs": 1})
		if err != nil {
			t.Fatal(err)
		}
		args, _ := schemas.Decode[schemas.EstimateArgs](raw)
		w, _, findings := args.Resolve(c)
		if w == nil || check.HasErrors(findings) {
			for _, f := range findings {
				if f.Severity == check.Error {
					unwritten[f.Message]++
				}
			}
			continue
		}
		got, err := calc.Count(w)
		if err != nil {
			unwritten[err.Error()]++
			continue
		}
		if got.Total != m.Params {
			t.Errorf("%s has %d parameters, published are %d (%+d)", m.ID, got.Total, m.Params, int64(got.Total)-int64(m.Params))
			continue
		}
		exact++
	}
	if exact < leastExact {
		t.Errorf("%d models have the published count, want at least %d", exact, leastExact)
	}
	t.Logf("%d models have the published count", exact)
	for why, n := range unwritten {
		t.Logf("%d models: %s", n, why)
	}
}

// TestCountIsRecorded holds the count of a model that is only declared against
// that of a run, adapters and all.
func TestCountIsRecorded(t *testing.T) {
	for _, name := range engineExamples {
		w := example(t, name)
		declared, err := calc.Count(w)
		if err != nil {
			t.Fatal(err)
		}
		b, _, err := calc.Compile(w)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.Counts(); got != declared {
			t.Errorf("%s: %+v declared, %+v recorded", name, declared, got)
		}
	}
}
