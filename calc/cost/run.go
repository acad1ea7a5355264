package cost

import (
	"vramcalc/calc/cnn"
	"vramcalc/calc/memory"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/workload"
)

// Dataset is how much one epoch goes through; 0 = not known.
type Dataset struct{ Samples, Tokens float64 }

// RunOf is the run of a workload whose step was estimated.
func RunOf(w workload.Workload, work memory.Work, d Dataset) Run {
	var t workload.Train
	var p workload.Parallel
	switch c := w.(type) {
	case *nlp.Config:
		t, p = c.Train, c.Parallel
	case *moe.Config:
		t, p = c.Train, c.Parallel
	case *multimodal.Config:
		t, p = c.Train, c.Parallel
	case *cnn.Config:
		t, p = c.Train, c.Parallel
	}
	r := Run{
		Kind:           w.Kind(),
		Precision:      t.Compute(),
		Work:           work,
		GPUs:           max(1, p.GPUs),
		Samples:        float64(t.Batch) * float64(t.AccumulationSteps) * float64(p.DataParallel()),
		Epochs:         t.Epochs,
		DatasetSamples: d.Samples,
		DatasetTokens:  d.Tokens,
	}
	if r.Kind != workload.CNN {
		r.Tokens = r.Samples * float64(t.Sequence)
	}
	if r.Kind == workload.NLP || r.Kind == workload.MoE {
		r.Micro = float64(t.Batch) * float64(t.Sequence)
	}
	return r
}
