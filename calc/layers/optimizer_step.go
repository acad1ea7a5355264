package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// step applies the update rule, which Check has found to be known: it makes the
// states that are missing, then what the rule takes while it runs.
func (o *optimizer) step() {
	for _, ps := range o.b.apart(o.params()) {
		o.update(ps)
	}
}

// update applies the update rule to some parameters.
func (o *optimizer) update(ps []*tape.Param) {
	t := o.b.T
	defer t.As(memory.Temporaries)()
	defer t.Scope(o.b.Train.Optimizer.String())()
	if len(ps) == 0 {
		return
	}
	o.own(ps)
	switch o.b.Train.Optimizer {
	case workload.SGD, workload.SGDMomentum:
		o.sgd(ps)
	case workload.Adam, workload.AdamW:
		o.adam(ps)
	case workload.AdamW8bit, workload.PagedAdamW8bit, workload.PagedAdamW32bit, workload.Lion, workload.Lion8bit:
		o.bitsandbytes(ps)
	case workload.Adafactor:
		o.adafactor(ps)
	case workload.Muon:
		o.muon(ps)
	case workload.GaLoreAdamW:
		o.galore(ps)
	case workload.RMSProp:
		o.rmsprop(ps)
	case workload.LAMB:
		o.lamb(ps)
	}
}

// make gives parameters that have none their state.
func (o *optimizer) make(ps []*tape.Param) {
	for _, p := range ps {
		if _, ok := o.states[p]; ok {
			continue
		}
		o.states[p] = nil
		for _, s := range o.b.stateOf(p) {
			o.states[p] = append(o.states[p], o.b.T.State(p, s.label, s.dt, s.dims...))
		}
	}
}

// copies takes one temporary of each parameter's shape.
func (o *optimizer) copies(ps []*tape.Param, label string) []*tape.Tensor {
	var out []*tape.Tensor
	for _, p := range ps {
		out = append(out, o.b.T.Temp(p, label, p.DType(), p.Dims()...))
	}
	return out
}

// let frees what copies took.
func (o *optimizer) let(ps []*tape.Param, xs []*tape.Tensor) {
	for i, x := range xs {
		o.b.T.Free(ps[i], x)
	}
}

// A list is a Python variable that holds one tensor for each parameter.
type list struct {
	ps []*tape.Param
	xs []*tape.Tensor
}

// set binds the variable to new tensors, then lets the old ones go.
func (o *optimizer) set(l *list, ps []*tape.Param, xs []*tape.Tensor) {
	old := *l
	l.ps, l.xs = ps, xs
	o.let(old.ps, old.xs)
}

// A held is a Python variable of a loop over parameters: one tensor, or
// nothing.
type held struct{ x *tape.Tensor }

// bind gives the variable a new tensor, or nothing, then lets the old one go.
func (o *optimizer) bind(h *held, x *tape.Tensor) {
	old := h.x
	h.x = x
	o.b.T.Free(nil, old)
}

// temp is a temporary of the parameter whose turn it is.
func (o *optimizer) temp(label string, dt tape.DType, dims ...tape.Dim) *tape.Tensor {
	return o.b.T.Temp(nil, label, dt, dims...)
}
