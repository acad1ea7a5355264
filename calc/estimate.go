package calc

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// ErrTooLarge is what Estimate gives where a tensor or a sum is beyond what the
// memory model carries: no card is in sight of it.
var ErrTooLarge = errors.New("the run is larger than the memory model carries (a tensor above 256 TiB)")

// Estimate is the memory of a workload on one GPU. It fails where something in
// the workload is not modelled, naming it, and with ErrTooLarge.
func Estimate(w workload.Workload) (memory.Breakdown, error) {
	b, err := record(w, false)
	if err != nil {
		return memory.Breakdown{}, err
	}
	p, err := b.T.Compile()
	if err != nil {
		return memory.Breakdown{}, fmt.Errorf("folding the program of a %v model: %w", w.Kind(), err)
	}
	v := p.Values()
	var r tape.Result
	p.Eval(&v, &r)
	if r.Overflow {
		return memory.Breakdown{}, ErrTooLarge
	}
	d := memory.Breakdown{
		PeakTensor: r.Peak[r.PeakPhase],
		PeakPhase:  r.PeakPhase,
		Weights:    b.T.WeightBytes(),
		Params:     b.Counts(),
		Notes:      b.Notes,
	}
	for i := range memory.Phases {
		if r.Peak[i] > 0 {
			d.Phases = append(d.Phases, memory.PhasePeak{Phase: memory.Phase(i), Bytes: r.Peak[i]})
		}
	}
	marks := map[string]unit.Bytes{}
	for i, name := range p.Marks() {
		marks[name] = r.Marks[i]
	}
	d.Saved = marks[layers.MarkSaved] - marks[layers.MarkStart]
	explain(&d, p.Explain(&v))
	onCard(&d, marks[layers.MarkEnd], cardOf(w))
	slices.SortStableFunc(d.Lines, func(a, b memory.Line) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return d, nil
}

// explain writes what is alive at the peak into the breakdown.
func explain(d *memory.Breakdown, e tape.Explanation) {
	for _, part := range e.Parts {
		d.Lines = append(d.Lines, memory.Line{
			Component: part.Component,
			Bytes:     part.Bytes,
			Formula:   part.Sum.Format(),
			Values:    part.Values,
			Note:      docs(part.Docs),
		})
	}
	for _, a := range e.Tensors {
		d.Tensors = append(d.Tensors, a.Tensor)
	}
}

// docs says what the symbols of a formula are.
func docs(m map[string]string) string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	text := ""
	for i, n := range names {
		if i > 0 {
			text += "; "
		}
		text += n + ": " + m[n]
	}
	return text
}
