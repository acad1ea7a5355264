package calc_test

import (
	"math"
	"strings"
	"testing"
)

// TestOracleStacks holds steps as training software runs them (transformers'
// Trainer, TRL's SFTTrainer, Liger's kernels, bitsandbytes' weights and
// optimizers) to the bounds of its class.
func TestOracleStacks(t *testing.T) {
	rows := all(t, "stacks")
	for _, o := range rows {
		for _, f := range o.formulas {
			t.Errorf("%s: %s", o.row.ID, f)
		}
		if o.refused != "" {
			t.Errorf("%s is refused: %s", o.row.ID, o.refused)
			continue
		}
		if testing.Verbose() {
			t.Logf("%-50s forward %+.4f %% backward %+.4f %% optimizer %+.4f %% allocated %+.4f %% reserved %+.4f %%", o.row.ID,
				100*o.phases["forward"], 100*o.phases["backward"], 100*o.phases["optimizer"], 100*o.peak, 100*o.held)
		}
	}
	var compiled, eager []offBy
	for _, o := range rows {
		if strings.HasPrefix(o.row.ID, "compile-") {
			compiled = append(compiled, o)
		} else {
			eager = append(eager, o)
		}
	}
	const compiledBound = 0.05 // the compiler's schedule of a graph is followed, not run
	hold(t, "compiled, tensor bytes", collect(compiled, func(o offBy) float64 { return o.worst }), bound{0.60, 0.000001}, bound{1, compiledBound})
	hold(t, "compiled, allocated", collect(compiled, func(o offBy) float64 { return o.peak }), bound{1, compiledBound})
	for _, o := range compiled {
		if saved := relative(o.saved, o.row.Requested["saved"]-o.row.Requested["start"]); math.Abs(saved) > 1e-6 {
			t.Errorf("%s: what forward leaves is off by %g", o.row.ID, saved)
		}
	}
	rows = eager
	peaks := collect(rows, func(o offBy) float64 { return o.peak })
	t.Log(spread("stacks allocated", peaks))
	hold(t, "allocated", peaks, bound{0.50, 0.001}, bound{0.95, 0.015}, bound{1, 0.06})
	hold(t, "tensor bytes", collect(rows, func(o offBy) float64 { return o.worst }), bound{0.90, 0.000001}, bound{0.98, 0.0001}, bound{1, 0.01})
}
