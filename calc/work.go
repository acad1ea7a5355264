package calc

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
)

// How often a step touches what stays resident.
const (
	weightReads  = 2 // forward and backward read a weight once each
	stateTouches = 2 // an optimizer reads a state and writes it
	// trainedTouches: it reads a weight and its gradient, and writes the weight.
	trainedTouches = 3
)

// workOf is the work of an optimizer step. static is what is alive between
// steps: weights and optimizer states.
func workOf(b *layers.Builder, p *tape.Program, v *tape.Values, static unit.Bytes) memory.Work {
	w := p.Work(v)
	weights, counts := float64(b.T.WeightBytes()), b.Counts()
	w.Weights = weightReads * weights
	states := max(0, float64(static)-weights)
	trained := 0.0
	if counts.Total > 0 {
		trained = weights * float64(counts.Trainable) / float64(counts.Total)
	}
	w.Updating += stateTouches*states + trainedTouches*trained
	return w.Step(b.Train.AccumulationSteps)
}
