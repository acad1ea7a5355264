package workload_test

import (
	"testing"

	"vramcalc/calc/workload"
)

// TestPackedRow holds how full best-fit decreasing makes the fullest row.
func TestPackedRow(t *testing.T) {
	for _, c := range []struct {
		row     int64
		lengths []int64
		want    workload.Packed
	}{
		{2048, nil, workload.Packed{Tokens: 2048, Samples: 1}},
		{2048, []int64{1000}, workload.Packed{Tokens: 2000, Samples: 2}},
		{2048, []int64{3000}, workload.Packed{Tokens: 2048, Samples: 1}},
		{2048, []int64{700, 500, 300}, workload.Packed{Tokens: 2000, Samples: 4}},
		{100, []int64{60, 40}, workload.Packed{Tokens: 100, Samples: 2}},
	} {
		got := workload.Train{Sequence: c.row, Lengths: c.lengths}.PackedRow()
		if got != c.want {
			t.Errorf("rows of %d of samples of %v are filled with %+v, want %+v", c.row, c.lengths, got, c.want)
		}
	}
}
