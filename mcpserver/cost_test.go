package mcpserver_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/mcpserver"
)

// analyzed calls analyze_cost and holds the answer against its schema.
func analyzed(t *testing.T, arguments string) (report.CostAnswer, mcpserver.Result) {
	t.Helper()
	tool, ok := mcpserver.Find(tools(), "analyze_cost")
	if !ok {
		t.Fatal("no tool analyze_cost")
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
	return r.Answer.(report.CostAnswer), r
}

// loraRun is a run of known length without a GPU.
const loraRun = `"modelId":"llama-7b","loraRank":16,"gradientCheckpointing":true,"batchSize":2,"sequenceLength":1024,"datasetTokens":1e8,"trainingEpochs":2`

// TestCostOfOne: the cost on a named GPU is an object, and the full estimate
// tells the same.
func TestCostOfOne(t *testing.T) {
	arguments := `{` + loraRun + `,"targetGpu":"h100-sxm","modelType":"nlp","precision":"bf16","learningRate":1e-4,"optimizer":"adamw"}`
	a, r := analyzed(t, arguments)
	var wire struct{ Cost report.Cost }
	if err := json.Unmarshal(r.Structured, &wire); err != nil {
		t.Fatalf("cost is no object: %v", err)
	}
	if diff := cmp.Diff(a.Costs()[0], &wire.Cost); diff != "" {
		t.Errorf("the wire changes the cost:\n%s", diff)
	}
	c := wire.Cost
	// 1e8 tokens twice, 2048 a step.
	want := math.Ceil(2e8/2048) * 2048 / *c.TokensPerSecond / 3600
	if math.Abs(*c.Hours/want-1) > 0.01 || c.HoursRange.Low > *c.Hours || c.HoursRange.High < *c.Hours {
		t.Errorf("%v hours in %v, want %v", *c.Hours, c.HoursRange, want)
	}
	if rent := *c.HourlyUSD.OnDemand * *c.Hours; math.Abs(*c.RentUSD.OnDemand/rent-1) > 0.01 {
		t.Errorf("rent of %v, want %v", *c.RentUSD.OnDemand, rent)
	}
	if c.Fits != "yes" || c.BreakEvenHours == nil || c.EnergyKWh == nil || c.SamplesPerSecond != nil || !strings.Contains(a.Summary.String(), "hours") {
		t.Errorf("incomplete: %s %+v", a.Summary, c)
	}
	flagship := direct(t, arguments).Answer.(report.Answer)
	if diff := cmp.Diff(flagship.Cost, &c); diff != "" {
		t.Errorf("(-flagship +analyze_cost):\n%s", diff)
	}
}

// TestCostOverGPUs: without a GPU a list over those that hold the run, the
// cheapest first, within the filters.
func TestCostOverGPUs(t *testing.T) {
	a, r := analyzed(t, `{`+loraRun+`,"detail":"full","gpuVendors":["NVIDIA"],"maxHourlyUsd":3}`)
	var wire struct{ Cost []report.Cost }
	if err := json.Unmarshal(r.Structured, &wire); err != nil {
		t.Fatalf("cost is no list: %v", err)
	}
	if len(wire.Cost) < 5 {
		t.Fatalf("%d GPUs: %s", len(wire.Cost), a.Summary)
	}
	price := func(c report.Cost) float64 { return *c.RentUSD.OnDemand }
	if !slices.IsSortedFunc(wire.Cost, func(x, y report.Cost) int {
		if price(x) < 0.999*price(y) { // told to four figures
			return -1
		}
		return 0
	}) {
		t.Error("not the cheapest first")
	}
	for i, c := range wire.Cost {
		if *c.HourlyUSD.OnDemand > 3 || c.Fits != "yes" || c.FLOPs == nil || i > 0 && price(c) < 0.99*price(wire.Cost[i-1]) {
			t.Errorf("%s: %+v after %v", c.GPU, c, wire.Cost[max(0, i-1)].GPU)
		}
		if f := c.FLOPs; math.Abs((f.Forward+f.Backward+f.Recompute+f.Update)/c.FLOPsPerStep-1) > 1e-12 || f.Recompute == 0 {
			t.Errorf("the parts %+v are not %v", f, c.FLOPsPerStep)
		}
	}
	if text := a.Text(); !strings.Contains(text, wire.Cost[0].Name) || !strings.Contains(text, wire.Cost[0].Why.String()) {
		t.Errorf("the table lacks a GPU:\n%s", text)
	}
	if none, _ := analyzed(t, `{`+loraRun+`,"maxHourlyUsd":0.001}`); len(none.Costs()) != 0 || !strings.Contains(none.Summary.String(), "No GPU") {
		t.Errorf("no price is that low: %s", none.Summary)
	}
}

// TestCostWithoutDataset: throughput and a price for tokens, and no invented
// hours.
func TestCostWithoutDataset(t *testing.T) {
	a, _ := analyzed(t, `{"modelId":"torchvision/resnet50","batchSize":64,"precision":"fp16","targetGpu":"T4"}`)
	c := a.Costs()[0]
	if c.SamplesPerSecond == nil || c.TokensPerSecond != nil || c.USDPerMillionTokens != nil {
		t.Errorf("images are no tokens: %+v", c)
	}
	if c.Hours != nil || c.RentUSD != nil || c.EnergyKWh != nil || !strings.Contains(c.Why.String(), "datasetSamples") {
		t.Errorf("hours without a data set: %+v", c)
	}
	unknown, _ := analyzed(t, `{`+loraRun+`,"targetGpu":"h100-nvl","precision":"fp32"}`)
	if c := unknown.Costs()[0]; c.SecondsPerStep != nil || c.FLOPsPerStep == 0 || !strings.Contains(c.Why.String(), "not known") {
		t.Errorf("a time at a rate that nobody knows: %+v", c)
	}
}

// TestCostRefusals: what is wrong is told, what does not apply too, and a run
// that does not fit its GPU says so.
func TestCostRefusals(t *testing.T) {
	for _, arguments := range []string{`{}`, `{"modelId":"llama-7b","nonsense":1}`, `{"modelId":"no-such-model"}`, `[]`} {
		if a, r := analyzed(t, arguments); !r.Refused || len(a.Validation.Errors) == 0 || a.Cost != nil {
			t.Errorf("%s is answered: %s", arguments, a.Summary)
		}
	}
	a, _ := analyzed(t, `{"modelId":"llama-7b","targetGpu":"rtx-3060-12gb"}`)
	if a.FitsTarget() || a.Costs()[0].Fits != "no" || !strings.Contains(a.Summary.String(), "Does not fit") {
		t.Errorf("84 GiB fit 12: %s", a.Summary)
	}
	for _, arguments := range []string{
		`{"modelId":"torchvision/resnet50","datasetTokens":1000}`,
		`{"modelId":"llama-7b","datasetTokens":1000,"datasetSamples":10}`,
	} {
		a, _ := analyzed(t, arguments)
		if !slices.ContainsFunc(a.Validation.Warnings, func(f check.Finding) bool { return slices.Contains(f.Arguments, "datasetTokens") }) {
			t.Errorf("%s: nothing about datasetTokens: %+v", arguments, a.Validation)
		}
	}
}

// TestFlagshipCost: with no GPU named the cost is that on the best recommended,
// and recommended GPUs tell the run's hours and rent.
func TestFlagshipCost(t *testing.T) {
	arguments := strings.TrimSuffix(llama, "}") + `,"datasetSamples":50000}`
	a := direct(t, arguments).Answer.(report.Answer)
	if a.Cost == nil || a.Cost.GPU != a.GPURecommendations[0].GPU || a.Cost.Hours == nil {
		t.Fatalf("no cost on %s: %+v", a.GPURecommendations[0].GPU, a.Cost)
	}
	if diff := cmp.Diff(a.Cost.Hours, a.GPURecommendations[0].RunHours); diff != "" {
		t.Errorf("(-cost +recommendation):\n%s", diff)
	}
	if !strings.Contains(a.Summary.String(), "The run takes about") {
		t.Errorf("the summary is silent about time: %s", a.Summary)
	}
	brief := direct(t, strings.TrimSuffix(arguments, "}")+`,"detail":"brief"}`).Answer.(report.Answer)
	if brief.Cost != nil {
		t.Error("a brief answer tells the cost")
	}
	without := direct(t, llama).Answer.(report.Answer)
	if without.Cost == nil || without.Cost.Hours != nil || without.GPURecommendations[0].RunHours != nil || without.Cost.TokensPerSecond == nil {
		t.Errorf("without a data set: %+v", without.Cost)
	}
}
