package calc

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/workload"
)

// Compile gives tests the folded program of a workload.
var Compile = compile

// WorkUnrolled is Work with every repetition written out.
func WorkUnrolled(w workload.Workload) (memory.Work, error) {
	b, err := record(w, true)
	if err != nil {
		return memory.Work{}, err
	}
	return b.T.WorkDone().Step(b.Train.AccumulationSteps), nil
}
