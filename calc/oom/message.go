// Package oom reads out-of-memory messages as PyTorch prints them and says
// which number binds: the card's size, holes between blocks, another process,
// one huge tensor, what lies outside PyTorch's allocator, or a limit that was
// set. With a workload it finds the allocation that failed among those that the
// workload makes.
//
// Wordings are those of c10/cuda/CUDACachingAllocator.cpp from 1.0 to 2.9 and
// of its copies for HIP, XPU and other devices, aten/src/ATen/mps, and the
// errors of the CUDA runtime, cuBLAS, cuDNN and NCCL that pass through PyTorch.
// What a message does not say stays unknown.
package oom

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/unit"
)

// Source is who ran out of memory.
type Source uint8

// The sources; zero is invalid.
const (
	Allocator Source = iota + 1 // PyTorch's caching allocator, with numbers
	Metal                       // the allocator of Apple's MPS, with other numbers
	Driver                      // the runtime itself: a context, a kernel, a module
	Library                     // cuBLAS, cuDNN, NCCL: handles, workspaces, buffers
	Host                        // the machine's own memory, not the card's
)

// Amount is a size as it was printed, if it was.
type Amount struct {
	Bytes  unit.Bytes
	Within unit.Bytes // half of the last printed digit: the true size is as near as that
	Known  bool
}

// Known is an exact size.
func Known(b unit.Bytes) Amount { return Amount{Bytes: b, Known: true} }

// holds says whether a size may have been printed like this.
func (a Amount) holds(b unit.Bytes) bool {
	return a.Known && b >= a.Bytes-a.Within && b <= a.Bytes+a.Within
}

// Process is another process on the card, or this one under the number that
// the host knows it by.
type Process struct {
	ID    int64
	Bytes unit.Bytes
}

// Message is what an error text says.
type Message struct {
	Source  Source
	Backend string // CUDA, HIP, XPU, MPS, …; CPU for the host
	PyTorch string // the first version with this wording, "" where it tells nothing
	GPU     Amount // number of the card, in Bytes
	Count   int    // messages in the text: one for each rank, or repeated

	Tried        Amount // what the card was asked for: a segment, rounded up
	Total        Amount // of the card
	Free         Amount // on the card, after the cache was given back
	Allocated    Amount // in tensors, by this process
	Unallocated  Amount // held by PyTorch between and around them
	PrivatePools Amount // part of Allocated: CUDA graphs
	InUse        Amount // by this process, with its context
	Allowed      Amount // the limit set for this process
	Outside      Amount // MPS: by this process outside PyTorch's allocator
	Others       []Process

	Phase    memory.Phase // where the traceback was, if HasPhase
	HasPhase bool
	Frame    string // the words of the traceback that say so
}

// Reserved is what PyTorch's allocator holds.
func (m *Message) Reserved() Amount {
	if !m.Allocated.Known || !m.Unallocated.Known {
		return Amount{}
	}
	return Amount{
		Bytes:  unit.Add(m.Allocated.Bytes, m.Unallocated.Bytes),
		Within: m.Allocated.Within + m.Unallocated.Within, Known: true,
	}
}
