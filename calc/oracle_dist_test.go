package calc_test

import (
	"math"
	"testing"
)

// TestOracleDist holds one rank of runs over several GPUs, replicated and
// sharded, to the bounds of its class.
func TestOracleDist(t *testing.T) { holdRanks(t, "dist") }

// TestOracleParallel is the same of runs whose matrices, layers or sequence are
// spread.
func TestOracleParallel(t *testing.T) { holdRanks(t, "parallel") }

func holdRanks(t *testing.T, file string) {
	t.Helper()
	rows := all(t, file)
	for _, o := range rows {
		for _, f := range o.formulas {
			t.Errorf("%s: %s", o.row.ID, f)
		}
		if o.refused != "" {
			t.Errorf("%s is refused: %s", o.row.ID, o.refused)
			continue
		}
		if testing.Verbose() {
			t.Logf("%-55s forward %+.4f %% backward %+.4f %% optimizer %+.4f %% allocated %+.4f %% reserved %+.4f %%", o.row.ID,
				100*o.phases["forward"], 100*o.phases["backward"], 100*o.phases["optimizer"], 100*o.peak, 100*o.held)
		}
	}
	peaks := collect(rows, func(o offBy) float64 { return o.peak })
	t.Log(spread(file+" allocated", peaks))
	hold(t, "allocated", peaks, bound{0.50, 0.003}, bound{0.95, 0.02}, bound{1, 0.06})
	hold(t, "tensor bytes of the larger of forward and backward", collect(rows, func(o offBy) float64 {
		return max(math.Abs(o.phases["forward"]), math.Abs(o.phases["backward"]))
	}), bound{0.90, 0.0001}, bound{1, 0.01})
}
