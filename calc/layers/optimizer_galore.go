package layers

import (
	"strings"

	"vramcalc/calc/tape"
)

// galoreRank is the rank that transformers gives GaLore (trainer_optimizer.py,
// rank=128).
const galoreRank = 128

// projected says whether GaLore works on a parameter in low rank: on the
// matrices of linear modules, the head not among them.
func (b *Builder) projected(p *tape.Param) bool {
	return p.Kind == tape.LinearWeight && len(p.Dims()) == 2 && b.linears[strings.TrimSuffix(p.Name, ".weight")]
}

// galoreState is what galore_torch.GaLoreAdamW keeps: two moments of the
// projected gradient, [rank, the longer side], and the projector, [rank, the
// shorter side]. In fp32 the projector is a view that keeps the whole square
// matrix of singular vectors.
func (b *Builder) galoreState(p *tape.Param) []state {
	dt := b.optimized(p)
	if !b.projected(p) {
		return []state{{"exp_avg", dt, p.Dims()}, {"exp_avg_sq", dt, p.Dims()}}
	}
	low, projector := b.galoreSizes(p)
	return []state{
		{"projector", dt, []tape.Dim{projector}},
		{"exp_avg of the projected gradient", dt, []tape.Dim{low}},
		{"exp_avg_sq of the projected gradient", dt, []tape.Dim{low}},
	}
}

// galoreSizes are the elements of a projected gradient and of a projector.
func (b *Builder) galoreSizes(p *tape.Param) (low, projector tape.Dim) {
	rows, cols := p.Dims()[0], p.Dims()[1]
	low = b.T.Of2("projectedGradient", "elements of a gradient projected to rank 128", rows, cols, func(m, n int64) int64 {
		return tape.ProductCap(min(galoreRank, m, n), max(m, n))
	})
	if p.DType() == tape.F32 {
		return low, b.shortSquare(rows, cols)
	}
	projector = b.T.Of2("projector", "elements of a projector of rank 128", rows, cols, func(m, n int64) int64 {
		return tape.ProductCap(min(galoreRank, m, n), min(m, n))
	})
	return low, projector
}

// galoreWork notes the products of an ordinary step: the gradient projected and
// the update projected back. The decomposition of every 200th is left out.
func (b *Builder) galoreWork(p *tape.Param) {
	rank := b.T.Of2("projectorRank", "rank of a projector, at most 128", p.Dims()[0], p.Dims()[1], func(m, n int64) int64 {
		return min(galoreRank, m, n)
	})
	b.T.Work(p.DType(), p.Elements(), rank)
	b.T.Work(p.DType(), p.Elements(), rank)
}

// shortSquare is the square of a matrix's shorter side.
func (b *Builder) shortSquare(rows, cols tape.Dim) tape.Dim {
	return b.T.Of2("shortSquare", "square of the shorter side of a matrix", rows, cols, func(m, n int64) int64 {
		return tape.ProductCap(min(m, n), min(m, n))
	})
}

// galore is galore_torch.GaLoreAdamW at a step that renews the projectors, as
// the first and every 200th does: an fp32 copy of the gradient, its singular
// value decomposition (both factors and a working copy; cuSOLVER's workspace
// is not modelled), then Adam on the projected gradient and the update projected
// back. Parameters that are not projected follow the same loop in full rank.
func (o *optimizer) galore(ps []*tape.Param) {
	t := o.b.T
	o.make(ps)
	var grad, denom, update held
	for _, p := range ps {
		t.AtParam(p, func() {
			dt, dims := p.DType(), p.Dims()
			projected := o.b.projected(p)
			o.bind(&grad, nil)
			shape := dims
			if projected {
				o.b.galoreWork(p)
				low, _ := o.b.galoreSizes(p)
				shape = []tape.Dim{low}
				o.decompose(p)
				o.bind(&grad, o.temp("projected gradient", dt, shape...))
				t.Scratch("cuBLAS workspace", t.MatmulWorkspace())
			}
			o.bind(&denom, o.temp("denominator", dt, shape...))
			o.bind(&update, o.temp("update", dt, shape...))
			if projected {
				full := o.temp("update projected back", dt, dims...)
				t.Scratch("cuBLAS workspace", t.MatmulWorkspace())
				scaled := o.temp("scaled update", dt, dims...)
				t.Free(nil, full)
				o.bind(&update, scaled)
			}
		})
	}
	o.bind(&grad, nil)
	o.bind(&denom, nil)
	o.bind(&update, nil)
}

// decompose is the singular value decomposition of a gradient.
func (o *optimizer) decompose(p *tape.Param) {
	dims := p.Dims()
	square := o.b.shortSquare(dims[0], dims[1])
	var parts []*tape.Tensor
	if p.DType() != tape.F32 {
		parts = append(parts, o.temp("gradient in fp32", tape.F32, dims...))
	}
	parts = append(parts,
		o.temp("working copy of the gradient", tape.F32, dims...),
		o.temp("singular vectors of the longer side", tape.F32, dims...),
		o.temp("singular vectors of the shorter side", tape.F32, square))
	for _, x := range parts {
		o.b.T.Free(nil, x)
	}
}
