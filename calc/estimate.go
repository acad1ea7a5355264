package calc

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/moe"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// ErrTooLarge is what Estimate gives where a tensor or a sum is beyond what the
// memory model carries: no card is in sight of it.
var ErrTooLarge = errors.New("the run is larger than the memory model carries (a tensor above 8 TiB)")

// Estimate is the memory of a workload on one GPU, which the caller may read
// and not change: the latest are remembered. It fails where something in the
// workload is not modelled, naming it, and with ErrTooLarge.
func Estimate(w workload.Workload) (memory.Breakdown, error) {
	return recent.estimate(w, func() (memory.Breakdown, error) {
		c, err := Prepare(w)
		if err != nil {
			return memory.Breakdown{}, err
		}
		return c.whole()
	})
}

// Estimate is the memory of the workload on one GPU, as the function gives it.
func (c *Compiled) Estimate() (memory.Breakdown, error) {
	return recent.estimate(c.asked, c.whole)
}

// whole is the memory of a run, or of a server with what it takes besides.
func (c *Compiled) whole() (memory.Breakdown, error) {
	if i := inferenceOf(c.workload); i != nil && i.Cache == workload.PagedCache {
		return c.estimateServer()
	}
	if a := alignmentOf(c.workload); a != nil && a.Serves() {
		return c.estimateColocated(*a)
	}
	return c.estimate()
}

// estimate is the memory of a run as it stands.
func estimate(w workload.Workload) (memory.Breakdown, error) {
	c, err := Prepare(w)
	if err != nil {
		return memory.Breakdown{}, err
	}
	return c.estimate()
}

func (c *Compiled) estimate() (memory.Breakdown, error) {
	d, static, err := c.tell()
	if err != nil {
		return d, err
	}
	v := c.program.Values()
	held, err := replay(c.workload, c.built, c.program.Events(&v))
	if err != nil {
		return memory.Breakdown{}, err
	}
	onCard(&d, static, cardOf(c.workload), held)
	slices.SortStableFunc(d.Lines, func(a, b memory.Line) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return d, nil
}

// tell is all that tensors say, without an allocator. static is what is alive
// between steps.
func (c *Compiled) tell() (d memory.Breakdown, static unit.Bytes, err error) {
	w, b, p := c.workload, c.built, c.program
	v := p.Values()
	var r tape.Result
	p.Eval(&v, &r)
	if r.Overflow {
		return d, 0, ErrTooLarge
	}
	counts, err := countsOf(w, b)
	if err != nil {
		return d, 0, err
	}
	d = memory.Breakdown{
		PeakTensor: r.Peak[r.PeakPhase],
		PeakPhase:  r.PeakPhase,
		Weights:    b.T.WeightBytes(),
		Params:     counts,
		Notes:      b.Notes,
		Host:       unit.Add(b.PagedBytes(), b.HostBytes()),
	}
	if b.HostBytes() > 0 {
		d.Notes = append(d.Notes, "hostBytes is the host memory of one GPU's process; each GPU of a machine takes as much")
	}
	if b.PagedBytes() > 0 {
		d.Notes = append(d.Notes, "paged optimizer states (hostBytes) are managed memory: on the card where it has room, else on the host; the total leaves them out")
	}
	for i := range memory.Phases {
		if r.Peak[i] > 0 {
			d.Phases = append(d.Phases, memory.PhasePeak{Phase: memory.Phase(i), Bytes: r.Peak[i], Held: p.Holdings(&v, memory.Phase(i))})
		}
	}
	marks := map[string]unit.Bytes{}
	for i, name := range p.Marks() {
		marks[name] = r.Marks[i]
	}
	d.Work = workOf(b, p, &v, marks[layers.MarkEnd])
	d.Resident = marks[layers.MarkEnd]
	d.Saved = marks[layers.MarkSaved] - marks[layers.MarkStart]
	explain(&d, p.Explain(&v), w)
	return d, marks[layers.MarkEnd], nil
}

// compile writes a workload on a tape and folds it.
func compile(w workload.Workload) (*layers.Builder, *tape.Program, error) {
	b, err := record(w, tape.OneStep)
	if err != nil {
		return nil, nil, err
	}
	p, err := b.T.Compile()
	if err != nil {
		return nil, nil, fmt.Errorf("folding the program of a %v model: %w", w.Kind(), err)
	}
	return b, p, nil
}

// replay runs whole steps of a workload that has been recorded, from the model's
// construction on, through PyTorch's caching allocator. events is what one step
// has; a run with too many gives nil.
func replay(w workload.Workload, b *layers.Builder, events int64) (*tape.Held, error) {
	if events > longestReplay {
		return nil, nil
	}
	s, ok := b.T.Sequence()
	for _, extent := range []tape.Extent{tape.Longer, tape.Unrolled} {
		if ok {
			break
		}
		again, err := record(w, extent)
		if err != nil {
			return nil, err
		}
		s, ok = again.T.Sequence()
	}
	if !ok {
		return nil, errors.New("the run's allocations could not be written out")
	}
	held := s.Replay(0)
	return &held, nil
}

// explain writes what is alive at the peak into the breakdown.
func explain(d *memory.Breakdown, e tape.Explanation, w workload.Workload) {
	for _, part := range e.Parts {
		if c, ok := w.(*moe.Config); ok && part.Component == memory.ActiveExperts {
			splitExperts(d, part, c.Experts.Active, c.Experts.Count)
			continue
		}
		d.Lines = append(d.Lines, lineOf(part))
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
