package calc

import (
	"vramcalc/calc/cnn"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/workload"
)

// worstRank is a run as the rank that needs more sees it: ranks differ where
// each keeps the gradients of the parameters that touch its share (ZeRO stages 1
// and 2), and the first and the last are tried. A run whose rank is given, or
// whose ranks are alike, stays as it is.
func worstRank(w workload.Workload) (workload.Workload, error) {
	p, s := spread(w)
	ranks := p.DataParallel()
	if !s.ZeRO.WorstRank || p.ZeROStage == 0 || ranks <= 1 || inferenceOf(w) != nil {
		return w, nil
	}
	first, last := asRank(w, 0), asRank(w, ranks-1)
	if p.ZeROStage > 2 {
		return first, nil
	}
	a, err := peakTensor(first)
	if err != nil {
		return nil, err
	}
	b, err := peakTensor(last)
	if err != nil {
		return nil, err
	}
	if b > a {
		return last, nil
	}
	return first, nil
}

// spread is over which cards a run goes, and with what software.
func spread(w workload.Workload) (workload.Parallel, workload.Stack) {
	switch c := w.(type) {
	case *nlp.Config:
		return c.Parallel, c.Stack
	case *moe.Config:
		return c.Parallel, c.Stack
	case *multimodal.Config:
		return c.Parallel, c.Stack
	case *cnn.Config:
		return c.Parallel, c.Stack
	}
	return workload.Parallel{}, workload.Stack{}
}

// asRank is a run as one rank sees it.
func asRank(w workload.Workload, rank int64) workload.Workload {
	set := func(s *workload.Stack) { s.ZeRO.Rank, s.ZeRO.WorstRank = rank, false }
	switch c := w.(type) {
	case *nlp.Config:
		k := *c
		set(&k.Stack)
		return &k
	case *moe.Config:
		k := *c
		set(&k.Stack)
		return &k
	case *multimodal.Config:
		k := *c
		set(&k.Stack)
		return &k
	case *cnn.Config:
		k := *c
		set(&k.Stack)
		return &k
	}
	return w
}
