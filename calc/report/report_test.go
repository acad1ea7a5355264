package report_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/memory"
	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
	"vramcalc/schemas"
)

// requests are one complete call for each type of model.
var requests = map[string]string{
	"nlp": `{"modelType":"nlp","modelSize":7,"architectureType":"LLaMA","precision":"bf16","batchSize":4,"learningRate":1e-4,
		"optimizer":"adamw","trainingEpochs":3,"loraRank":16,"loraTargetModules":["q_proj","v_proj"],"targetMemoryGiB":80`,
	"multimodal": `{"modelType":"multimodal","modelSize":7,"architectureType":"LLaVA","precision":"bf16","batchSize":2,"learningRate":2e-5,
		"optimizer":"adamw","trainingEpochs":1,"loraRank":16,"targetMemoryGiB":80`,
	"moe": `{"modelType":"moe","modelSize":46.7,"architectureType":"Mixtral","precision":"int4","batchSize":1,"learningRate":1e-4,
		"optimizer":"adamw","trainingEpochs":1,"loraRank":16,"targetMemoryGiB":48`,
	"cnn": `{"modelType":"cnn","modelSize":0.0256,"architectureType":"ResNet","precision":"fp32","batchSize":64,"learningRate":1e-3,
		"optimizer":"sgd_momentum","trainingEpochs":90,"targetMemoryGiB":24`,
}

// caseOf resolves and estimates a request.
func caseOf(t *testing.T, request string) report.Case {
	t.Helper()
	args, findings := schemas.Decode[schemas.EstimateArgs]([]byte(request))
	w, assumptions, more := args.Resolve(catalog.Load())
	findings = append(findings, more...)
	if check.HasErrors(findings) {
		for _, f := range findings {
			if f.ID == check.ModelNotModelled.ID {
				t.Skip(f.Message)
			}
		}
		t.Fatalf("refused: %v", report.Validate(findings).Problems())
	}
	b, err := calc.Estimate(w)
	if err != nil {
		t.Fatal(err)
	}
	return report.Case{Workload: w, Breakdown: b, Findings: findings, Assumptions: assumptions,
		Detail: report.Standard, Formulas: report.Architecture}
}

func TestBuild(t *testing.T) {
	for name, request := range requests {
		t.Run(name, func(t *testing.T) {
			c := caseOf(t, request+"}")
			for _, formulas := range []report.FormulaSet{report.Architecture, report.Guide} {
				c.Formulas = formulas
				for _, detail := range []report.Detail{report.Brief, report.Standard, report.Full} {
					c.Detail = detail
					consistent(t, report.Build(c), c)
				}
			}
		})
	}
}

// consistent checks what holds for every answer.
func consistent(t *testing.T, a report.Answer, c report.Case) {
	t.Helper()
	what := c.Formulas.String() + " " + c.Detail.String()
	e := a.Estimate
	var sum unit.Bytes
	var percent float64
	for i, k := range e.Components {
		sum += k.Bytes
		percent += k.Percent
		if k.Bytes <= 0 || i > 0 && k.Bytes > e.Components[i-1].Bytes {
			t.Errorf("%s: %s has %d bytes, want more than none and largest first", what, k.ID, k.Bytes)
		}
		if c.Detail == report.Brief && (k.Formula != "" || k.Values != nil || !k.Note.IsZero()) {
			t.Errorf("%s: %s has a formula or note", what, k.ID)
		}
		if k.Formula == "" {
			continue
		}
		got, err := evaluate(k.Formula, k.Values)
		if err != nil || unit.BytesOf(got) != k.Bytes {
			t.Errorf("%s: %s = %s over %v is %v (%v), want %d", what, k.ID, k.Formula, k.Values, got, err, k.Bytes)
		}
	}
	if sum != e.TotalBytes || math.Abs(percent-100) > 0.2 {
		t.Errorf("%s: components sum to %d and %.2f %%, want %d", what, sum, percent, e.TotalBytes)
	}
	if c.Formulas == report.Architecture && (e.LowBytes > e.TotalBytes || e.TotalBytes > e.HighBytes) {
		t.Errorf("%s: total %d outside %d to %d", what, e.TotalBytes, e.LowBytes, e.HighBytes)
	}
	var peak unit.Bytes
	for _, p := range e.Phases {
		peak = max(peak, p.Bytes)
	}
	if peak != e.PeakTensorBytes {
		t.Errorf("%s: the largest phase has %d bytes, the peak %d", what, peak, e.PeakTensorBytes)
	}
	if (len(e.Tensors) > 0) != (c.Detail == report.Full) {
		t.Errorf("%s: %d tensors", what, len(e.Tensors))
	}
	if a.Target == nil || a.Summary.IsZero() || !a.Validation.Valid {
		t.Errorf("%s: target %v, summary %q, validation %v", what, a.Target, a.Summary, a.Validation)
	}
	if (len(a.Comparison) > 0) != (c.Formulas == report.Guide) {
		t.Errorf("%s: %d rows of comparison", what, len(a.Comparison))
	}
	for _, row := range a.Comparison {
		if row.Why.IsZero() {
			t.Errorf("%s: %s has no why", what, row.Component)
		}
	}
	if c.Detail == report.Standard && c.Formulas == report.Architecture {
		if b, err := json.Marshal(a); err != nil || len(b) > 8<<10 {
			t.Errorf("%s: %d bytes (%v), want at most 8 KB", what, len(b), err)
		}
	}
	if !strings.Contains(a.Text(), a.Summary.String()) {
		t.Errorf("%s: the text lacks the summary", what)
	}
}

