package calc

import (
	"vramcalc/calc/cnn"
	"vramcalc/calc/memory"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// card is how tensors become memory of a card. The numbers relate published
// measurements of A100 and V100 cards (nvidia-smi and NVML; 24 language runs,
// 225 runs of 48 vision models) to the same steps run under PyTorch's caching
// allocator.
type card struct {
	spread float64    // reserved = static + spread · dynamic, at the median
	wide   float64    // the same at the upper end
	widest float64    // and where the optimizer's foreach temporaries are the peak
	over   unit.Bytes // context and libraries, at the upper end
	base   unit.Bytes // context and libraries, expected
}

// Context and libraries of the card model.
const (
	leastContext = unit.GiB // a run may just fit with this much beyond its blocks
	gib          = float64(unit.GiB)
)

// language: expected static + 1.3 dynamic + 1.6 GiB errs by 2.2 % at the
// median and 17.9 % at most; the upper end covers 22 of 24 runs.
func language(h workload.Hardware) card {
	return card{spread: 1.3, wide: 1.3, widest: 1.8, over: unit.BytesOf(2.5 * gib), base: unit.Bytes(h.Reserved)}
}

// vision: expected static + 1.12 dynamic + 1.9 GiB errs by 3.9 % at the median
// and 29.7 % at most (cuDNN's workspaces depend on its choice of algorithm);
// the upper end covers 95 % of 225 runs.
func vision(h workload.Hardware) card {
	return card{spread: 1.12, wide: 1.45, widest: 1.8, over: unit.BytesOf(1.8 * gib), base: unit.Bytes(h.Reserved)}
}

func cardOf(w workload.Workload) card {
	switch c := w.(type) {
	case *nlp.Config:
		return language(c.Hardware)
	case *moe.Config:
		return language(c.Hardware)
	case *multimodal.Config:
		return language(c.Hardware)
	case *cnn.Config:
		return vision(c.Hardware)
	}
	return card{}
}

// onCard adds what the caching allocator and the CUDA context take beyond the
// tensors. static is what is alive between steps: only the rest fragments.
func onCard(d *memory.Breakdown, static unit.Bytes, c card) {
	dynamic := float64(max(0, d.PeakTensor-static))
	at := func(spread float64, more unit.Bytes) unit.Bytes {
		return static + unit.BytesOf(spread*dynamic) + more
	}
	d.PeakAllocated = d.PeakTensor
	d.PeakReserved = at(c.spread, 0)
	d.Total = d.PeakReserved + c.base
	d.Low = min(d.Total, d.PeakAllocated+leastContext)
	wide := c.wide
	if d.PeakPhase == memory.Optimizer {
		wide = c.widest
	}
	d.High = max(d.Total, at(wide, c.over))
	d.Lines = append(d.Lines,
		memory.Line{Component: memory.Fragmentation, Bytes: d.PeakReserved - d.PeakTensor, Note: "bound from measured runs, not replayed: only what changes within a step fragments"},
		memory.Line{Component: memory.Reserved, Bytes: c.base, Note: "CUDA context, kernels, library workspaces: 1–2 GiB"},
	)
	d.Notes = append(d.Notes, "peakAllocatedBytes is a lower bound (tensor bytes; blocks take 0.1–2 % more) and peakReservedBytes the median of measured runs, until the allocator is replayed")
}
