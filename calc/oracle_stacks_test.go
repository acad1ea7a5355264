package calc_test

import "testing"

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
	peaks := collect(rows, func(o offBy) float64 { return o.peak })
	t.Log(spread("stacks allocated", peaks))
	hold(t, "allocated", peaks, bound{0.50, 0.001}, bound{0.95, 0.015}, bound{1, 0.06})
	hold(t, "tensor bytes", collect(rows, func(o offBy) float64 { return o.worst }), bound{0.90, 0.000001}, bound{0.98, 0.0001}, bound{1, 0.01})
}
