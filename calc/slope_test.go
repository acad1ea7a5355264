package calc_test

import (
	"encoding/json"
	"math"
	"testing"
)

// slopeBound is how far the memory of one more image may be off.
const slopeBound = 0.02

// Each further image takes what it was measured to: pairs of runs that differ
// in the batch alone, of every family of classifiers.
func TestSlopeOverBatch(t *testing.T) {
	rows := all(t, "slopes")
	for i := 0; i+1 < len(rows); i += 2 {
		a, b := rows[i], rows[i+1]
		n := batchOf(t, b) - batchOf(t, a)
		measured := b.row.Requested["saved"] - b.row.Requested["start"] - (a.row.Requested["saved"] - a.row.Requested["start"])
		if off := relative(b.saved-a.saved, measured); math.Abs(off) > slopeBound || a.refused+b.refused != "" {
			t.Errorf("%s: %d bytes a sample, measured %d %s%s", b.row.ID, (b.saved-a.saved)/n, measured/n, a.refused, b.refused)
		}
	}
}

func batchOf(t *testing.T, o offBy) int64 {
	t.Helper()
	var args struct{ BatchSize int64 }
	if err := json.Unmarshal(o.row.Arguments, &args); err != nil {
		t.Fatal(err)
	}
	return args.BatchSize
}
