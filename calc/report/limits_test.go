package report

import "testing"

func TestLargest(t *testing.T) {
	for _, start := range []int64{1, 4, 1000, 70000} {
		for _, limit := range []int64{0, 1, 2, 3, 7, 8, 1000, 65535, 65536, 1 << 40} {
			tries := 0
			got := largest(start, maxBatch, func(n int64) bool {
				tries++
				if n < 1 || n > maxBatch {
					t.Fatalf("tried %d", n)
				}
				return n <= limit
			})
			if want := min(limit, maxBatch); got != want || tries > 36 {
				t.Errorf("largest from %d under %d = %d in %d tries, want %d", start, limit, got, tries, want)
			}
		}
	}
}
