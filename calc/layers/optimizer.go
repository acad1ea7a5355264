package layers

import (
	"fmt"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// optimizer applies the run's update rule to the parameters that get a
// gradient. States are made at the first step.
type optimizer struct {
	b      *Builder
	states map[*tape.Param][]*tape.Tensor
}

func (b *Builder) newOptimizer() *optimizer {
	return &optimizer{b: b, states: map[*tape.Param][]*tape.Tensor{}}
}

// params are the parameters with a gradient, in the model's order.
func (o *optimizer) params() []*tape.Param {
	var ps []*tape.Param
	for _, p := range o.b.T.Params {
		if p.Trainable && p.Grad() != nil {
			ps = append(ps, p)
		}
	}
	return ps
}

// groups splits parameters by type in order of appearance, as foreach
// operators need them.
func groups(ps []*tape.Param) [][]*tape.Param {
	var out [][]*tape.Param
	at := map[tape.DType]int{}
	for _, p := range ps {
		i, ok := at[p.DType()]
		if !ok {
			i = len(out)
			at[p.DType()] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], p)
	}
	return out
}

// normChunk is the number of elements that one block of the foreach norm
// reduces (aten/src/ATen/native/cuda/ForeachReduceOp.cu, kChunkSize).
const normChunk = 65536

// clip is torch.nn.utils.clip_grad_norm_: the norm of every gradient, then of
// the norms.
func (o *optimizer) clip() {
	t := o.b.T
	ps := o.params()
	if len(ps) == 0 {
		return
	}
	defer t.As(memory.Temporaries)()
	defer t.Scope("clip_grad_norm_")()
	var norms []*tape.Tensor
	for _, g := range groups(ps) {
		table, partial := t.NormScratch(g, normChunk)
		f := t.Frame()
		f.V(t.Make("addresses", tape.U8, []tape.Dim{table}))
		f.V(t.Make("partial norms", tape.U8, []tape.Dim{partial}))
		for _, p := range g {
			norms = append(norms, t.Temp(p, "gradient norm", p.DType()))
		}
		f.End()
	}
	dt := ps[0].DType()
	for _, p := range ps {
		dt = tape.Promote(dt, p.DType())
	}
	f := t.Frame()
	total := f.V(t.Make("total norm", dt, nil, t.Make("stacked norms", tape.U8, []tape.Dim{t.ParamCount(ps).By(dt.Size())})))
	i := 0
	for _, p := range ps {
		t.Free(p, norms[i])
		i++
	}
	f.V(t.Make("clip coefficient", dt, nil, t.Make("norm plus epsilon", dt, nil)))
	_ = total
	f.V(t.Make("clip coefficient, at most 1", dt, nil))
	f.End()
}

// step applies the update rule.
func (o *optimizer) step() {
	t := o.b.T
	defer t.As(memory.Temporaries)()
	defer t.Scope(o.b.Train.Optimizer.String())()
	ps := o.params()
	switch o.b.Train.Optimizer {
	case workload.SGD:
	case workload.SGDMomentum:
		o.make(ps, func(p *tape.Param) []state { return []state{{"momentum", p.DType(), p.Dims()}} })
	case workload.Adam, workload.AdamW:
		o.adam(ps)
	default:
		panic(fmt.Sprintf("layers: optimizer %v", o.b.Train.Optimizer))
	}
}

// state describes one tensor of optimizer state.
type state struct {
	label string
	dt    tape.DType
	dims  []tape.Dim
}

// make gives parameters that have none their state.
func (o *optimizer) make(ps []*tape.Param, of func(p *tape.Param) []state) {
	for _, p := range ps {
		if _, ok := o.states[p]; ok {
			continue
		}
		o.states[p] = nil
		for _, s := range of(p) {
			o.states[p] = append(o.states[p], o.b.T.State(p, s.label, s.dt, s.dims...))
		}
	}
}

// adam is torch.optim.Adam and AdamW. foreach takes the square roots of all
// second moments at once; loop takes one and its quotient, the quotient
// living until the next parameter's is made; fused takes nothing, but keeps a
// step count of each parameter on the card.
func (o *optimizer) adam(ps []*tape.Param) {
	fused := o.b.Train.Implementation == workload.Fused
	o.make(ps, func(p *tape.Param) []state {
		s := []state{{"exp_avg", p.DType(), p.Dims()}, {"exp_avg_sq", p.DType(), p.Dims()}}
		if fused {
			s = append([]state{{"step count", tape.F32, nil}}, s...)
		}
		return s
	})
	switch o.b.Train.Implementation {
	case workload.Foreach:
		o.foreachTemps(ps, "sqrt of exp_avg_sq")
	case workload.Loop:
		o.loopTemps(ps)
	}
}

// foreachTemps takes one temporary of each parameter's shape, all at once; the
// list of one type lives until the next is made.
func (o *optimizer) foreachTemps(ps []*tape.Param, label string) {
	t := o.b.T
	var last []*tape.Param
	var held []*tape.Tensor
	free := func() {
		for i, p := range last {
			t.Free(p, held[i])
		}
	}
	for _, g := range groups(ps) {
		var now []*tape.Tensor
		for _, p := range g {
			now = append(now, t.Temp(p, label, p.DType(), p.Dims()...))
		}
		free()
		last, held = g, now
	}
	free()
}

func (o *optimizer) loopTemps(ps []*tape.Param) {
	t := o.b.T
	var lastParam *tape.Param
	var last *tape.Tensor
	for _, p := range ps {
		root := t.Temp(p, "sqrt of exp_avg_sq", p.DType(), p.Dims()...)
		denom := t.Temp(p, "denominator", p.DType(), p.Dims()...)
		t.Free(p, root)
		t.AtParam(p, func() { t.Free(nil, last) })
		lastParam, last = p, denom
	}
	t.Free(lastParam, last)
}
