package schemas_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/fit"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// TestRecommendSchema: the tool's own precision stands for the estimate's, with
// every format, and a client may still send any other argument.
func TestRecommendSchema(t *testing.T) {
	var s struct {
		Properties map[string]struct {
			Enum []string
			Type string
		}
	}
	if err := json.Unmarshal(schemas.InputSchema[schemas.RecommendArgs](), &s); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fit.FP32.Values(), s.Properties["precision"].Enum); diff != "" {
		t.Errorf("precision (-want +got):\n%s", diff)
	}
	for _, name := range (&schemas.RecommendArgs{}).Published() {
		if s.Properties[name].Type == "" {
			t.Errorf("%s is not published", name)
		}
	}
	all := schemas.ArgumentsOf[schemas.RecommendArgs]()
	for _, a := range schemas.Arguments() {
		if !slices.ContainsFunc(all, func(b schemas.Argument) bool { return b.Name == a.Name }) {
			t.Errorf("%s is not taken", a.Name)
		}
	}
}

// TestRecommendPrecision: a format becomes the workload's precision, and tf32
// is fp32 on a card that has tf32.
func TestRecommendPrecision(t *testing.T) {
	for text, want := range map[string]struct {
		precision workload.Precision
		formats   []fit.Format
	}{
		"":     {workload.BF16, nil},
		"fp16": {workload.FP16, nil},
		"INT4": {workload.INT4, nil},
		"tf32": {workload.FP32, []fit.Format{fit.TF32}},
	} {
		request := `{"modelId":"gpt2"}`
		if text != "" {
			request = `{"modelId":"gpt2","precision":"` + text + `"}`
		}
		args, problems := schemas.Decode[schemas.RecommendArgs]([]byte(request))
		w, _, findings := args.Resolve(catalog.Load())
		if w == nil || len(problems) > 0 || check.HasErrors(findings) {
			t.Errorf("%s: %v", request, told(append(problems, findings...)))
			continue
		}
		p := check.NewPass(w, false, func(string) bool { return false })
		if diff := cmp.Diff(want.formats, args.Wanted().Formats); diff != "" || p.Train.Precision != want.precision {
			t.Errorf("%s: precision %s, formats (-want +got):\n%s", request, p.Train.Precision, diff)
		}
	}
}

// TestRecommendBareAssumes tells the precision that was not given.
func TestRecommendBareAssumes(t *testing.T) {
	args, _ := schemas.Decode[schemas.RecommendArgs]([]byte(`{"neededGiB":24,"targetGpu":"t4"}`))
	h, want, assumptions, findings := args.ResolveBare(catalog.Load())
	if !slices.Equal(want.Formats, []fit.Format{fit.BF16}) || len(assumptions) != 1 || assumptions[0].Argument != "precision" {
		t.Errorf("formats %v, assumptions %v", want.Formats, assumptions)
	}
	if h.Target != "t4" || len(findings) != 1 || findings[0].ID != check.GPUWithoutBF16.ID {
		t.Errorf("hardware %+v, findings %v", h, told(findings))
	}
}
