package layers

import (
	"slices"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// optimizer applies the run's update rule to the parameters that get a
// gradient. States are made at the first step.
type optimizer struct {
	b      *Builder
	states map[*tape.Param][]*tape.Tensor
	roots  map[*tape.Param]*tape.Tensor // adafactor's root mean squares
	total  *tape.Tensor                 // the total norm, which Trainer's loop keeps until the next
}

func (b *Builder) newOptimizer() *optimizer {
	return &optimizer{b: b, states: map[*tape.Param][]*tape.Tensor{}, roots: map[*tape.Param]*tape.Tensor{}}
}

// params are the parameters with a gradient, in the model's order.
func (o *optimizer) params() []*tape.Param {
	var ps []*tape.Param
	for _, p := range o.b.updated() {
		if p.Trainable && p.Grad() != nil {
			ps = append(ps, p)
		}
	}
	return ps
}

// groups splits parameters by type, as foreach operators need them: the type
// that appears last comes first, which is the order of the map that PyTorch
// collects them in.
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
	slices.Reverse(out)
	return out
}

// normChunk is the number of elements that one block of the foreach norm
// reduces (aten/src/ATen/native/cuda/ForeachReduceOp.cu, kChunkSize).
const normChunk = 65536

// norms is torch._foreach_norm of what belongs to parameters of one type.
func (o *optimizer) norms(ps []*tape.Param) []*tape.Tensor {
	t := o.b.T
	table, partial := t.NormScratch(ps, normChunk)
	f := t.Frame()
	defer f.End()
	f.V(t.Make("addresses", tape.U8, []tape.Dim{table}))
	f.V(t.Make("partial norms", tape.U8, []tape.Dim{partial}))
	var out []*tape.Tensor
	for _, p := range ps {
		out = append(out, t.Temp(p, "norm", p.DType()))
	}
	return out
}

// clip is torch.nn.utils.clip_grad_norm_: the norm of every gradient, then of
// the norms.
func (o *optimizer) clip() {
	defer o.b.T.As(memory.Temporaries)()
	defer o.b.T.Scope("clip_grad_norm_")()
	o.b.T.Release(o.total)
	o.total = nil
	for _, ps := range o.b.apart(o.params()) {
		o.clipOf(ps)
	}
}

func (o *optimizer) clipOf(ps []*tape.Param) {
	t := o.b.T
	var norms []*tape.Tensor
	var owners []*tape.Param // in the order of their norms
	for _, g := range groups(ps) {
		norms, owners = append(norms, o.norms(g)...), append(owners, g...)
	}
	dt := ps[0].DType()
	for _, p := range ps {
		dt = tape.Promote(dt, p.DType())
	}
	f := t.Frame()
	total := f.V(t.Make("total norm", dt, nil, t.Make("stacked norms", tape.U8, []tape.Dim{t.ParamCount(ps).By(dt.Size())})))
	for i, p := range owners {
		t.Free(p, norms[i])
	}
	f.V(t.Make("clip coefficient", dt, nil, t.Make("norm plus epsilon", dt, nil)))
	if o.b.Software.Trainer {
		o.total = t.Keep(total)
	}
	f.V(t.Make("clip coefficient, at most 1", dt, nil))
	f.End()
}
