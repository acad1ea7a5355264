package calc_test

import (
	"fmt"
	"math"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// aligned resolves arguments of alignment.
func aligned(t testing.TB, c *catalog.Catalog, arguments string) workload.Workload {
	t.Helper()
	args, problems := schemas.Decode[schemas.GRPOArgs]([]byte(arguments))
	w, _, findings := args.Resolve(c)
	for _, f := range append(problems, findings...) {
		if f.Severity == check.Error {
			t.Fatalf("%s: %s", arguments, f.Message)
		}
	}
	return w
}

// TestAlignmentRows compares each instant with runs of TRL's trainers.
func TestAlignmentRows(t *testing.T) {
	c := catalog.Load()
	var off, peak, held []float64
	for _, r := range readRows(t, "alignment") {
		w := aligned(t, c, string(r.Arguments))
		_, p, err := calc.Compile(w)
		if err != nil {
			t.Errorf("%s: %v", r.ID, err)
			continue
		}
		v := p.Values()
		var e tape.Result
		p.Eval(&v, &e)
		b, err := calc.Estimate(w)
		if err != nil {
			t.Errorf("%s: %v", r.ID, err)
			continue
		}
		if wrong := checkLines(b); len(wrong) > 0 {
			t.Errorf("%s: %v", r.ID, wrong)
		}
		if got := b.Params; int64(got.Total) != r.Params.Total || int64(got.Trainable) != r.Params.Trainable {
			t.Errorf("%s: %d parameters, %d of them trained; measured %d and %d", r.ID, got.Total, got.Trainable, r.Params.Total, r.Params.Trainable)
		}
		now := map[string]unit.Bytes{"weights": b.Weights}
		for i, name := range p.Marks() {
			now[name] = e.Marks[i]
		}
		for _, ph := range b.Phases {
			now[ph.Phase.String()] = ph.Bytes
		}
		worst, line := 0.0, ""
		for _, name := range []string{
			"weights", layers.MarkStart, "forward", layers.MarkSaved, "backward", layers.MarkGradients, "optimizer", layers.MarkEnd, "rollout",
		} {
			if r.Requested[name] == 0 {
				continue
			}
			x := relative(int64(now[name]), r.Requested[name])
			worst = max(worst, math.Abs(x))
			line += fmt.Sprintf(" %s %+.4f %%", name, 100*x)
		}
		off = append(off, worst)
		peak = append(peak, math.Abs(relative(int64(b.PeakAllocated), r.Peak)))
		held = append(held, math.Abs(relative(int64(b.PeakReserved), r.Reserved)))
		t.Logf("%-44s%s", r.ID, line)
	}
	bounded(t, "instant", off, 0.00001, 0.0005, 0.002)
	bounded(t, "allocated", peak, 0.0001, 0.005, 0.02)
	bounded(t, "reserved", held, 0.005, 0.05, 0.1)
}

// TestAlignmentGrows demands that more rows, longer ones and a reference never
// need less.
func TestAlignmentGrows(t *testing.T) {
	c := catalog.Load()
	for _, series := range [][]string{
		{`{"modelId":"qwen2.5-0.5b","completionLength":%s}`, "1", "32", "512", "513", "4096"},
		{`{"modelId":"qwen2.5-0.5b","promptLength":%s}`, "1", "512", "2000"},
		{`{"modelId":"qwen2.5-0.5b","batchSize":%s}`, "8", "16", "24"},
		{`{"modelId":"qwen2.5-0.5b","gradientAccumulationSteps":%s}`, "1", "2", "3", "16"},
		{`{"modelId":"qwen2.5-0.5b","beta":%s}`, "0", "0.04"},
		{`{"modelId":"qwen2.5-0.5b","algorithm":"dpo","batchSize":2,"referenceModel":%s}`, "false", "true"},
		{`{"modelId":"qwen2.5-0.5b","algorithm":"%s","batchSize":2,"sequenceLength":1024}`, "reward", "dpo"},
	} {
		last := unit.Bytes(0)
		for _, x := range series[1:] {
			arguments := fill(series[0], x)
			now, err := calc.PeakTensor(aligned(t, c, arguments))
			if err != nil {
				t.Fatalf("%s: %v", arguments, err)
			}
			if now < last {
				t.Errorf("%s needs %d bytes, less than the %d of the one before", arguments, now, last)
			}
			last = now
		}
	}
}
