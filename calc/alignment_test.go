package calc_test

import (
	"fmt"
	"math"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
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

// TestColocated demands that an engine in the same process takes its share of
// the card, in the rollout only where it sleeps, and that the components still
// sum to the total.
func TestColocated(t *testing.T) {
	c := catalog.Load()
	estimate := func(more string) memory.Breakdown {
		t.Helper()
		b, err := calc.Estimate(aligned(t, c, `{"modelId":"qwen2.5-1.5b","targetMemoryGiB":80`+more+`}`))
		if err != nil {
			t.Fatal(err)
		}
		var sum unit.Bytes
		for _, l := range b.Lines {
			sum += l.Bytes
		}
		if sum != b.Total || b.Low > b.Total || b.Total > b.High {
			t.Errorf("%s: components sum to %d, total %d in %d to %d", more, sum, b.Total, b.Low, b.High)
		}
		return b
	}
	const gib = unit.GiB
	alone := estimate(`,"rollout":"vllm-server"`)
	beside := estimate(`,"rollout":"vllm-colocate","gpuMemoryUtilization":0.25`)
	if got := beside.Total - alone.Total; got != 20*gib {
		t.Errorf("a quarter of 80 GiB adds %d bytes", got)
	}
	asleep := estimate(`,"rollout":"vllm-colocate","gpuMemoryUtilization":0.25,"stackOptions":{"vllm_enable_sleep_mode":true}`)
	if asleep.Total >= beside.Total || asleep.PeakPhase != memory.Rollout {
		t.Errorf("asleep while learning: %d bytes at the peak of %v, awake %d", asleep.Total, asleep.PeakPhase, beside.Total)
	}
	small := estimate(`,"rollout":"vllm-colocate","gpuMemoryUtilization":0.01`)
	if small.Total <= alone.Total+unit.Bytes(float64(alone.Weights)/2) {
		t.Errorf("an engine of %d bytes does not hold the weights", small.Total-alone.Total)
	}
}
