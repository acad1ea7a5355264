package layers

import (
	"vramcalc/calc/tape"
)

// muonSteps is the number of Newton-Schulz iterations (torch.optim.Muon,
// DEFAULT_NS_STEPS).
const muonSteps = 5

// muon is torch.optim.Muon for matrices, embeddings and head among them, and
// torch.optim.AdamW for what is no matrix. Each matrix in turn: the update in
// the gradient's type, its bf16 copy, and the Gram matrices of its shorter side.
func (o *optimizer) muon(ps []*tape.Param) {
	o.make(ps)
	var matrices, rest []*tape.Param
	for _, p := range ps {
		if len(p.Dims()) == 2 {
			matrices = append(matrices, p)
		} else {
			rest = append(rest, p)
		}
	}
	var update held
	for _, p := range matrices {
		o.b.T.AtParam(p, func() {
			o.bind(&update, o.temp("update", p.DType(), p.Dims()...))
			o.bind(&update, o.orthogonal(p))
		})
	}
	o.bind(&update, nil)
	var roots list
	for _, g := range groups(rest) {
		o.set(&roots, g, o.copies(g, "sqrt of exp_avg_sq"))
	}
	o.set(&roots, nil, nil)
}

// orthogonal is _zeropower_via_newtonschulz.
func (o *optimizer) orthogonal(p *tape.Param) *tape.Tensor {
	t := o.b.T
	defer t.Scope("Newton-Schulz")()
	rows, cols := p.Dims()[0], p.Dims()[1]
	gram := o.b.shortSquare(rows, cols)
	var y, g, u held
	y.x = o.temp("orthogonal update", tape.BF16, p.Dims()...)
	norm := o.norm(p.Elements(), tape.BF16)
	clamped := o.temp("norm, at least epsilon", tape.BF16)
	t.Free(nil, norm)
	t.Free(nil, clamped)
	short := t.Of2("shortSide", "shorter side of a matrix", rows, cols, func(m, n int64) int64 { return min(m, n) })
	for i := range muonSteps {
		t.Work(tape.BF16, p.Elements(), short)
		t.Work(tape.BF16, gram, short)
		t.Work(tape.BF16, p.Elements(), short)
		product := o.temp("Gram matrix", tape.BF16, gram)
		t.Scratch("cuBLAS workspace", t.MatmulWorkspace())
		o.bind(&g, product)
		product = o.temp("Gram update", tape.BF16, gram)
		t.Scratch("cuBLAS workspace", t.FusedWorkspace())
		o.bind(&u, product)
		product = o.temp("orthogonal update", tape.BF16, p.Dims()...)
		t.Scratch("cuBLAS workspace", o.muonWorkspace(rows, cols, i))
		o.bind(&y, product)
	}
	o.bind(&g, nil)
	o.bind(&u, nil)
	return y.x
}

// muonWorkspace is that of the product which updates the matrix: the fused
// form, but in the first iteration of a tall matrix, which is a transposed view.
func (o *optimizer) muonWorkspace(rows, cols tape.Dim, step int) tape.Dim {
	t := o.b.T
	plain, fused := t.MatmulWorkspace(), t.FusedWorkspace()
	if step > 0 {
		return fused
	}
	return t.Choose("muonWorkspace", "workspace of the first product of Muon, bytes", rows, cols, plain, fused)
}
