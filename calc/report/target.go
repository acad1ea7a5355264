package report

import (
	"vramcalc/calc/fit"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// target answers for the GPU of the workload, nil where none is named. The
// need is what the architecture takes, with either set of formulas.
func target(c Case) *Target {
	h := sectionsOf(c.Workload).Hardware
	if h.Usable <= 0 {
		return nil
	}
	t := targetOf(h, fit.Amount{Low: c.Breakdown.Low, Total: c.Breakdown.Total})
	t.LargestBatch, t.LargestSequence = limits(c, t.UsableBytes)
	return t
}

// targetOf sets the GPU that was named against what it has to hold.
func targetOf(h *workload.Hardware, need fit.Amount) *Target {
	usable := unit.Bytes(h.Usable)
	u := float64(need.Total) / float64(usable)
	return &Target{
		GPU:           h.Target,
		Count:         max(1, h.TargetCount),
		UsableBytes:   usable,
		Utilization:   u,
		Level:         fit.Level(u),
		Fits:          fit.Fits(need.Low, need.Total, usable),
		HeadroomBytes: int64(usable) - int64(need.Total),
	}
}
