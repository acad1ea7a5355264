package calc_test

import (
	"math"
	"testing"
)

// decodersReserved bounds how far reserved memory may be off: of small models,
// one segment of 2 MiB is several percent.
const decodersReserved = 0.1

// Small models of decoders that no published run covers, and OpenFlamingo by
// its package's own code, have every tensor byte in every phase.
func TestOracleDecoders(t *testing.T) {
	rows := all(t, "decoders")
	logRows(t, "decoders", rows)
	for _, o := range rows {
		switch {
		case o.refused != "":
			t.Errorf("%s is refused: %s", o.row.ID, o.refused)
		case o.worst != 0 || o.weights != 0:
			t.Errorf("%s: tensor bytes off by %.4f %%, weights by %.4f %%", o.row.ID, 100*o.worst, 100*o.weights)
		case math.Abs(o.peak) > 1e-3 || math.Abs(o.held) > decodersReserved:
			t.Errorf("%s: allocated off by %.4f %%, reserved by %.4f %%", o.row.ID, 100*o.peak, 100*o.held)
		}
	}
}
