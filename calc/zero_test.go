package calc_test

import (
	"math"
	"testing"
)

// TestOracleZeRO holds one rank of measured DeepSpeed runs, stages 0 to 3, to
// bounds: the phases that a row names, and what the allocator makes of them.
func TestOracleZeRO(t *testing.T) {
	rows := all(t, "zero")
	logRows(t, "zero", rows)
	worst := func(o offBy) float64 {
		var w float64
		for _, phase := range []string{"forward", "backward", "optimizer"} {
			if _, measured := o.row.Requested[phase]; measured {
				w = max(w, math.Abs(o.phases[phase]))
			}
		}
		return w
	}
	for _, o := range rows {
		if o.refused != "" {
			t.Errorf("%s is refused: %s", o.row.ID, o.refused)
		}
	}
	hold(t, "tensor bytes", collect(rows, worst), bound{0.95, 0}, bound{1, 0.001})
	hold(t, "allocated", collect(rows, func(o offBy) float64 { return o.peak }), bound{0.50, 0.0001}, bound{0.95, 0.02}, bound{1, 0.03})
	hold(t, "reserved", collect(rows, func(o offBy) float64 { return o.held }), bound{0.50, 0.01}, bound{0.90, 0.07})
}
