package layers

import (
	"slices"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Sizes of bitsandbytes' optimizers (bitsandbytes/optim/optimizer.py).
const (
	eightBitFrom  = 4096    // min_8bit_size: parameters with fewer elements keep fp32 states
	eightBitBlock = 256     // elements that share one fp32 maximum
	pagedFrom     = 100_000 // states with at least so many elements are managed memory
	codeTable     = 256     // fp32 values that an 8-bit state can take
)

// bitsandbytesState is what bitsandbytes keeps of a parameter: one state
// (lion) or two (adamw). An 8-bit state is a byte an element and an fp32 maximum
// a block. Paged states are managed memory, which PyTorch's allocator does
// not see: on the card they take what is free.
func (b *Builder) bitsandbytesState(p *tape.Param) []state {
	opt := b.Train.Optimizer
	names := []string{"state1", "state2"}
	if opt == workload.Lion || opt == workload.Lion8bit {
		names = names[:1]
	}
	paged := opt == workload.PagedAdamW8bit || opt == workload.PagedAdamW32bit
	eight := (opt == workload.AdamW8bit || opt == workload.PagedAdamW8bit || opt == workload.Lion8bit) && !b.keepsWideStates(p)
	n := p.Elements()
	bytes := b.T.Of("optimizerState", stateDoc(eight, paged), n, func(n int64) int64 { return stateBytes(n, eight, paged) })
	var out []state
	for _, name := range names {
		out = append(out, state{name, tape.U8, []tape.Dim{bytes}})
	}
	if eight {
		maxima := b.T.Of("stateMaxima", "bytes of the fp32 maxima of an 8-bit state", n, maximaBytes)
		for i := range names {
			out = append(out, state{[]string{"absmax1", "absmax2"}[i], tape.U8, []tape.Dim{maxima}})
		}
	}
	return out
}

// keepsWideStates says whether a parameter keeps fp32 states under an 8-bit
// optimizer: transformers' Trainer registers an override for embeddings.
func (b *Builder) keepsWideStates(p *tape.Param) bool {
	return b.Software.Trainer && p.Kind == tape.EmbeddingWeight
}

// PagedBytes is managed memory that paged optimizer states take: on the host,
// or on the card where that is free.
func (b *Builder) PagedBytes() unit.Bytes {
	width := int64(1)
	switch b.Train.Optimizer {
	case workload.PagedAdamW32bit:
		width = tape.F32.Size()
	case workload.PagedAdamW8bit:
	default:
		return 0
	}
	return b.T.SumOver(func(p *tape.Param, n int64) int64 {
		if !p.Trainable || n < pagedFrom {
			return 0
		}
		if b.keepsWideStates(p) {
			return tape.ProductCap(n, 2*tape.F32.Size())
		}
		return tape.ProductCap(n, 2*width) // two moments
	})
}

func stateDoc(eight, paged bool) string {
	switch {
	case eight && paged:
		return "bytes of an 8-bit state on the card: fp32 below 4096 elements, managed memory from 100000"
	case eight:
		return "bytes of an 8-bit state: fp32 below 4096 elements"
	case paged:
		return "bytes of an fp32 state on the card: managed memory from 100000 elements"
	}
	return "bytes of an fp32 state"
}

// stateBytes is what a state of n elements takes from PyTorch's allocator.
func stateBytes(n int64, eight, paged bool) int64 {
	switch {
	case paged && n >= pagedFrom:
		return 0
	case eight && n >= eightBitFrom:
		return n
	}
	return tape.ProductCap(n, tape.F32.Size())
}

// maximaBytes are the fp32 maxima of the blocks of an 8-bit state, none where
// the state is fp32.
func maximaBytes(n int64) int64 {
	if n < eightBitFrom {
		return 0
	}
	return (n + eightBitBlock - 1) / eightBitBlock * tape.F32.Size()
}

// bitsandbytes is AdamW8bit, PagedAdamW8bit, PagedAdamW32bit, Lion32bit and
// Lion8bit: the update is one kernel a parameter and takes nothing. The tables
// of 8-bit values are shared by all parameters.
func (o *optimizer) bitsandbytes(ps []*tape.Param) {
	t := o.b.T
	if len(o.states) == 0 {
		defer t.As(memory.OptimizerStates)()
		tables := 0
		switch o.b.Train.Optimizer {
		case workload.AdamW8bit, workload.PagedAdamW8bit:
			tables = 2
		case workload.Lion8bit:
			tables = 1
		}
		any := func(v *tape.Values) bool {
			return slices.ContainsFunc(ps, func(p *tape.Param) bool { return p.Elements().Value(v) >= eightBitFrom })
		}
		size := t.Only("stateTable", "elements of a table of 8-bit values, where a parameter has 4096 elements or more", tape.N(codeTable), any)
		for range tables {
			t.State(nil, "table of 8-bit values", tape.F32, size)
		}
	}
	o.make(ps)
}
