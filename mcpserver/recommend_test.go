package mcpserver_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/mcpserver"
)

// recommended calls recommend_gpu and holds the answer against its schema.
func recommended(t *testing.T, arguments string) (report.Recommendation, mcpserver.Result) {
	t.Helper()
	tool, ok := mcpserver.Find(tools(), "recommend_gpu")
	if !ok {
		t.Fatal("no tool recommend_gpu")
	}
	r, err := tool.Call(t.Context(), json.RawMessage(arguments))
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(r.Structured, &v); err != nil {
		t.Fatal(err)
	}
	if err := outputSchema(t, tool).Validate(v); err != nil {
		t.Errorf("%s: against the output schema: %v", arguments, err)
	}
	return r.Answer.(report.Recommendation), r
}

// TestRecommendedAsByFlagship: the same workload gets the same GPUs, whichever
// tool is asked, and its size the same single ones.
func TestRecommendedAsByFlagship(t *testing.T) {
	for _, detail := range []string{"standard", "full"} {
		arguments := strings.TrimSuffix(llama, "}") + `,"detail":"` + detail + `","gpuVendors":["NVIDIA"],"maxHourlyUsd":4}`
		flagship := direct(t, arguments).Answer.(report.Answer)
		a, _ := recommended(t, arguments)
		if len(a.GPURecommendations) < 5 {
			t.Fatalf("%s: %d recommendations: %s", detail, len(a.GPURecommendations), a.Summary)
		}
		if diff := cmp.Diff(flagship.GPURecommendations, a.GPURecommendations); diff != "" {
			t.Errorf("%s (-flagship +recommend_gpu):\n%s", detail, diff)
		}
		size, err := json.Marshal(float64(a.Need.TotalBytes) / (1 << 30))
		if err != nil {
			t.Fatal(err)
		}
		bare, _ := recommended(t, `{"neededGiB":`+string(size)+`,"maxCount":1,"detail":"`+detail+`","gpuVendors":["NVIDIA"],"maxHourlyUsd":4}`)
		single, _ := recommended(t, strings.TrimSuffix(arguments, "}")+`,"maxCount":1}`)
		if diff := cmp.Diff(ids(single.GPURecommendations), ids(bare.GPURecommendations)); diff != "" {
			t.Errorf("%s (-workload +its size):\n%s", detail, diff)
		}
	}
}

func ids(list []report.GPURecommendation) []string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.GPU
	}
	return out
}

// TestRecommendedChangeApplies sends a recommendation's change: the run then
// fits the target.
func TestRecommendedChangeApplies(t *testing.T) {
	arguments := map[string]any{}
	if err := json.Unmarshal([]byte(llama), &arguments); err != nil {
		t.Fatal(err)
	}
	arguments["targetMemoryGiB"] = 8
	send := func() report.Answer {
		b, err := json.Marshal(arguments)
		if err != nil {
			t.Fatal(err)
		}
		return direct(t, string(b)).Answer.(report.Answer)
	}
	a := send()
	if a.Target.Fits == "yes" {
		t.Fatal("8 GiB hold it")
	}
	for _, r := range a.GPURecommendations {
		for name, v := range r.Change {
			if v == nil {
				delete(arguments, name)
			} else {
				arguments[name] = v
			}
		}
		if got := send(); got.Target == nil || got.Target.GPU != r.GPU || got.Target.Fits != "yes" || got.Target.UsableBytes != r.UsableBytes {
			t.Errorf("with %v: %+v", r.Change, got.Target)
		}
	}
}

