package report

import (
	"vramcalc/calc/check"
	"vramcalc/calc/cnn"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/workload"
)

// sectionsOf opens a workload as rules see it.
func sectionsOf(w workload.Workload) *check.Pass {
	return check.NewPass(w, false, func(string) bool { return false })
}

// clone copies a workload so that sizes of the copy can be changed.
func clone(w workload.Workload) workload.Workload {
	switch c := w.(type) {
	case *nlp.Config:
		d := *c
		return &d
	case *multimodal.Config:
		d := *c
		return &d
	case *moe.Config:
		d := *c
		return &d
	case *cnn.Config:
		d := *c
		return &d
	}
	panic("report: a workload of no known kind")
}
