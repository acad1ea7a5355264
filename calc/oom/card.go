package oom

import (
	"slices"

	"vramcalc/calc/say"
	"vramcalc/calc/unit"
)

const (
	// usualContext is what context, kernels and libraries take at most: 1.2 to
	// 1.9 GiB in published measurements of A100 and V100 cards.
	usualContext = 2 * unit.GiB
	// largestContext is up to where a process of the list may be this one, which
	// a container knows by another number: a context and NCCL's buffers.
	largestContext = 2 * usualContext
)

// Part is what some of the card's memory is for.
type Part struct {
	ID    string
	Label say.Text
	Bytes unit.Bytes
}

// Card is who has the card's memory, as far as a message tells.
type Card struct {
	Total      Amount
	Allocated  Amount // tensors of this process
	Hollow     Amount // held between and around them
	Outside    Amount // this process outside PyTorch's allocator: context, libraries
	Others     Amount // other processes
	Free       Amount
	Processes  []Process // the others that are named
	OwnRenamed bool      // this process stands in the list under the host's number
}

// Card splits the card's memory.
func (m *Message) Card() Card {
	c := Card{
		Total: m.Total, Allocated: m.Allocated, Hollow: m.Unallocated,
		Outside: m.Outside, Free: m.Free, Processes: slices.Clone(m.Others),
	}
	held, own := m.Reserved(), m.InUse
	if own.Bytes == 0 {
		own = Amount{} // a container may not see its own process: 0 bytes
	}
	if i := m.self(held); !own.Known && i >= 0 {
		own, c.OwnRenamed = Known(c.Processes[i].Bytes), true
		c.Processes = slices.Delete(c.Processes, i, i+1)
	}
	if own.Known && held.Known && !c.Outside.Known {
		c.Outside = Known(max(0, own.Bytes-held.Bytes))
	}
	switch {
	case own.Known && c.Total.Known && c.Free.Known:
		c.Others = Known(max(0, c.Total.Bytes-c.Free.Bytes-own.Bytes))
	case len(c.Processes) > 0:
		c.Others = Known(sum(c.Processes))
	case held.Known && c.Total.Known && c.Free.Known:
		// The wording does not tell them apart: a usual context, then others.
		rest := max(0, c.Total.Bytes-c.Free.Bytes-held.Bytes)
		c.Outside = Known(min(rest, usualContext))
		c.Others = Known(rest - c.Outside.Bytes)
	}
	return c
}

// self is the place in the list of a process that can only be this one: as
// large as what PyTorch holds and a context. -1 where there is none.
func (m *Message) self(held Amount) int {
	if !held.Known {
		held = m.Allocated
	}
	best := -1
	for i, p := range m.Others {
		fits := held.Known && p.Bytes >= held.Bytes-held.Within && p.Bytes <= held.Bytes+largestContext
		if fits && (best < 0 || p.Bytes < m.Others[best].Bytes) {
			best = i
		}
	}
	return best
}

func sum(processes []Process) unit.Bytes {
	var n unit.Bytes
	for _, p := range processes {
		n = unit.Add(n, p.Bytes)
	}
	return n
}

// Parts lists who has the memory, in the order in which it is given out.
func (c Card) Parts() []Part {
	var out []Part
	for _, p := range []struct {
		id     string
		label  say.Text
		amount Amount
	}{
		{"allocated", say.F("Tensors of this process"), c.Allocated},
		{"unallocated", say.F("Held by PyTorch between tensors"), c.Hollow},
		{"outside", say.F("This process outside PyTorch's allocator"), c.Outside},
		{"others", say.F("Other processes and the driver"), c.Others},
		{"free", say.F("Free"), c.Free},
	} {
		if p.amount.Known {
			out = append(out, Part{p.id, p.label, p.amount.Bytes})
		}
	}
	return out
}

// Room is what PyTorch's allocator could hold when it failed, unknown where the
// message does not tell: what it held and what was free, or the limit.
func (m *Message) Room() Amount {
	held := m.Reserved()
	if !held.Known {
		held = m.Allocated
	}
	room := Amount{}
	if held.Known && m.Free.Known {
		room = Amount{Bytes: unit.Add(held.Bytes, m.Free.Bytes), Within: held.Within + m.Free.Within, Known: true}
	}
	if m.Allowed.Known && (!room.Known || m.Allowed.Bytes < room.Bytes) {
		room = m.Allowed
	}
	return room
}

// OfProcess is what this process can have on the card, with its context: all
// that others do not have, or the limit.
func (m *Message) OfProcess() Amount {
	c := m.Card()
	switch {
	case m.Allowed.Known:
		return Known(unit.Add(m.Allowed.Bytes, min(c.Outside.Bytes, usualContext)))
	case c.Total.Known:
		return Known(max(0, c.Total.Bytes-c.Others.Bytes))
	}
	return Amount{}
}
