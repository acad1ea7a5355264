package calc_test

import (
	"encoding/json"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
)

// TestRunFails runs a step under limits: with what it reserves nothing fails,
// with what its tensors leave too little something does, and at the first
// failure no room is left for the segment. What a request is for has its size.
func TestRunFails(t *testing.T) {
	w := resolve(t, json.RawMessage(`{"modelType":"nlp","modelId":"gpt2","precision":"bf16","batchSize":2,"sequenceLength":512,
		"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":1}`))
	b, err := calc.Estimate(w)
	if err != nil {
		t.Fatal(err)
	}
	run, err := calc.Unroll(w)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		limit unit.Bytes
		fails bool
	}{
		{0, false},
		{b.PeakReserved, false},
		{b.PeakTensor - unit.MiB, true},
		{b.PeakTensor / 2, true},
	} {
		var first *tape.Request
		var most unit.Bytes
		run.Requests(test.limit, func(r tape.Request) {
			most = max(most, r.Allocated+r.Bytes)
			if r.Fails && first == nil {
				first = &r
			}
			if a := run.Tensor(r); a.Bytes != r.Bytes || a.Label == "" {
				t.Fatalf("a request of %d bytes is for %+v", r.Bytes, a)
			}
		})
		if (first != nil) != test.fails {
			t.Errorf("limit %v: fails %v, want %v", test.limit, first, test.fails)
		}
		if first != nil && (!first.Grows || first.Reserved+first.Segment <= test.limit) {
			t.Errorf("limit %v: %+v fails with room for it", test.limit, first)
		}
		if most < b.PeakTensor {
			t.Errorf("limit %v: at most %v allocated, the tensors alone take %v", test.limit, most, b.PeakTensor)
		}
	}
}
