package calc_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// served resolves arguments of inference.
func served(t testing.TB, c *catalog.Catalog, arguments []byte) workload.Workload {
	t.Helper()
	args, problems := schemas.Decode[schemas.InferenceArgs](arguments)
	w, _, findings := args.Resolve(c)
	for _, f := range append(problems, findings...) {
		if f.Severity == check.Error {
			t.Fatalf("%s: %s", arguments, f.Message)
		}
	}
	return w
}

// correctionBias is the share of DeepSeek-V3's parameters at most that the
// library keeps as buffers and the published counts hold.
const correctionBias = 2e-6

// TestInferenceRows compares each phase with runs of transformers' generate:
// what is alive before, at the peak of the prompt, after it, and at the peak of
// the steps.
func TestInferenceRows(t *testing.T) {
	c := catalog.Load()
	var off, held []float64
	for _, r := range readRows(t, "inference") {
		w := served(t, c, r.Arguments)
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
		if math.Abs(relative(int64(b.Params.Total), r.Params.Total)) > correctionBias {
			t.Errorf("%s: %d parameters, measured %d", r.ID, b.Params.Total, r.Params.Total)
		}
		got := map[string]int64{}
		for i, name := range p.Marks() {
			got[name] = int64(e.Marks[i])
		}
		for _, ph := range b.Phases {
			got[ph.Phase.String()] = int64(ph.Bytes)
		}
		worst, line := 0.0, ""
		for name, ours := range map[string]string{"start": layers.MarkStart, "prefill": "prefill", "after_prefill": layers.MarkPrefilled, "decode": "decode"} {
			if r.Requested[name] == 0 {
				continue
			}
			x := math.Abs(relative(got[ours], r.Requested[name]))
			worst = max(worst, x)
			line += fmt.Sprintf(" %s %.4f %%", name, 100*x)
		}
		off = append(off, worst)
		if r.Reserved > 0 {
			held = append(held, math.Abs(relative(int64(b.PeakReserved), r.Reserved)))
		}
		t.Logf("%-40s%s", r.ID, line)
	}
	bounded(t, "phase", off, 0.001, 0.015, 0.04)
	bounded(t, "reserved", held, 0.005, 0.05, 0.25)
}

// bounded demands a median, a bound for 95 of 100 and one for all.
func bounded(t *testing.T, what string, xs []float64, median, most, all float64) {
	t.Helper()
	slices.Sort(xs)
	at := func(q float64) float64 { return xs[int(q*float64(len(xs)-1))] }
	if at(0.5) > median || at(0.95) > most || at(1) > all {
		t.Errorf("%s: median %.4f %%, 95 of 100 within %.4f %%, all within %.4f %%", what, 100*at(0.5), 100*at(0.95), 100*at(1))
	}
	t.Logf("%s of %d rows: median %.4f %%, 95 of 100 within %.4f %%, all within %.4f %%", what, len(xs), 100*at(0.5), 100*at(0.95), 100*at(1))
}

// TestInferenceGrows demands that a longer prompt, more tokens, more samples
// and wider caches never need less.
func TestInferenceGrows(t *testing.T) {
	c := catalog.Load()
	peak := func(arguments string) int64 {
		b, err := calc.PeakTensor(served(t, c, []byte(arguments)))
		if err != nil {
			t.Fatalf("%s: %v", arguments, err)
		}
		return int64(b)
	}
	for _, series := range [][]string{
		{`{"modelId":"mistral-7b","promptLength":%d}`, "1", "100", "4096", "4097", "9000"},
		{`{"modelId":"gemma-3-1b","promptLength":600,"newTokens":%d}`, "0", "1", "2", "3", "500", "4000"},
		{`{"modelId":"llama-3.1-8b","promptLength":100,"newTokens":100,"batchSize":%d,"cacheImplementation":"static"}`, "1", "2", "3", "64"},
		{`{"modelId":"llama-3.1-8b","cacheImplementation":"paged","concurrentRequests":64,"cachePrecision":"%s"}`, "int4", "int8", "bf16"},
		{`{"modelId":"llama-3.1-8b","quantization":"%s"}`, "gptq-int4", "fp8", "none"},
	} {
		last := int64(0)
		for _, x := range series[1:] {
			arguments := fill(series[0], x)
			now := peak(arguments)
			if now < last {
				t.Errorf("%s needs %d bytes, less than the %d of the one before", arguments, now, last)
			}
			last = now
		}
	}
}

// fill puts a value into arguments.
func fill(arguments, value string) string {
	for i := range arguments {
		if arguments[i] == '%' {
			return arguments[:i] + value + arguments[i+2:]
		}
	}
	return arguments
}
