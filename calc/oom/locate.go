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
// PyTorch's allocator could hold.
func Locate(m *Message, run *calc.Run, room unit.Bytes) Located {
	out := Located{Room: room}
	var best, first tape.Request
	found, fails, bestOff := false, false, unit.Bytes(0)
	run.Requests(room, func(r tape.Request) {
		after := unit.Add(r.Allocated, r.Bytes)
		out.Most, out.Reserved = max(out.Most, after), max(out.Reserved, unit.Add(r.Reserved, r.Segment))
		if r.Fails && !fails {
			fails, first = true, r
		}
		if !m.Tried.holds(r.Segment) || !m.inPhase(r.Phase) || !m.Allocated.Known {
			return
		}
		off := max(r.Allocated-m.Allocated.Bytes, m.Allocated.Bytes-r.Allocated)
		if off <= slack(m.Allocated.Bytes) && (!found || off < bestOff) {
			found, best, bestOff = true, r, off
		}
	})
	if found {
		out.Match = placeOf(run, best)
	}
	if fails {
		out.First = placeOf(run, first)
	}
	return out
}

func placeOf(run *calc.Run, r tape.Request) *Place {
	return &Place{Phase: r.Phase, Tensor: run.Tensor(r), Asked: r.Segment, Allocated: r.Allocated}
}

// inPhase says whether a request of the phase can be the one that failed. A
// generation within training is a phase of many names.
func (m *Message) inPhase(ph memory.Phase) bool {
	switch m.Phase {
	case memory.Forward, memory.Backward, memory.Optimizer, memory.Load:
		return !m.HasPhase || m.Phase == ph
	}
	return true
}
