package calc

import (
	"vramcalc/calc/cnn"
	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/workload"
)

// ranksOf are a run as those of its ranks see it that may need most: ranks differ
// where each keeps the gradients of the parameters that touch its share (ZeRO
// stages 1 and 2), and between the stages of a pipeline; the first and the last
// are tried. A run whose rank is given, or whose ranks are alike, is one.
func ranksOf(w workload.Workload) []workload.Workload {
	p, s := spread(w)
	ranks := p.DataParallel()
	switch {
	case inferenceOf(w) != nil:
	case p.Pipeline > 1 && s.Pipeline.Rank < 0:
		return []workload.Workload{atStage(w, 0), atStage(w, p.Pipeline-1)}
	case !s.ZeRO.WorstRank || p.ZeROStage == 0 || ranks <= 1:
	case p.ZeROStage > 2:
		return []workload.Workload{asRank(w, 0)}
	default:
		return []workload.Workload{asRank(w, 0), asRank(w, ranks-1)}
	}
	return []workload.Workload{w}
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
	return with(w, func(_ *workload.Parallel, s *workload.Stack) { s.ZeRO.Rank, s.ZeRO.WorstRank = rank, false })
}

// atStage is a run as one stage of its pipeline sees it.
func atStage(w workload.Workload, stage int64) workload.Workload {
	return with(w, func(_ *workload.Parallel, s *workload.Stack) { s.Pipeline.Rank = stage })
}

// inOnePiece is a run whose model is on one card.
func inOnePiece(w workload.Workload) workload.Workload {
	return with(w, func(p *workload.Parallel, s *workload.Stack) {
		p.GPUs /= max(1, p.Tensor*p.Pipeline*p.Context)
		p.Tensor, p.Pipeline, p.Context = 1, 1, 1
		s.Pipeline, s.Tensor = workload.Pipeline{}, workload.TensorParallel{}
	})
}

// with is a run with another spread over cards.
func with(w workload.Workload, set func(p *workload.Parallel, s *workload.Stack)) workload.Workload {
	switch c := w.(type) {
	case *nlp.Config:
		k := *c
		set(&k.Parallel, &k.Stack)
		return &k
	case *moe.Config:
		k := *c
		set(&k.Parallel, &k.Stack)
		return &k
	case *multimodal.Config:
		k := *c
		set(&k.Parallel, &k.Stack)
		return &k
	case *cnn.Config:
		k := *c
		set(&k.Parallel, &k.Stack)
		return &k
	}
	return w
}

// countsOf are the parameters of a run's whole model, of which a card may have a
// stage or a part of each matrix.
func countsOf(w workload.Workload, b *layers.Builder) (memory.Counts, error) {
	if p, _ := spread(w); p.Tensor*p.Pipeline <= 1 {
		return b.Counts(), nil
	}
	whole, err := declare(inOnePiece(w))
	if err != nil {
		return memory.Counts{}, err
	}
	return whole.Counts(), nil
}
