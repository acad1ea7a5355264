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
	set := func(n int64) { train.Batch = n }
	return largestFit(c, train.Batch, maxBatch, usable, set)
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
	var after int64 // tokens generated after the prompt are part of the sequence
	if s.Inference != nil {
		after = s.Inference.NewTokens
	}
	set := func(n int64) { s.Train.Sequence = n - after }
	if bound <= after {
		return 0
	}
	return largestFit(c, min(s.Train.Sequence+after, bound), bound, usable, set)
}

// largestFit finds how far the tensors alone let n grow, then within that what
// really fits.
func largestFit(w workload.Workload, start, bound int64, usable unit.Bytes, set func(int64)) int64 {
	most := largest(start, bound, func(n int64) bool {
		set(n)
		peak, err := calc.PeakTensor(w)
		return err == nil && peak <= usable
	})
	if most == 0 {
		return 0
	}
	return largest(most, most, func(n int64) bool {
		set(n)
		return fits(w, usable)
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
