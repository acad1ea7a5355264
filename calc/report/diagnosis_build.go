package report

import (
	"slices"

	"vramcalc/calc/advise"
	"vramcalc/calc/check"
	"vramcalc/calc/oom"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
)

// Failure is everything a diagnosis is made of.
type Failure struct {
	Message  oom.Message
	Findings []check.Finding // of a call without a workload
	Case     *Case           // the workload, nil where none was given
	Located  *oom.Located    // the message in the workload's run, nil where it was not looked for
}

// Diagnose makes the answer about one message.
func Diagnose(f Failure) Diagnosis {
	m := f.Message
	d := Diagnosis{
		Phase:      failedIn(f),
		Patches:    patches(f),
		Message:    printed(m),
		Validation: Validate(f.Findings),
	}
	c := m.Cause()
	d.Cause = &FailedFor{ID: c.ID, Title: c.Title, Why: c.Why}
	for _, p := range m.Card().Parts() {
		d.Card = append(d.Card, CardPart(p))
	}
	if f.Case != nil {
		c := f.Case
		d.Estimate, d.Target = neededBy(*c), target(*c)
		d.Validation, d.Assumptions = Validate(c.Findings), assumptions(c.Assumptions, c.Detail)
	}
	if l := f.Located; l != nil && l.Beyond(&m) {
		d.Cause.Leak = say.F("%s were allocated, and this workload never allocates more than %s: it was another run (batch, sequence, method, stack), or tensors are kept from step to step, such as losses summed without .item() or outputs in a list.", m.Allocated.Bytes, l.Most)
	}
	d.Summary = d.summary(f)
	return d
}

func neededBy(c Case) *Needed {
	lines, total := c.lines()
	e := estimate(sectionsOf(c.Workload), c, lines, total)
	return &Needed{
		TotalBytes: e.TotalBytes, TotalGiB: e.TotalGiB, LowBytes: e.LowBytes, HighBytes: e.HighBytes,
		PeakAllocatedBytes: e.PeakAllocatedBytes, PeakReservedBytes: e.PeakReservedBytes,
		PeakPhase: e.PeakPhase, Phases: e.Phases,
	}
}

// The bases on which a phase is said.
const (
	byTraceback = "traceback"
	byWorkload  = "workload"
	byBoth      = "both"
	byExpected  = "expected"
)

// failedIn is where the run failed, nil where nothing tells.
func failedIn(f Failure) *FailedIn {
	m, l := f.Message, f.Located
	switch {
	case l != nil && l.Match != nil:
		basis := byWorkload
		if m.HasPhase && m.Phase == l.Match.Phase {
			basis = byBoth
		}
		return &FailedIn{ID: l.Match.Phase.String(), Basis: basis, Tensor: tensorOf(l.Match), Why: say.F(
			"The workload asks the card for %s with %s in tensors when it makes %s.", l.Match.Asked, l.Match.Allocated, l.Match.Tensor.Label)}
	case m.HasPhase:
		why := say.F("The traceback goes through %s.", m.Frame)
		if l != nil && l.First != nil {
			why = say.Join(" ", why, say.F("No allocation of the workload is like the one that failed: as described it would fail in the %s phase, when it makes %s.", l.First.Phase, l.First.Tensor.Label))
		}
		return &FailedIn{ID: m.Phase.String(), Basis: byTraceback, Why: why}
	case l != nil && l.First != nil && m.Source != oom.Host:
		return &FailedIn{ID: l.First.Phase.String(), Basis: byExpected, Tensor: tensorOf(l.First), Why: say.F(
			"No allocation of the workload is like the one that failed; with %s for PyTorch it would fail when it makes %s.", l.Room, l.First.Tensor.Label)}
	}
	return nil
}

func tensorOf(p *oom.Place) *Tensor {
	t := Tensor(p.Tensor.Tensor)
	return &t
}

// shownPatches is how many patches of arguments an answer holds.
const shownPatches = 6

// patches lists what gets past the failure: settings where the run itself is
// not too large, then arguments, those that make it fit before the others.
func patches(f Failure) []Patch {
	var outside, inside []Patch
	for _, r := range f.Message.Remedies() {
		outside = append(outside, Patch{ID: r.ID, Title: r.Title, Reason: r.Reason, Environment: r.Environment})
	}
	if f.Case != nil {
		for _, a := range f.Case.Advice {
			if a.Category == advise.Memory {
				inside = append(inside, patchOf(a))
			}
		}
	}
	slices.SortStableFunc(inside, func(a, b Patch) int {
		switch {
		case *a.Fits == *b.Fits:
			return 0
		case *a.Fits:
			return -1
		}
		return 1
	})
	inside = inside[:min(len(inside), shownPatches)]
	switch f.Message.Cause().ID {
	case oom.Capacity, oom.SingleTensor:
		return append(inside, outside...)
	}
	return append(outside, inside...)
}

func patchOf(a advise.Advice) Patch {
	before, after, saved, fits := a.Before, a.After, int64(a.Before-a.After), a.Fits
	return Patch{
		ID: a.ID, Title: a.Title, Reason: a.Reason, Change: a.Change,
		Before: &before, After: &after, SavedBytes: &saved, Fits: &fits, Tradeoff: a.Tradeoff,
	}
}

var sourceNames = map[oom.Source]string{
	oom.Allocator: "allocator", oom.Metal: "metal", oom.Driver: "driver", oom.Library: "library", oom.Host: "host",
}

// printed writes a message out, without what it does not say.
func printed(m oom.Message) *Printed {
	p := &Printed{
		Source: sourceNames[m.Source], Backend: m.Backend, PyTorchSince: m.PyTorch, Messages: m.Count,
		TriedBytes: told(m.Tried), TotalBytes: told(m.Total), FreeBytes: told(m.Free), AllocatedBytes: told(m.Allocated),
		UnallocatedBytes: told(m.Unallocated), PrivatePoolBytes: told(m.PrivatePools), InUseBytes: told(m.InUse), AllowedBytes: told(m.Allowed),
	}
	if m.GPU.Known {
		n := int64(m.GPU.Bytes)
		p.GPU = &n
	}
	for _, o := range m.Card().Processes {
		p.OtherProcesses = append(p.OtherProcesses, Occupant{PID: o.ID, Bytes: o.Bytes})
	}
	return p
}

func told(a oom.Amount) *unit.Bytes {
	if !a.Known {
		return nil
	}
	return &a.Bytes
}
