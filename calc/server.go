package calc

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// inferenceOf is the part of a workload about inference, nil in training.
func inferenceOf(w workload.Workload) *workload.Inference {
	var i *workload.Inference
	switch c := w.(type) {
	case *nlp.Config:
		i = &c.Inference
	case *moe.Config:
		i = &c.Inference
	case *multimodal.Config:
		i = &c.Inference
	}
	if i == nil || !i.On {
		return nil
	}
	return i
}

// graphs is what a server takes beside its share at the upper end: captured CUDA
// graphs (vLLM's documentation, conserving memory: they take extra memory).
const graphs = unit.GiB

// estimateServer is the memory of a server, which takes its share of the card
// whatever it needs and divides what the requests leave into blocks too.
func (c *Compiled) estimateServer() (memory.Breakdown, error) {
	w := c.workload
	d, err := c.estimate()
	if err != nil {
		return d, err
	}
	i := inferenceOf(w)
	h, length := served(w)
	s := &memory.Server{Need: d.Total, Requests: i.Requests}
	if h.Usable > 0 {
		s.Reserve = unit.BytesOf(i.Share * float64(h.Usable))
	}
	perRequest := max(1, (length+layers.BlockTokens-1)/layers.BlockTokens)
	blocks := perRequest * i.Requests
	if spare := s.Reserve - d.Total; spare > 0 {
		each, err := blockBytes(w, d.PeakTensor)
		if err != nil {
			return d, err
		}
		full, n, err := filled(w, s.Reserve, int64(spare/each), each)
		if err != nil {
			return d, err
		}
		if n > 0 {
			d, blocks = full, blocks+n
		}
		if rest := s.Reserve - d.Total; rest > 0 {
			d.Total = s.Reserve
			for k := range d.Lines {
				if d.Lines[k].Component == memory.Fragmentation {
					d.Lines[k].Bytes += rest
				}
			}
		}
		d.Low, d.High = min(d.Total, s.Reserve), d.Total+graphs
	}
	for _, l := range d.Lines {
		if l.Component == memory.KVCache {
			s.Pool = l.Bytes
		}
	}
	s.Tokens, s.Requests = blocks*layers.BlockTokens, blocks/perRequest
	d.Server = s
	d.Notes = append(d.Notes, "a server's forward is taken to be transformers': its fused kernels take less between the layers, its graphs and samplers up to 1 GiB more; batchSize requests are read at once, concurrentRequests continued at once")
	return d, nil
}

// filled is the run with as many of n spare blocks as its reserve holds: the
// allocator's rounding may cost some.
func filled(w workload.Workload, reserve unit.Bytes, n int64, each unit.Bytes) (memory.Breakdown, int64, error) {
	for n > 0 {
		d, err := spared(w, n, estimate)
		if err != nil || d.Total <= reserve {
			return d, n, err
		}
		n -= int64((d.Total-reserve)/each) + 1
	}
	return memory.Breakdown{}, 0, nil
}

// served is the card of a server and how many tokens a request keeps.
func served(w workload.Workload) (workload.Hardware, int64) {
	switch c := w.(type) {
	case *nlp.Config:
		return c.Hardware, kept(c.Train, c.Inference)
	case *moe.Config:
		return c.Hardware, kept(c.Train, c.Inference)
	case *multimodal.Config:
		return c.Hardware, kept(c.Train, c.Inference)
	}
	return workload.Hardware{}, 0
}

// kept is the tokens of a request whose keys are kept: all but the last.
func kept(t workload.Train, i workload.Inference) int64 { return t.Sequence + max(0, i.NewTokens-1) }

// blockBytes is what one more block takes in all layers.
func blockBytes(w workload.Workload, without unit.Bytes) (unit.Bytes, error) {
	const many = 1 << 10 // enough that the peak lies where blocks are alive
	with, err := spared(w, many, PeakTensor)
	if err != nil {
		return 0, err
	}
	return max(1, (with-without)/many), nil
}

// spared runs something on the workload with spare blocks.
func spared[T any](w workload.Workload, blocks int64, run func(workload.Workload) (T, error)) (T, error) {
	switch c := w.(type) {
	case *nlp.Config:
		d := *c
		d.Inference.Spare = blocks
		return run(&d)
	case *moe.Config:
		d := *c
		d.Inference.Spare = blocks
		return run(&d)
	case *multimodal.Config:
		d := *c
		d.Inference.Spare = blocks
		return run(&d)
	}
	return run(w)
}
