package calc

import (
	"fmt"
	"slices"

	"vramcalc/calc/memory"
	"vramcalc/calc/moe"
	"vramcalc/calc/nlp"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// promptTokens is how many tokens of prompts TRL lets its vLLM engine read at
// once (trl/generation/vllm_generation.py, max_num_batched_tokens).
const promptTokens = 4096

// alignmentOf is the part of a workload about alignment, nil in any other run.
func alignmentOf(w workload.Workload) *workload.Alignment {
	var a *workload.Alignment
	switch c := w.(type) {
	case *nlp.Config:
		a = &c.Alignment
	case *moe.Config:
		a = &c.Alignment
	}
	if a == nil || !a.On() {
		return nil
	}
	return a
}

// estimateColocated is the memory of a training process that holds a vLLM
// engine too. The engine takes its share of the card, whatever it needs, or what
// it needs where no card is named; its own copy of the weights is in that.
func (c *Compiled) estimateColocated(a workload.Alignment) (memory.Breakdown, error) {
	d, err := c.estimate()
	if err != nil {
		return d, err
	}
	engine, card := engineOf(c.workload)
	e, err := estimate(engine)
	if err != nil {
		return d, err
	}
	need := e.Total - unit.Bytes(card.Reserved) // one process, one context
	takes := max(need, unit.BytesOf(a.Share*float64(card.Usable)))
	parts := slices.DeleteFunc(e.Lines, func(l memory.Line) bool { return l.Component == memory.Reserved })
	parts = append(parts, memory.Line{Component: memory.KVCache, Bytes: takes - need})
	d.Notes = append(d.Notes, fmt.Sprintf("the vLLM engine in the same process takes %.1f GiB and needs %.1f GiB for these completions; its forward is taken to be transformers', its CUDA graphs are left out; not measured", takes.GiB(), need.GiB()))
	if !a.Sleeps {
		add(&d, parts, takes)
		return d, nil
	}
	awake := unit.Add(d.Resident, unit.Add(takes, unit.Bytes(card.Reserved)))
	d.Notes = append(d.Notes, "the engine sleeps while the model learns: its memory is there in the rollout only")
	if awake <= d.Total {
		return d, nil
	}
	resident(&d, unit.Bytes(card.Reserved))
	add(&d, parts, takes)
	d.PeakPhase = memory.Rollout
	return d, nil
}

// resident makes a breakdown that of what is alive between steps.
func resident(d *memory.Breakdown, context unit.Bytes) {
	var lines []memory.Line
	var weights unit.Bytes
	for _, l := range d.Lines {
		switch c := l.Component.Category(); {
		case c == memory.Weights || c == memory.Adapters || c == memory.OptimizerState:
			lines, weights = append(lines, l), weights+l.Bytes
		case l.Component == memory.Reserved:
			lines = append(lines, l)
		}
	}
	if rest := d.Resident - weights; rest > 0 {
		lines = append(lines, memory.Line{Component: memory.Temporaries, Bytes: rest, Note: "inputs kept from step to step"})
	}
	d.Lines, d.Tensors = lines, nil
	d.Total = unit.Add(max(d.Resident, weights), context)
	d.Low, d.High = d.Total, d.Total
	d.PeakTensor, d.PeakAllocated, d.PeakReserved = d.Resident, d.Resident, d.Resident
}

// add puts what an engine takes beside what a breakdown holds.
func add(d *memory.Breakdown, parts []memory.Line, takes unit.Bytes) {
	for _, p := range parts {
		if p.Bytes == 0 {
			continue
		}
		p.Formula, p.Values = "", nil
		i := slices.IndexFunc(d.Lines, func(l memory.Line) bool { return l.Component == p.Component })
		if i < 0 {
			p.Note = "of the vLLM engine"
			d.Lines = append(d.Lines, p)
			continue
		}
		l := &d.Lines[i]
		l.Bytes += p.Bytes
		l.Formula, l.Values = "", nil
		l.Note = "with the vLLM engine's"
	}
	d.Total, d.Low, d.High = unit.Add(d.Total, takes), unit.Add(d.Low, takes), unit.Add(d.High, unit.Add(takes, graphs))
	slices.SortStableFunc(d.Lines, func(a, b memory.Line) int { return int(max(-1, min(1, b.Bytes-a.Bytes))) })
}

// engineOf is the engine as a run of its own, and the card.
func engineOf(w workload.Workload) (workload.Workload, workload.Hardware) {
	serving := func(t *workload.Train, a *workload.Alignment, r *workload.Adapter, i *workload.Inference) {
		count := t.Batch * a.Steps
		*i = workload.Inference{
			On: true, NewTokens: t.Sequence - a.Prompt, Cache: workload.PagedCache, Logits: workload.LastLogits,
			Sampling: true, Requests: count, Share: a.Share,
		}
		t.Batch, t.Sequence, t.AccumulationSteps = max(1, min(count, promptTokens/a.Prompt)), a.Prompt, 1
		t.Precision, t.Mode, t.Checkpointing, t.Method = t.Compute(), workload.Pure, false, workload.Full
		*r = workload.Adapter{Quantization: r.Quantization, Precision: workload.AdapterModel}
		*a = workload.Alignment{}
	}
	switch c := w.(type) {
	case *nlp.Config:
		d := *c
		serving(&d.Train, &d.Alignment, &d.Adapter, &d.Inference)
		return &d, c.Hardware
	case *moe.Config:
		d := *c
		serving(&d.Train, &d.Alignment, &d.Adapter, &d.Inference)
		return &d, c.Hardware
	}
	return w, workload.Hardware{}
}
