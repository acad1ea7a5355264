package report

import (
	"vramcalc/calc/fit"
	"vramcalc/calc/memory"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// target answers for the GPU of the workload, nil where none is named. The
// need is what the architecture takes, with either set of formulas.
func target(w workload.Workload, b memory.Breakdown) *Target {
	h := sectionsOf(w).Hardware
	if h.Usable <= 0 {
		return nil
	}
	usable := unit.Bytes(h.Usable)
	u := float64(b.Total) / float64(usable)
	t := &Target{
		GPU:           h.Target,
		Count:         max(1, h.TargetCount),
		UsableBytes:   usable,
		Utilization:   u,
		Level:         fit.Level(u),
		Fits:          fit.Fits(b.Low, b.Total, usable),
		HeadroomBytes: int64(usable) - int64(b.Total),
	}
	t.LargestBatch = largestBatch(w, usable)
	t.LargestSequence = largestSequence(w, usable)
	return t
}
