package schemas_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// TestWorkloadArgsPublish demands the short published list of a tool: the
// model, at most twenty common arguments, and an open schema.
func TestWorkloadArgsPublish(t *testing.T) {
	var s struct {
		Properties map[string]struct{ Description string }
		Required   []string
		Additional json.RawMessage `json:"additionalProperties"`
	}
	if err := json.Unmarshal(schemas.InputSchema[schemas.WorkloadArgs](), &s); err != nil {
		t.Fatal(err)
	}
	names := (&schemas.WorkloadArgs{}).Published()
	if len(names) > 25 || len(names) != len(s.Properties) || s.Required != nil || s.Additional != nil {
		t.Errorf("publishes %d properties of %v, required %v, additional %s", len(s.Properties), names, s.Required, s.Additional)
	}
	for _, name := range names {
		if s.Properties[name].Description == "" {
			t.Errorf("%s has no description", name)
		}
	}
	for _, a := range schemas.MetaArguments[schemas.WorkloadArgs]() {
		if !slices.Contains(names, a.Name) {
			t.Errorf("%s is told to the page and not published", a.Name)
		}
	}
	if len(schemas.ArgumentsOf[schemas.WorkloadArgs]()) != len(schemas.Arguments()) {
		t.Error("a tool does not take every argument of the estimate")
	}
}

// TestWorkloadArgsDefaults holds the documented defaults of the other tools.
func TestWorkloadArgsDefaults(t *testing.T) {
	for _, test := range []struct {
		arguments string
		kind      workload.Kind
		precision workload.Precision
		rate      float64
	}{
		{`{"modelId":"llama-7b"}`, workload.NLP, workload.BF16, 2e-5},
		{`{"modelId":"llama-7b","loraRank":8}`, workload.NLP, workload.BF16, 2e-4},
		{`{"modelId":"llama-7b","precision":"int4"}`, workload.NLP, workload.INT4, 2e-4},
		{`{"modelId":"llama-7b","targetGpu":"t4"}`, workload.NLP, workload.FP16, 2e-5},
		{`{"modelId":"resnet50"}`, workload.CNN, workload.BF16, 2e-5},
		{`{"modelSize":46.7,"architectureType":"Mixtral"}`, workload.MoE, workload.BF16, 2e-5},
		{`{"modelSize":7,"architectureType":"LLaMA"}`, workload.NLP, workload.BF16, 2e-5},
		{`{"modelConfig":{"model_type":"gpt2"},"fineTuningMethod":"full"}`, workload.NLP, workload.BF16, 2e-5},
	} {
		args, problems := schemas.Decode[schemas.WorkloadArgs]([]byte(test.arguments))
		w, assumptions, findings := args.Resolve(catalog.Load())
		if w == nil || len(problems) > 0 || check.HasErrors(findings) {
			t.Errorf("%s: %v", test.arguments, told(append(problems, findings...)))
			continue
		}
		p := check.NewPass(w, false, func(string) bool { return false })
		got := []any{w.Kind(), p.Train.Precision, p.Train.LearningRate, p.Train.Batch, p.Train.Optimizer, p.Train.Epochs}
		want := []any{test.kind, test.precision, test.rate, int64(1), workload.AdamW, 1.0}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.arguments, diff)
		}
		for _, name := range []string{"batchSize", "learningRate", "optimizer", "trainingEpochs", "modelType"} {
			n := 0
			for _, a := range assumptions {
				if a.Argument == name {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%s: %d assumptions of %s, want one", test.arguments, n, name)
			}
		}
		for _, f := range findings {
			if !slices.ContainsFunc(f.Arguments, func(a string) bool { return strings.Contains(test.arguments, a) }) {
				t.Errorf("%s: a finding about defaults: %v", test.arguments, f)
			}
		}
	}
	for _, arguments := range []string{`{}`, `{"modelSize":7}`, `{"modelId":"llama-7b","precision":"x"}`} {
		args, problems := schemas.Decode[schemas.WorkloadArgs]([]byte(arguments))
		_, _, findings := args.Resolve(catalog.Load())
		if !check.HasErrors(append(problems, findings...)) {
			t.Errorf("%s is taken", arguments)
		}
	}
}
