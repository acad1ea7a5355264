package fit

import "vramcalc/calc/unit"

// Bounds of utilization between the levels of a GPU, and the target in their
// midst, as documented. Below oversized a card pays for memory that nothing
// uses, above insufficientTop a run has no room to vary.
const (
	oversizedBelow  = 0.45
	excellentFrom   = 0.60
	Target          = 0.75
	excellentTo     = 0.80
	goodTo          = 0.85
	insufficientTop = 0.95
)

// The levels.
const (
	Oversized    = "oversized"
	Good         = "good"
	Excellent    = "excellent"
	Acceptable   = "acceptable"
	Insufficient = "insufficient"
)

// Level grades a GPU by how much of its usable memory a run needs.
func Level(utilization float64) string {
	switch {
	case utilization < oversizedBelow:
		return Oversized
	case utilization < excellentFrom:
		return Good
	case utilization <= excellentTo:
		return Excellent
	case utilization <= goodTo:
		return Good
	case utilization <= insufficientTop:
		return Acceptable
	}
	return Insufficient
}

// The answers of Fits.
const (
	Yes   = "yes"
	Tight = "tight"
	No    = "no"
)

// Fits compares a need with what one card can give: tight where only the low
// end of the range fits.
func Fits(low, total, usable unit.Bytes) string {
	switch {
	case total <= usable:
		return Yes
	case low <= usable:
		return Tight
	}
	return No
}
