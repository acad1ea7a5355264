package report

import (
	"vramcalc/calc"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Bounds of the arguments that the search varies.
const (
	maxBatch    = 65536
	maxSequence = 10485760
)

// largestBatch is the largest micro-batch that fits, 0 where none does.
func largestBatch(w workload.Workload, usable unit.Bytes) int64 {
	c := clone(w)
	train := sectionsOf(c).Train
	return largest(train.Batch, maxBatch, func(n int64) bool {
		train.Batch = n
		return fits(c, usable)
	})
}

// largestSequence is the longest text sequence that fits, up to the model's
// context; 0 where none fits or the workload has no text.
func largestSequence(w workload.Workload, usable unit.Bytes) int64 {
	c := clone(w)
	s := sectionsOf(c)
	if s.Text == nil || s.Train.Sequence <= 0 {
		return 0
	}
	bound := s.Text.Context
	if bound <= 0 {
		bound = maxSequence
	}
	return largest(min(s.Train.Sequence, bound), bound, func(n int64) bool {
		s.Train.Sequence = n
		return fits(c, usable)
	})
}

func fits(w workload.Workload, usable unit.Bytes) bool {
	b, err := calc.Estimate(w)
	return err == nil && b.Total <= usable
}

// largest finds the largest n from 1 to bound for which ok holds: it doubles or
// halves from start until it has seen both answers, then bisects. Where ok is
// not monotone, it finds one of the places where it turns.
func largest(start, bound int64, ok func(int64) bool) int64 {
	low, high := int64(0), bound+1 // fits, does not fit; not yet tried at the ends
	n := min(max(1, start), bound)
	for low+1 < high {
		if ok(n) {
			low = n
		} else {
			high = n
		}
		switch {
		case high > bound:
			n = min(2*low, bound)
		case low == 0:
			n = high / 2
		default:
			n = low + (high-low)/2
		}
	}
	return low
}
