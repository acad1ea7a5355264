package oom

import (
	"vramcalc/calc"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
)

const (
	// near is how far what is allocated may be from the workload's at the same
	// request: the data loader's and the metrics' tensors are not modelled.
	near = 0.02
	// nearAtLeast is the same in small runs.
	nearAtLeast = 64 * unit.MiB
)

// A Place is an allocation of a workload.
type Place struct {
	Phase     memory.Phase
	Tensor    tape.Alive
	Asked     unit.Bytes // of the card
	Allocated unit.Bytes // just before
}

// Located is what a workload's run says about a message.
type Located struct {
	Match    *Place     // the allocation that the message is about, nil where none is like it
	First    *Place     // the first for which the room does not do, nil where it does
	Most     unit.Bytes // the most that the run allocates
	Reserved unit.Bytes // the most that it reserves where there is room
	Room     unit.Bytes // what PyTorch could hold
}

// Beyond says that more was allocated than the run ever does: another run than
// the one described, or tensors kept from step to step.
func (l *Located) Beyond(m *Message) bool {
	return m.Allocated.Known && l.Most > 0 && m.Allocated.Bytes-m.Allocated.Within > l.Most+slack(l.Most)
}

func slack(b unit.Bytes) unit.Bytes { return max(nearAtLeast, unit.Bytes(near*float64(b))) }

// Locate looks for the failed allocation among those of a run. room is what
// PyTorch's allocator could hold, 0 = not known. The request that is
// nearest is it; among equally near ones the run's own first failure.
func Locate(m *Message, run *calc.Run, room unit.Bytes) Located {
	out := Located{Room: room}
	var best, first *tape.Request
	var bestOff unit.Bytes
	over := false // a run ends where its room does not do
	run.Requests(room, func(r tape.Request) {
		out.Most = max(out.Most, unit.Add(r.Allocated, r.Bytes))
		out.Reserved = max(out.Reserved, unit.Add(r.Reserved, r.Segment))
		if r.Fails && first == nil {
			first = &r
		}
		if off, alike := m.off(r); alike && !over && (best == nil || off < bestOff) {
			best, bestOff = &r, off
		}
		over = over || r.Fails && r.Reserved+r.Segment > room+slack(room)
	})
	if first != nil {
		if off, alike := m.off(*first); alike && off <= bestOff+2*(m.Allocated.Within+m.Reserved().Within) {
			best = first // as near as the printed digits tell
		}
	}
	out.Match, out.First = placeOf(run, best), placeOf(run, first)
	return out
}

func placeOf(run *calc.Run, r *tape.Request) *Place {
	if r == nil {
		return nil
	}
	return &Place{Phase: r.Phase, Tensor: run.Tensor(*r), Asked: r.Segment, Allocated: r.Allocated}
}

// off is how far a request is from the message, and whether it can be the one.
func (m *Message) off(r tape.Request) (unit.Bytes, bool) {
	if !m.Tried.holds(r.Segment) || !m.Allocated.Known || !m.inPhase(r.Phase) {
		return 0, false
	}
	off := distance(r.Allocated, m.Allocated.Bytes)
	if off > slack(m.Allocated.Bytes) {
		return 0, false
	}
	if held := m.Reserved(); held.Known {
		off = unit.Add(off, distance(r.Reserved, held.Bytes))
	}
	if !r.Grows {
		off = unit.Add(off, slack(m.Allocated.Bytes)) // a free block would have done
	}
	return off, true
}

func distance(a, b unit.Bytes) unit.Bytes { return max(a-b, b-a) }

// inPhase says whether a request of the phase can be the one that failed. A
// generation within training is a phase of many names.
func (m *Message) inPhase(ph memory.Phase) bool {
	switch m.Phase {
	case memory.Forward, memory.Backward, memory.Optimizer, memory.Load:
		return !m.HasPhase || m.Phase == ph
	}
	return true
}
