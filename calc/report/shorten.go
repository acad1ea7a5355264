package report

import (
	"slices"

	"vramcalc/calc/say"
)

// minorShare is the share in percent below which a component's note is the
// first to go.
const minorShare = 5

// fewGPUs is how many recommendations stay where an answer is far too long.
const fewGPUs = 3

// fewMoves is how many optimizations stay there.
const fewMoves = 4

// Shorten leaves out what a reader misses least and says whether there was
// anything: the notes of small components, then of all that have a formula,
// then the assumptions that are documented defaults, then the last GPUs and
// optimizations. An
// answer of standard detail is shortened until it has its size; detail full
// tells everything.
func (a *Answer) Shorten() bool {
	switch {
	case a.dropNotes(minorShare), a.dropNotes(100):
	case a.dropDefaults():
	case len(a.GPURecommendations) > fewGPUs:
		a.GPURecommendations = a.GPURecommendations[:len(a.GPURecommendations)-1]
	case len(a.Optimizations) > fewMoves:
		a.Optimizations = a.Optimizations[:len(a.Optimizations)-1]
	default:
		return false
	}
	return true
}

// dropNotes takes the notes from components up to a share; one without a
// formula keeps its only explanation.
func (a *Answer) dropNotes(percent float64) (dropped bool) {
	if a.Estimate == nil {
		return false
	}
	for i := range a.Estimate.Components {
		if c := &a.Estimate.Components[i]; c.Percent <= percent && c.Formula != "" && !c.Note.IsZero() {
			c.Note, dropped = say.Text{}, true
		}
	}
	return dropped
}

func (a *Answer) dropDefaults() bool {
	before := len(a.Assumptions)
	a.Assumptions = slices.DeleteFunc(slices.Clone(a.Assumptions), func(s Assumption) bool { return s.Origin == Default })
	return len(a.Assumptions) < before
}
