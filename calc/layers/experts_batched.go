package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// batched runs the experts with one product for each choice of a token
// (batched_mm_experts_forward), to which generate turns after the prompt: the
// matrices of the chosen experts are copied for every choice.
func (r *routedExperts) batched(x, indices, weights *tape.Tensor) *tape.Tensor {
	t := r.b.T
	defer t.Scope("experts")()
	f := t.Frame(x, indices, weights)
	tokens := x.Dims()[0]
	rows := tokens.Times(r.k)
	selected := f.V(t.Make("tokens, once for each choice", x.DType(), []tape.Dim{rows, r.h}))
	scale := f.V(t.View(weights, rows))
	ids := f.V(t.View(indices, rows))
	chosen := func(p *tape.Param) *tape.Tensor {
		defer t.As(memory.Temporaries)()
		return t.Make("matrices of the chosen experts", p.DType(), append([]tape.Dim{rows}, p.T().Dims()[1:]...))
	}
	product := func(w, x *tape.Tensor, out tape.Dim) *tape.Tensor { return t.BMM(w, x, rows, out, tape.One) }
	inner := r.f.By(2)
	if r.plain {
		inner = r.f
	}
	w := f.V(chosen(r.gateUp))
	var bias *tape.Tensor
	if r.gateUpBias != nil {
		bias = f.V(t.Gather(r.gateUpBias.T(), ids, rows, inner))
	}
	y := f.V(t.View(product(w, selected, inner), rows, inner))
	switch {
	case r.plain:
		y = f.Re(y, r.b.Act(r.act, y))
	case r.gateUpBias != nil:
		y = f.Re(y, r.gateOf(y))
	default:
		y = f.Re(y, r.gate(y))
	}
	w = f.Re(w, chosen(r.down))
	if r.downBias != nil {
		f.Re(bias, t.Gather(r.downBias.T(), ids, rows, r.h))
	}
	y = f.Re(y, t.View(product(w, y, r.h), rows, r.h))
	out := f.V(t.Mul(y, t.View(scale, rows, tape.One)))
	sum := f.V(t.SumExperts(out, tokens))
	return f.Ret(t.To(sum, x.DType()))
}
