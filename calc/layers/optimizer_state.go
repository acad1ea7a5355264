package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// state describes one tensor of optimizer state.
type state struct {
	label string
	dt    tape.DType
	dims  []tape.Dim
}

// stateOf lists what an update rule keeps of a parameter, in the order in
// which it is made.
//
//   - adam, adamw, lamb: two moments in the parameter's type; fused keeps a
//     step count on the card.
//   - sgd_momentum: one buffer; sgd: nothing.
//   - rmsprop: the averaged square (torch's defaults: no momentum, not centered).
//   - adafactor: fp32 sums over rows and over columns of a matrix; the square of
//     anything smaller.
//   - bitsandbytes' rules: see bitsandbytesState.
//   - muon: one buffer of a matrix; everything else is AdamW's.
//   - galore_adamw: two moments and the projector of low rank of a linear
//     matrix; everything else is AdamW's.
//
// States of adam, sgd, rmsprop, lamb and muon have the type of the parameter
// that the optimizer sees: under precision mode master the fp32 copy.
func (b *Builder) stateOf(p *tape.Param) []state {
	dt, dims := b.optimized(p), p.Dims()
	switch b.Train.Optimizer {
	case workload.SGDMomentum:
		return []state{{"momentum buffer", dt, dims}}
	case workload.RMSProp:
		return []state{{"averaged square", dt, dims}}
	case workload.Adam, workload.AdamW:
		moments := []state{{"exp_avg", dt, dims}, {"exp_avg_sq", dt, dims}}
		if b.Train.Implementation == workload.Fused {
			return append([]state{{"step count", tape.F32, nil}}, moments...)
		}
		return moments
	case workload.LAMB:
		return []state{{"exp_avg", dt, dims}, {"exp_avg_sq", dt, dims}}
	case workload.Adafactor:
		n := len(dims)
		if n < 2 {
			return []state{{"exp_avg_sq", tape.F32, dims}}
		}
		return []state{{"exp_avg_sq_row", tape.F32, dims[:n-1]}, {"exp_avg_sq_col", tape.F32, withoutRows(dims)}}
	case workload.Muon:
		if len(dims) == 2 {
			return []state{{"momentum buffer", dt, dims}}
		}
		return []state{{"exp_avg", dt, dims}, {"exp_avg_sq", dt, dims}}
	case workload.GaLoreAdamW:
		return b.galoreState(p)
	case workload.AdamW8bit, workload.PagedAdamW8bit, workload.PagedAdamW32bit, workload.Lion, workload.Lion8bit:
		return b.bitsandbytesState(p)
	}
	return nil
}

// optimized is the type of the copy of a parameter that the optimizer updates.
func (b *Builder) optimized(p *tape.Param) tape.DType { return p.DType() }

// withoutRows is a shape without its last dimension but one.
func withoutRows(dims []tape.Dim) []tape.Dim {
	n := len(dims)
	return append(append([]tape.Dim(nil), dims[:n-2]...), dims[n-1])
}
