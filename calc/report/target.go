package report

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Bounds of utilization between the levels of a GPU. Below oversized it pays
// for memory that nothing uses, above full a run has no room to vary.
const (
	oversizedBelow  = 0.45
	excellentFrom   = 0.60
	excellentTo     = 0.80
	goodTo          = 0.85
	insufficientTop = 0.95
)

// Level grades a GPU by how much of its usable memory a run needs.
func Level(utilization float64) string {
	switch {
	case utilization < oversizedBelow:
		return "oversized"
	case utilization < excellentFrom:
		return "good"
	case utilization <= excellentTo:
		return "excellent"
	case utilization <= goodTo:
		return "good"
	case utilization <= insufficientTop:
		return "acceptable"
	}
	return "insufficient"
}

// Fits compares a need with what one card can give: tight where only the low
// end of the range fits.
func Fits(low, total, usable unit.Bytes) string {
	switch {
	case total <= usable:
		return "yes"
	case low <= usable:
		return "tight"
	}
	return "no"
}

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
		Level:         Level(u),
		Fits:          Fits(b.Low, b.Total, usable),
		HeadroomBytes: int64(usable) - int64(b.Total),
	}
	if b.Server == nil { // a server's pool says it in tokens
		t.LargestBatch = largestBatch(w, usable)
		t.LargestSequence = largestSequence(w, usable)
	}
	return t
}
