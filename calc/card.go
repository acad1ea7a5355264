package calc

import (
	"vramcalc/calc/cnn"
	"vramcalc/calc/memory"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// card is what a real card needs beyond what the caching allocator holds, and
// how far that scatters: found by comparing published measurements of A100 and
// V100 cards (nvidia-smi and NVML; 24 language runs, 225 runs of 48 vision
// models) with the same steps under PyTorch's allocator.
type card struct {
	base unit.Bytes // context and libraries, expected
	over unit.Bytes // the same, at the upper end
	// spread, wide and widest are what the changing part of a step takes in
	// the allocator: at the median, at the upper end, and at the upper end
	// where the optimizer's temporaries are the peak.
	spread, wide, widest float64

	distributed bool // several GPUs talk
}

const (
	gib = float64(unit.GiB)
	// leastContext is with how much beyond its blocks a run may just fit: the
	// allocator gives its cache back before it fails.
	leastContext = unit.GiB
	// longestReplay is the number of allocations and frees of a step up to
	// which a run is replayed: about half a second of work. A longer one, of
	// thousands of layers or experts, gets the bound of measured runs.
	longestReplay = 1_000_000
)

// language: reserved plus 1.6 GiB errs by 1.2 % at the median and 6.2 % at
// most over 24 runs; the upper end covers 22 of them.
func language(h workload.Hardware) card {
	return card{base: unit.Bytes(h.Reserved), over: unit.BytesOf(2.5 * gib), spread: 1.3, wide: 1.3, widest: 1.8}
}

// vision: reserved plus 1.9 GiB errs by 2.5 % at the median and 25.7 % at most
// over 225 runs (cuDNN's workspaces depend on the algorithms it picks); the
// upper end covers 95 %.
func vision(h workload.Hardware) card {
	return card{base: unit.Bytes(h.Reserved), over: unit.BytesOf(1.8 * gib), spread: 1.12, wide: 1.45, widest: 1.8}
}

func cardOf(w workload.Workload) card {
	c := singleCard(w)
	c.distributed = distributed(w)
	return c
}

// distributed says whether the GPUs of a training run talk to each other.
func distributed(w workload.Workload) bool {
	p, _ := spread(w)
	serves := inferenceOf(w)
	return p.GPUs > 1 && (serves == nil || p.DataParallel() < p.GPUs)
}

func singleCard(w workload.Workload) card {
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
// held is the allocator's replay, nil where the run is too long for one.
func onCard(d *memory.Breakdown, static unit.Bytes, c card, held *tape.Held) {
	dynamic := float64(max(0, d.PeakTensor-static))
	at := func(spread float64, more unit.Bytes) unit.Bytes {
		return unit.Add(static, unit.Add(unit.BytesOf(spread*dynamic), more))
	}
	note := "what the caching allocator holds beyond the tensors: rounding, unsplit blocks, free blocks between used ones"
	if held != nil {
		d.PeakAllocated, d.PeakReserved = max(d.PeakTensor, held.PeakAllocated), max(d.PeakTensor, held.PeakReserved)
	} else {
		d.PeakAllocated, d.PeakReserved = d.PeakTensor, at(c.spread, 0)
		note = "the median of measured runs, not replayed: the run has too many allocations"
		d.Notes = append(d.Notes, "peakAllocatedBytes is a lower bound (blocks take 0.1–2 % more than tensors) and peakReservedBytes the median of measured runs: the run has too many allocations to replay")
	}
	d.Total = unit.Add(d.PeakReserved, c.base)
	d.Low = min(d.Total, unit.Add(d.PeakAllocated, leastContext))
	wide := c.wide
	if d.PeakPhase == memory.Optimizer {
		wide = c.widest
	}
	d.High = max(d.Total, at(wide, c.over))
	d.Lines = append(d.Lines,
		memory.Line{Component: memory.Fragmentation, Bytes: d.PeakReserved - d.PeakTensor, Note: note},
		memory.Line{Component: memory.Reserved, Bytes: c.base, Note: "CUDA context, kernels and library workspaces: 1–2 GiB"},
	)
	if c.distributed {
		d.Total, d.Low, d.High = unit.Add(d.Total, memory.NCCL), unit.Add(d.Low, memory.LeastNCCL), unit.Add(d.High, memory.MostNCCL)
		d.Lines = append(d.Lines, memory.Line{Component: memory.Communication, Bytes: memory.NCCL, Note: "NCCL's own buffers, outside PyTorch's allocator: 1.45 GiB measured with two GPUs, 1–2 GiB are usual"})
	}
}