// TestLargestBatch demands that the batch named fits and the next does not.
func TestLargestBatch(t *testing.T) {
	fits := func(batch int64) string {
		request := strings.Replace(requests["nlp"], `"batchSize":4`, `"batchSize":`+jsonOf(t, batch), 1)
		return report.Build(caseOf(t, request+"}")).Target.Fits
	}
	n := report.Build(caseOf(t, requests["nlp"]+"}")).Target.LargestBatch
	if n < 1 || fits(n) != "yes" || fits(n+1) == "yes" {
		t.Errorf("largestBatch = %d, which fits: %s, and one more: %s", n, fits(n), fits(n+1))
	}
}

// TestLargestSequence demands the same of the sequence, sent again by a caller:
// a decoder's length that was not given follows.
func TestLargestSequence(t *testing.T) {
	const call = `{"modelType":"nlp","modelId":"t5-small","precision":"bf16","batchSize":4,"learningRate":1e-4,"optimizer":"adamw","trainingEpochs":1,"targetMemoryGiB":6,"sequenceLength":`
	fits := func(sequence int64) string { return report.Build(caseOf(t, call+jsonOf(t, sequence)+"}")).Target.Fits }
	n := report.Build(caseOf(t, call+"512}")).Target.LargestSequence
	if n < 512 || fits(n) != "yes" || fits(n+1) == "yes" {
		t.Errorf("largestSequence = %d, which fits: %s, and one more: %s", n, fits(n), fits(n+1))
	}
}

// TestEveryComponentIsCompared keeps the reasons complete.
func TestEveryComponentIsCompared(t *testing.T) {
	c := caseOf(t, requests["nlp"]+"}")
	c.Formulas = report.Guide
	c.Breakdown.Lines = nil
	for k := range memory.Component(memory.Components) {
		c.Breakdown.Lines = append(c.Breakdown.Lines, memory.Line{Component: k, Bytes: 1})
	}
	rows := report.Build(c).Comparison
	if len(rows) != memory.Components {
		t.Errorf("%d rows for %d components", len(rows), memory.Components)
	}
	for _, r := range rows {
		if r.Why.IsZero() {
			t.Errorf("%s has no why", r.Component)
		}
	}
}

// TestStandardAssumptions: what moves bytes and does not follow from the model.
func TestStandardAssumptions(t *testing.T) {
	c := caseOf(t, requests["nlp"]+"}")
	c.Assumptions = []report.Assumption{
		{Argument: "modelId", Value: "llama-7b", Origin: report.Derived},
		{Argument: "hiddenSize", Value: 4096, Origin: report.Derived},
		{Argument: "weightDecay", Value: 0.01, Origin: report.Default},
		{Argument: "zeroStage", Value: 0, Origin: report.Default},
		{Argument: "sequenceLength", Value: 2048, Origin: report.Default},
	}
	var told []string
	for _, a := range report.Build(c).Assumptions {
		told = append(told, a.Argument)
	}
	if got := strings.Join(told, " "); got != "modelId sequenceLength" {
		t.Errorf("standard tells %s, want modelId sequenceLength", got)
	}
}

func TestRefuse(t *testing.T) {
	f := check.Unknown.Report([]string{"lora_rank"}, check.Told{Message: say.F("lora_rank is no argument"), Fix: say.F("Did you mean loraRank?")})
	a := report.Refuse([]check.Finding{f, f})
	if !a.Refused() || a.Estimate != nil || a.Summary.IsZero() {
		t.Errorf("Refuse = %+v", a)
	}
	if p := a.Validation.Problems(); len(p) != 1 || p[0].String() != "lora_rank is no argument. Did you mean loraRank?" {
		t.Errorf("problems = %q", p)
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
