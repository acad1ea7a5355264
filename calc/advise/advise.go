package advise

import (
	"cmp"
	"slices"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/memory"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Case is a run to advise on, and the way to ask for it with other arguments.
type Case struct {
	Workload workload.Workload
	Before   memory.Breakdown
	GPUs     []catalog.GPU
	Limit    int // at most so many, the best, one of each group, none of next to no effect; 0 = all

	// Given says which arguments the caller sent.
	Given func(argument string) bool
	// Patched resolves the same call with the patch applied, ok where it is
	// accepted without a warning that the call did not have.
	Patched func(change map[string]any) (w workload.Workload, ok bool)
	// Total is the total that the call answers; nil = the breakdown's own.
	Total func(workload.Workload, memory.Breakdown) unit.Bytes
}

// Advice is a move that is worth making in a run.
type Advice struct {
	*Move
	Priority Priority
	Change   map[string]any
	Before   unit.Bytes        // total of the call
	After    unit.Bytes        // total of the call with Change applied
	Workload workload.Workload // what that call resolves to
	Fits     bool              // that call fits the target, or has none
}

// Advise gives the moves worth making, the best first.
func Advise(c Case) []Advice {
	a := &adviser{Case: c, Run: newRun(c), measured: map[string]*measurement{}}
	a.keyBefore = calc.Key(c.Workload)
	a.idleBefore = calc.Key(idle(c.Workload))
	a.before = a.total(c.Workload, c.Before)
	var out []Advice
	for waiting := a.candidates(); len(waiting) > 0; {
		var round []*candidate
		round, waiting = a.round(out, waiting)
		if len(round) == 0 {
			break
		}
		offered := make([]*Advice, len(round))
		parallel(len(round), func(i int) { offered[i] = a.offer(round[i]) })
		for _, o := range offered {
			if o != nil {
				out = append(out, *o)
			}
		}
	}
	slices.SortStableFunc(out, func(x, y Advice) int { return compare(rankOf(x), rankOf(y)) })
	return out
}

// candidate is a move whose cheap tests are passed: the proposals that may do,
// best first, and where it would probably rank.
type candidate struct {
	move      *Move
	proposals []tried
	rank      rank
}

// tried is a proposal that the tool accepts.
type tried struct {
	Proposal
	w    workload.Workload
	same bool       // no byte depends on the change
	peak unit.Bytes // of tensors
}

// candidates asks every move and prunes by the tensors alive, a lower bound at
// a fraction of an estimate's cost.
func (a *adviser) candidates() []*candidate {
	found := make([]*candidate, len(all))
	parallel(len(all), func(i int) {
		m := all[i]
		if !m.appliesTo(a.Kind) {
			return
		}
		c := &candidate{move: m}
		for _, p := range m.Propose(a.Run) {
			if t, ok := a.try(m, p); ok {
				c.proposals = append(c.proposals, t)
				if t.same || m.Category == Memory && a.Run.Fits() {
					break // the preferred one does: nothing has to be searched
				}
			}
		}
		if len(c.proposals) > 0 {
			c.rank = a.expected(c)
			found[i] = c
		}
	})
	found = slices.DeleteFunc(found, func(c *candidate) bool { return c == nil })
	slices.SortStableFunc(found, func(x, y *candidate) int { return compare(x.rank, y.rank) })
	return found
}

// try resolves a proposal and looks at its tensors.
func (a *adviser) try(m *Move, p Proposal) (tried, bool) {
	w, ok := a.Patched(p.Change)
	if !ok {
		return tried{}, false
	}
	if calc.Key(w) == a.keyBefore {
		return tried{}, false // nothing would change
	}
	t := tried{Proposal: p, w: w}
	if calc.Key(idle(w)) == a.idleBefore {
		t.same, t.peak = true, a.Case.Before.PeakTensor
		return t, m.Category != Memory
	}
	peak, ok := a.peak(w)
	if !ok {
		return tried{}, false
	}
	t.peak = peak
	if m.Category == Memory {
		return t, peak < a.Case.Before.PeakTensor
	}
	if p.Rougher {
		return t, a.HasTarget() && a.utilization(peak) <= roomy
	}
	return t, m.Category == Cost || !a.HasTarget() || peak <= max(a.usable, a.Case.Before.PeakTensor)
}

// round picks what to estimate next: as many as are still wanted, one of each
// group, and what is left for later.
func (a *adviser) round(have []Advice, waiting []*candidate) (now, later []*candidate) {
	if a.Limit <= 0 {
		return waiting, nil
	}
	taken := map[string]bool{}
	for _, h := range have {
		taken[h.Group] = h.Group != ""
	}
	for _, c := range waiting {
		switch {
		case len(have)+len(now) < a.Limit && !taken[c.move.Group]:
			now = append(now, c)
			taken[c.move.Group] = c.move.Group != ""
		default:
			later = append(later, c)
		}
	}
	return now, later
}

// offer estimates the proposals of a candidate and gives the first that does
// its work, nil where none does.
func (a *adviser) offer(c *candidate) *Advice {
	if c.move.Category == Memory && !a.Run.Fits() {
		return a.search(c)
	}
	for _, t := range c.proposals {
		if o := a.measure(c.move, t); o != nil {
			return o
		}
	}
	return nil
}

// search gives the first proposal that makes a run fit. Where none does it is
// the one that goes furthest, or the mildest of those that change the result.
func (a *adviser) search(c *candidate) *Advice {
	for _, t := range c.proposals {
		if t.peak > a.usable {
			continue
		}
		if o := a.measure(c.move, t); o != nil && o.Fits {
			return o
		}
	}
	t := c.proposals[len(c.proposals)-1]
	if c.move.Price == Changes {
		t = c.proposals[0]
	}
	return a.measure(c.move, t)
}

// measure estimates a proposal, nil where it is no improvement.
func (a *adviser) measure(m *Move, t tried) *Advice {
	b, ok := a.estimate(t)
	if !ok {
		return nil
	}
	o := &Advice{Move: m, Change: t.Change, Before: a.before, After: a.before, Workload: t.w, Fits: fitsCard(t.w, b.Total)}
	if !t.same {
		o.After = a.total(t.w, b)
	}
	o.Priority = a.priority(m, t.Proposal, o)
	if !a.worth(m, t, b, o) {
		return nil
	}
	return o
}

// worth says whether what was estimated is an improvement.
func (a *adviser) worth(m *Move, t tried, b memory.Breakdown, o *Advice) bool {
	switch {
	case m.Category == Memory && a.Limit > 0 && float64(o.Before-o.After) < least*float64(o.Before):
		return false
	case m.Category == Memory:
		return b.PeakTensor < a.Case.Before.PeakTensor && b.Total < a.Case.Before.Total && o.After < o.Before
	case m.Category == Cost:
		return t.same && t.Share > 0 || o.Fits
	case b.Total <= a.Case.Before.Total:
		return true
	case t.Rougher:
		return a.HasTarget() && a.utilization(b.Total) <= roomy
	}
	return !a.HasTarget() || b.Total <= a.usable
}

// fitsCard compares a need with the card of a run, which a change may have made
// another.
func fitsCard(w workload.Workload, need unit.Bytes) bool {
	usable := unit.Bytes(check.NewPass(w, false, nil).Hardware.Usable)
	return usable <= 0 || need <= usable
}

// compare orders ranks: smaller is better.
func compare(x, y rank) int {
	return cmp.Or(
		cmp.Compare(x.priority, y.priority),
		cmp.Compare(x.fits, y.fits),
		cmp.Compare(x.price, y.price),
		cmp.Compare(y.saved, x.saved),
		cmp.Compare(x.id, y.id),
	)
}
