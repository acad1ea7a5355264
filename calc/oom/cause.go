package oom

import (
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
)

// The causes: which number binds.
const (
	Capacity      = "capacity"      // the tensors of this process fill the card
	Fragmentation = "fragmentation" // there is room, in holes that are too small
	OtherProcess  = "otherProcess"  // another process has what is missing
	SingleTensor  = "singleTensor"  // one tensor is out of proportion
	Context       = "context"       // memory of this process outside PyTorch's allocator
	Limit         = "limit"         // a limit below the card's size
	HostMemory    = "hostMemory"    // the machine's memory, not the card's
	Unknown       = "unknown"       // the message has no numbers
)

// Causes lists the ids.
func Causes() []string {
	return []string{Capacity, Fragmentation, OtherProcess, SingleTensor, Context, Limit, HostMemory, Unknown}
}

const (
	// noticeable is the share of a card from which holes, or another process,
	// are more than what every run has: rounding, unsplit blocks, a desktop.
	noticeable = 0.05
	// huge is the share of a card from which one request is out of proportion:
	// ten of them fill it.
	huge = 0.10
)

// A Cause is why an allocation failed.
type Cause struct {
	ID    string
	Title say.Text
	Why   say.Text // with the numbers
}

// Cause decides which number binds.
func (m *Message) Cause() Cause {
	switch m.Source {
	case Host:
		return Cause{HostMemory, say.F("The machine's memory is full, not the card's"), say.Join(" ", say.F("The message comes from the allocator of host memory: weights being loaded, a data loader, or what is offloaded."), m.asked())}
	case Library:
		return Cause{Context, say.F("A library found no memory outside PyTorch's allocator"), say.F("cuBLAS, cuDNN or NCCL asks the card directly for handles, workspaces and buffers, when PyTorch's cache already holds the rest: the run needs more than the card has, by little.")}
	case Driver:
		return Cause{Context, say.F("The card was full before PyTorch's allocator was asked"), say.F("The runtime itself failed: a context, a kernel or a module found no memory. Where it is the first use of the card, another process has it; later, PyTorch's cache holds the rest.")}
	}
	if !m.Tried.Known {
		return Cause{Unknown, say.F("The message has no numbers"), say.F("Paste the whole line: what was tried, what the card has, what is allocated.")}
	}
	return m.binding(m.Card())
}

// binding is the cause that the numbers show.
func (m *Message) binding(c Card) Cause {
	tried, free := m.Tried.Bytes, m.Free.Bytes
	short := max(0, tried-free)
	large := unit.Bytes(noticeable * float64(m.ceiling().Bytes))
	hollow, others := c.Hollow.Bytes, c.Others.Bytes
	outside := max(0, c.Outside.Bytes-usualContext)
	byHoles := c.Hollow.Known && hollow >= max(short, large)
	byOthers := c.Others.Known && others >= max(short, large)
	switch held := m.Reserved(); {
	case m.ceiling().Known && tried > m.ceiling().Bytes:
		return Cause{SingleTensor, say.F("One tensor is larger than the card"), say.F("%s were asked for at once, and all there is is %s.", tried, m.ceiling().Bytes)}
	case m.Source == Metal:
		return m.metal(c)
	case m.Allowed.Known && held.Known && unit.Add(held.Bytes, tried) > m.Allowed.Bytes && free >= tried:
		return Cause{Limit, say.F("A limit is set for this process"), say.F("%s of %s are allowed, though %s were free: set_per_process_memory_fraction or a share of the card.", m.Allowed.Bytes, m.Total.Bytes, free)}
	case byHoles && (!byOthers || hollow >= others):
		return Cause{Fragmentation, say.F("There is room, but in holes that are too small"), say.F("PyTorch holds %s that no tensor uses, and %s are free; in one piece they would have held the %s that were asked for.", hollow, free, tried)}
	case byOthers:
		return Cause{OtherProcess, say.F("Another process has the memory"), say.F("%s of %s are not this process's%s; %s were asked for and %s free.", others, m.Total.Bytes, named(c.Processes), tried, free)}
	case m.Free.Known && free >= tried:
		return Cause{Limit, say.F("The card had room when the message was written"), say.F("%s were free and %s were asked for: a limit of the container or MIG slice, or a process that came and went.", free, tried)}
	case c.Outside.Known && outside >= max(short, large):
		return Cause{Context, say.F("This process has much outside PyTorch's allocator"), say.F("%s are neither tensors nor cache, where a context takes up to %s: NCCL, custom kernels, another library, a second context.", c.Outside.Bytes, usualContext)}
	case m.ceiling().Known && float64(tried) >= huge*float64(m.ceiling().Bytes) || c.Allocated.Known && tried > c.Allocated.Bytes:
		return Cause{SingleTensor, say.F("One tensor is out of proportion"), say.F("%s were asked for at once%s: what that tensor grows with is to be made smaller.", tried, m.beside())}
	}
	return Cause{Capacity, say.F("The run is larger than the card"), say.F("The tensors of this process fill it%s; the last request was small. Less has to be kept.", m.beside())}
}

// metal decides for Apple's GPUs, which share the machine's memory.
func (m *Message) metal(c Card) Cause {
	others := c.Outside.Bytes
	switch {
	case m.Allowed.Known && unit.Add(m.Allocated.Bytes, m.Tried.Bytes) <= m.Allowed.Bytes && others > 0:
		return Cause{Context, say.F("This process has much outside PyTorch's allocator"), say.F("%s are Metal's own (compiled graphs, their temporaries); with them the limit of %s is reached.", others, m.Allowed.Bytes)}
	case m.Allowed.Known && float64(m.Tried.Bytes) >= huge*float64(m.Allowed.Bytes):
		return Cause{SingleTensor, say.F("One tensor is out of proportion"), say.F("%s were asked for at once%s.", m.Tried.Bytes, m.beside())}
	case !m.Allowed.Known && !m.Allocated.Known:
		return Cause{SingleTensor, say.F("One tensor is larger than Metal takes"), say.F("%s in one buffer are refused whatever is free.", m.Tried.Bytes)}
	}
	return Cause{Capacity, say.F("The run is larger than what the machine lets the GPU have"), say.F("The tensors fill it%s.", m.beside())}
}

// ceiling is the most that this process could ever have.
func (m *Message) ceiling() Amount {
	if m.Allowed.Known && (!m.Total.Known || m.Allowed.Bytes < m.Total.Bytes) {
		return m.Allowed
	}
	return m.Total
}

// beside says what the request came on top of.
func (m *Message) beside() say.Text {
	switch top := m.ceiling(); {
	case m.Allocated.Known && top.Known:
		return say.F(", with %s of %s in tensors", m.Allocated.Bytes, top.Bytes)
	case m.Allocated.Known:
		return say.F(", with %s in tensors", m.Allocated.Bytes)
	}
	return say.Text{}
}

func (m *Message) asked() say.Text {
	if !m.Tried.Known {
		return say.Text{}
	}
	return say.F("%s were asked for.", m.Tried.Bytes)
}

func named(processes []Process) say.Text {
	if len(processes) == 0 {
		return say.Text{}
	}
	parts := make([]say.Text, len(processes))
	for i, p := range processes {
		parts[i] = say.F("process %d %s", p.ID, p.Bytes)
	}
	return say.F(" (%s)", say.Join(", ", parts...))
}
