package schemas_test

import (
	"fmt"
	"testing"

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
