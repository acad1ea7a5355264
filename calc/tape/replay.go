package tape

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/unit"
)

// Op is what a step of a sequence does.
type Op uint8

// The operations.
const (
	Take       Op = iota // a store comes
	Give                 // a store goes
	EmptyCache           // cached memory is given back to the card
	Steady               // the step begins whose allocated peaks count
)

// An Alloc is one step of a sequence.
type Alloc struct {
	Bytes int64 // of the store, in a Take
	Store int32
	Phase memory.Phase
	Op    Op
	On    Stream // on which a Take happens
}

// A Sequence is what a run asks of an allocator, in true order.
type Sequence []Alloc

// sequence is an unrolled recording as it happened, for given values. It
// computes the derived symbols of v. Stores of no bytes ask for nothing.
func (r *recording) sequence(v *Values) Sequence {
	for i, s := range r.syms.table {
		if s.derive != nil {
			v[i] = s.derive(v)
		}
	}
	bytes := make([]int64, len(r.classes))
	for i, c := range r.classes {
		bytes[i] = c.size.eval(v)
	}
	out := make(Sequence, 0, len(r.initial)+len(r.events))
	add := func(id int32, ph memory.Phase, op Op) {
		if n := bytes[r.stores[id].class]; n > 0 {
			out = append(out, Alloc{Bytes: n, Store: id, Phase: ph, Op: op, On: r.stores[id].stream})
		}
	}
	for _, id := range r.initial {
		add(id, memory.Load, Take)
	}
	marks := r.marks
	for i, e := range r.events {
		for ; len(marks) > 0 && marks[0].at <= i; marks = marks[1:] {
			switch marks[0].name {
			case markEmptyCache:
				out = append(out, Alloc{Phase: marks[0].phase, Op: EmptyCache})
			case markSteady:
				out = append(out, Alloc{Phase: marks[0].phase, Op: Steady})
			}
		}
		op := Take
		if e.free {
			op = Give
		}
		add(e.store, e.phase, op)
	}
	return out
}

// Peak is the most bytes alive in each phase.
func (s Sequence) Peak() (peak [memory.Phases]unit.Bytes) {
	var now unit.Bytes
	for i := range s {
		a := &s[i]
		peak[a.Phase] = max(peak[a.Phase], now)
		switch a.Op {
		case Take:
			now = unit.Add(now, unit.Bytes(a.Bytes))
		case Give:
			now = unit.Add(now, -unit.Bytes(a.Bytes))
		}
		peak[a.Phase] = max(peak[a.Phase], now)
	}
	return peak
}

// Held is what the caching allocator makes of a sequence.
type Held struct {
	Allocated [memory.Phases]unit.Bytes // the most bytes in blocks that are in use, by phase, since Steady
	Reserved  [memory.Phases]unit.Bytes // the most bytes in segments, by phase

	// The largest of the phases after loading, or of loading if it is all.
	PeakAllocated, PeakReserved unit.Bytes

	Segments int  // the most segments at once
	Exceeded bool // more than the limit was needed even with an empty cache
}

// Replay runs a sequence through PyTorch's caching allocator. If limit is
// positive, it is what the card can give: before more is reserved, cached
// segments are given back. What exceeds the limit even so is granted, and
// reported.
func (s Sequence) Replay(limit unit.Bytes) Held {
	a := newAllocator(limit)
	return s.replay(a, func(step *Alloc) int32 { return a.malloc(step.Bytes, step.On) })
}

// replay runs a sequence with an allocator; take gives the chunk of a store.
func (s Sequence) replay(a *allocator, take func(*Alloc) int32) Held {
	stores := int32(-1)
	for i := range s {
		stores = max(stores, s[i].Store)
	}
	blockOf := make([]int32, stores+1) // plus 1, 0 = not alive
	var h Held
	for i := range s {
		step := &s[i]
		if i == 0 || step.Phase != s[i-1].Phase || s[i-1].Op == Steady {
			h.note(step.Phase, a) // what a phase finds; within it only a Take adds
		}
		switch step.Op {
		case Take:
			if step.Bytes > 0 && step.Store >= 0 && blockOf[step.Store] == 0 {
				blockOf[step.Store] = take(step) + 1
			}
			h.note(step.Phase, a)
		case Give:
			if step.Store >= 0 && blockOf[step.Store] != 0 {
				a.free(blockOf[step.Store] - 1)
				blockOf[step.Store] = 0
			}
		case EmptyCache:
			a.emptyCache()
		case Steady:
			h.Allocated = [memory.Phases]unit.Bytes{memory.Load: h.Allocated[memory.Load]}
		}
	}
	h.sumUp(a)
	return h
}

// note raises a phase's peaks to what is held now.
func (h *Held) note(ph memory.Phase, a *allocator) {
	h.Allocated[ph] = max(h.Allocated[ph], a.allocated)
	h.Reserved[ph] = max(h.Reserved[ph], a.reserved)
}

func (h *Held) sumUp(a *allocator) {
	for ph := int(memory.Load) + 1; ph < memory.Phases; ph++ {
		h.PeakAllocated = max(h.PeakAllocated, h.Allocated[ph])
		h.PeakReserved = max(h.PeakReserved, h.Reserved[ph])
	}
	if h.PeakReserved == 0 {
		h.PeakAllocated, h.PeakReserved = h.Allocated[memory.Load], h.Reserved[memory.Load]
	}
	h.Segments, h.Exceeded = a.peakSegments, a.exceeded
}
