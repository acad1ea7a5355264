package report

import (
	"math"
	"testing"
)

// TestTurning finds the place where straight, bent and stepped functions pass
// a limit, in few tries where they are nearly straight.
func TestTurning(t *testing.T) {
	const fixed = 1000.0
	for name, shape := range map[string]struct {
		f     func(x float64) float64
		tries int
	}{
		"straight": {func(x float64) float64 { return 7 * x }, 4},
		"stepped":  {func(x float64) float64 { return 128 * math.Ceil(7*x/128) }, 24},
		"bent":     {func(x float64) float64 { return 7*x + x*x/1000 }, 24},
		"square":   {func(x float64) float64 { return x * x }, 40},
		"late":     {func(x float64) float64 { return 7 * max(0, x-300) }, 36},
	} {
		for _, start := range []int64{1, 4, 1000, 70000} {
			for _, want := range []int64{0, 1, 2, 3, 7, 8, 301, 1000, 30000, 65535, 65536} {
				tries := 0
				f := func(n int64) float64 {
					if tries++; n < 1 || n > maxBatch {
						t.Fatalf("%s: tried %d", name, n)
					}
					return fixed + shape.f(float64(n))
				}
				limit := fixed + shape.f(float64(want)+0.5)
				hint := func() point { return point{2 * float64(start), fixed + shape.f(2*float64(start))} }
				got := turning(start, maxBatch, limit, hint, f)
				tried := tries
				if got > 0 && f(got) > limit || got < maxBatch && f(got+1) <= limit || tried > shape.tries {
					t.Errorf("%s from %d: %d in %d tries, want %d in at most %d", name, start, got, tried, want, shape.tries)
				}
			}
		}
	}
}

// TestTurningBeyondCount: where large sizes have no number at all.
func TestTurningBeyondCount(t *testing.T) {
	f := func(n int64) float64 {
		if n > 5000 {
			return math.Inf(1)
		}
		return float64(n)
	}
	if got := turning(10000, maxBatch, 1e9, func() point { return point{math.NaN(), math.NaN()} }, f); got != 5000 {
		t.Errorf("got %d, want 5000", got)
	}
}