func TestRecommendBare(t *testing.T) {
	a, r := recommended(t, `{"neededGiB":130}`)
	if r.Refused || len(a.GPURecommendations) != 5 || a.Need.Origin != "given" || a.Need.Precision != "bf16" || a.Target != nil {
		t.Errorf("%s: %+v", r.Text, a)
	}
	for _, g := range a.GPURecommendations {
		card, _, ok := catalog.Load().GPU(g.GPU)
		if usable, _ := card.Usable(); !ok || g.Fits != "yes" || g.NeedBytes > usable || (g.HourlyUSD == nil) != (g.PriceDate == "") || g.Change != nil {
			t.Errorf("%+v", g)
		}
	}
	if a.GPURecommendations[0].HourlyUSD == nil {
		t.Errorf("the best has no price: %+v", a.GPURecommendations[0])
	}
	a, _ = recommended(t, `{"neededGiB":130,"targetGpu":"a100 80gb","targetGpuCount":2}`)
	if a.Target == nil || a.Target.Fits != "yes" || a.Target.Count != 2 {
		t.Errorf("two A100: %+v", a.Target)
	}
	a, _ = recommended(t, `{"neededGiB":130,"targetGpu":"a100 80gb"}`)
	if a.Target == nil || a.Target.Fits != "no" || a.FitsTarget() || !strings.Contains(a.Summary.String(), "Does not fit") {
		t.Errorf("one A100: %+v, %s", a.Target, a.Summary)
	}
}

// TestRecommendExplains: a card that lacks the precision says so.
func TestRecommendExplains(t *testing.T) {
	for _, test := range []struct{ precision, gpu, level, why string }{
		{"bf16", "t4", "insufficient", "no bf16"},
		{"fp8", "a100-80gb-sxm", "insufficient", "no fp8"},
		{"int4", "h100-sxm", "oversized", "no native int4"},
		{"int4", "v100-sxm2-16gb", "excellent", "unpacked to 16 bits"},
		{"tf32", "v100-sxm2-16gb", "insufficient", "no tf32"},
		{"fp4", "h100-sxm", "insufficient", "no fp4"},
	} {
		a, _ := recommended(t, `{"neededGiB":12,"detail":"full","precision":"`+test.precision+`"}`)
		i := slices.IndexFunc(a.GPURecommendations, func(r report.GPURecommendation) bool { return r.GPU == test.gpu })
		if i < 0 {
			t.Errorf("%s is not listed", test.gpu)
			continue
		}
		if r := a.GPURecommendations[i]; r.Level != test.level || !strings.Contains(r.Why.String(), test.why) || (r.Score == 0) != (test.level == "insufficient") {
			t.Errorf("%s on %s: %s, %q", test.precision, test.gpu, r.Level, r.Why)
		}
	}
}

func TestRecommendRefuses(t *testing.T) {
	for arguments, want := range map[string]string{
		`{}`:                  "arguments/missing",
		`{"precision":"fp8"}`: "arguments/missing",
		`{"neededGiB":0}`:     "arguments/out-of-range",
		`{"neededGiB":10,"minCount":4,"maxCount":2}`:       "arguments/out-of-range",
		`{"modelId":"llama-7b","precision":"fp8"}`:         "arguments/not-a-choice",
		`{"modelId":"llama-7b","minCount":4,"maxCount":2}`: "arguments/out-of-range",
		`{"neededGib":10}`: "arguments/unknown",
		`[]`:               "arguments/not-object",
	} {
		a, r := recommended(t, arguments)
		if !r.Refused || len(a.Validation.Errors) == 0 || !slices.ContainsFunc(a.Validation.Errors, func(f check.Finding) bool { return f.ID == want }) {
			t.Errorf("%s: %s", arguments, r.Text)
		}
	}
	a, _ := recommended(t, `{"neededGiB":10,"batchSize":4,"modelId":"llama-7b"}`)
	if len(a.Validation.Warnings) != 2 {
		t.Errorf("a workload beside neededGiB: %+v", a.Validation)
	}
	a, _ = recommended(t, `{"modelId":"gpt2","minCount":2}`)
	if len(a.GPURecommendations) == 0 || a.GPURecommendations[0].Count < 2 || a.GPURecommendations[0].Change["zeroStage"] == nil {
		t.Errorf("a workload on two cards, which share it: %s", a.Summary)
	}
	a, r := recommended(t, `{"modelId":"gpt2","precision":"tf32"}`)
	if r.Refused || a.Need.Precision != "tf32" {
		t.Errorf("tf32 with a workload: %s", r.Text)
	}
}
