package report

import (
	"math"
	"slices"

	"vramcalc/calc"
	"vramcalc/calc/memory"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Bounds of the arguments that the search varies.
const (
	maxBatch    = 65536
	maxSequence = 10485760
)

// limits finds the largest batch and the longest sequence that fit, each with
// everything else as it is. They are looked for side by side: each takes a
// handful of estimates. A panic stays one of the caller.
func limits(c Case, usable unit.Bytes) (batch, sequence int64) {
	done := make(chan any, 1)
	go func() {
		defer func() { done <- recover() }()
		batch = largestBatch(c, usable)
	}()
	sequence = largestSequence(c, usable)
	if p := <-done; p != nil {
		panic(p)
	}
	return batch, sequence
}

// largestBatch is the largest micro-batch that fits, 0 where none does.
func largestBatch(c Case, usable unit.Bytes) int64 {
	w := clone(c.Workload)
	train := sectionsOf(w).Train
	s := search{start: train.Batch, bound: maxBatch, workload: w, known: c.Breakdown, usable: usable}
	return s.largest(train.Batch, func(n int64) { train.Batch = n })
}

// largestSequence is the longest text sequence that fits, up to the model's
// context; 0 where none fits or the workload has no text. A decoder's length
// that was not given follows it.
func largestSequence(c Case, usable unit.Bytes) int64 {
	w := clone(c.Workload)
	p := sectionsOf(w)
	if p.Text == nil || p.Train.Sequence <= 0 {
		return 0
	}
	bound := p.Text.Context
	if bound <= 0 {
		bound = maxSequence
	}
	follows := slices.ContainsFunc(c.Assumptions, func(a Assumption) bool { return a.Argument == "decoderSequenceLength" })
	s := search{start: min(p.Train.Sequence, bound), bound: bound, workload: w, known: c.Breakdown, usable: usable}
	return s.largest(p.Train.Sequence, func(n int64) {
		p.Train.Sequence = n
		if follows {
			p.Train.DecoderSequence = workload.UsualDecoderSequence(n)
		}
	})
}

// search varies one size of a workload.
type search struct {
	start, bound int64
	workload     workload.Workload
	known        memory.Breakdown // of the workload as it came
	usable       unit.Bytes
}

// largest is the largest size that fits. now is the workload's own.
func (s search) largest(now int64, set func(int64)) int64 {
	total := func(n int64) float64 {
		if n == now {
			return float64(s.known.Total)
		}
		set(n)
		b, err := calc.Estimate(s.workload)
		if err != nil {
			return math.Inf(1)
		}
		return float64(b.Total)
	}
	return turning(s.start, s.bound, float64(s.usable), func() point { return s.second(set) }, total)
}

// second is a second point beside the workload's own, of its tensors alone,
// which cost a tenth of an estimate.
func (s search) second(set func(int64)) point {
	other := 2 * s.start
	if other > s.bound {
		other = max(1, s.start/2)
	}
	set(other)
	peak, err := calc.PeakTensor(s.workload)
	if err != nil {
		return point{math.NaN(), math.NaN()}
	}
	return point{float64(other), float64(s.known.Total + peak - s.known.PeakTensor)}
}
