package calc_test

import (
	"encoding/json"
	"math"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/memory"
)

// TestVisionWork compares a classifier's forward with the multiply-adds that
// were counted while PyTorch ran it: those of every convolution, linear layer
// and attention.
func TestVisionWork(t *testing.T) {
	seen := 0
	for _, r := range readRows(t, "vision") {
		var a map[string]any
		if err := json.Unmarshal(r.Arguments, &a); err != nil {
			t.Fatal(err)
		}
		w := workloadOf(t, a)
		if w == nil || r.MACs == 0 {
			continue
		}
		got, err := calc.Work(w)
		if err != nil {
			continue
		}
		seen++
		want := 2 * r.MACs * a["batchSize"].(float64)
		if a["gradientAccumulationSteps"] != 1.0 {
			want *= a["gradientAccumulationSteps"].(float64)
		}
		if off := got.Of(memory.ForwardEffort)/want - 1; math.Abs(off) > 0.0001 {
			t.Errorf("%s: forward %.4g FLOPs, counted %.4g, off by %.2f %%", r.ID, got.Of(memory.ForwardEffort), want, 100*off)
		}
	}
	if seen < 80 {
		t.Errorf("%d rows were compared", seen)
	}
}
