package schemas_test

import (
	"fmt"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// TestEveryModelResolves takes every catalogued model through Resolve: nothing
// but a model that is not written or not published is refused, and a model
// agrees with itself.
func TestEveryModelResolves(t *testing.T) {
	const classifier = `"batchSize":32,"learningRate":1e-3,"optimizer":"sgd_momentum","trainingEpochs":90`
	for _, m := range catalog.Load().Models() {
		training := always
		if m.Kind == workload.CNN {
			training = classifier
		}
		for _, f := range grave(findingsOf(fmt.Sprintf(`{"modelType":%q,"modelId":%q,"architectureType":%q,"precision":"bf16",`+training+`}`, m.Kind, m.ID, m.Architecture))) {
			switch f.ID {
			case check.ModelNotModelled.ID, check.ModelUndisclosed.ID:
			default:
				t.Errorf("%s: %s %s", m.ID, f.ID, f.Message)
			}
		}
	}
}

// FuzzResolve holds that whatever can be decoded is resolved or refused, never
// both and never with a panic.
func FuzzResolve(f *testing.F) {
	for _, r := range check.All() {
		f.Add([]byte(r.Bad))
		f.Add([]byte(r.Good))
	}
	f.Add([]byte(`{"modelType":"nlp","modelSize":1e-12,"architectureType":"LLaMA","numLayers":65536,"hiddenSize":1048576}`))
	f.Add([]byte(`{"modelType":"nlp","modelSize":10000,"architectureType":"LLaMA","numAttentionHeads":65536,"headDim":65536}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		args, problems := schemas.Decode[schemas.EstimateArgs](raw)
		w, _, findings := args.Resolve(catalog.Load())
		if w == nil && !check.HasErrors(append(problems, findings...)) || w != nil && check.HasErrors(findings) {
			t.Fatalf("%q gives workload %v with %v", raw, w, told(findings))
		}
	})
}

// TestEveryModelRuns takes every catalogued model that is written through one
// step at the defaults.
func TestEveryModelRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("records a step of every model")
	}
	for _, m := range catalog.Load().Models() {
		t.Run(m.ID, func(t *testing.T) {
			t.Parallel()
			args, _ := schemas.Decode[schemas.EstimateArgs](fmt.Appendf(nil, `{"modelType":%q,"modelId":%q,"precision":"bf16",`+always+`}`, m.Kind, m.ID))
			if m.Kind == workload.CNN {
				args.BatchSize = schemas.Some[int64](2) // Inception's batch norm takes no single value of a channel
			}
			w, _, findings := args.Resolve(catalog.Load())
			if w == nil {
				for _, f := range findings {
					if f.Severity == check.Error && f.ID != check.ModelNotModelled.ID && f.ID != check.ModelUndisclosed.ID {
						t.Error(f.Message)
					}
				}
				t.Skip("not written or not published")
			}
			peak, err := calc.PeakTensor(w)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := calc.Count(w); err != nil || int64(peak) < 2*int64(n.Total) {
				t.Errorf("%d bytes at the peak for %d parameters (%v)", peak, n.Total, err)
			}
		})
	}
}
