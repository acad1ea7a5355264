package layers

import (
	"vramcalc/calc/tape"
)

// adafactor is transformers.optimization.Adafactor with neither relative step
// nor parameter scaling: fp32 copies of gradient and parameter, one parameter
// after the other, what the previous one's variables hold living on until each
// is bound anew. Means over the last dimension take no scratch at the shapes
// of models (setReduceConfig).
func (o *optimizer) adafactor(ps []*tape.Param) {
	o.make(ps)
	t := o.b.T
	var grad, param, update held
	for _, p := range ps {
		t.AtParam(p, func() {
			short := p.DType() != tape.F32
			dims := p.Dims()
			o.bind(&grad, nil)
			if short {
				o.bind(&grad, o.temp("gradient in fp32", tape.F32, dims...))
			}
			o.bind(&param, nil)
			if short {
				o.bind(&param, o.temp("parameter in fp32", tape.F32, dims...))
			}
			// The root mean square stays in the parameter's state.
			norm := o.norm(p.Elements(), tape.F32)
			root := t.State(nil, "root mean square of the parameter", tape.F32)
			t.Free(nil, norm)
			t.Free(nil, o.roots[p])
			o.roots[p] = root
			square := o.temp("square of the gradient", tape.F32, dims...)
			shifted := o.temp("square plus epsilon", tape.F32, dims...)
			t.Free(nil, square)
			o.bind(&update, shifted)
			if len(dims) >= 2 {
				o.bind(&update, o.factored(&update, dims))
			} else {
				o.bind(&update, o.temp("update", tape.F32, dims...))
			}
			norm = o.norm(p.Elements(), tape.F32)
			scale := o.temp("root mean square of the update", tape.F32)
			t.Free(nil, norm)
			clipped := o.temp("update's root mean square over the threshold", tape.F32)
			t.Free(nil, scale)
			t.Free(nil, clipped)
			t.Free(nil, o.temp("negated update", tape.F32, dims...))
		})
	}
	o.bind(&grad, nil)
	o.bind(&param, nil)
	o.bind(&update, nil)
}

// factored updates the sums over rows and columns and gives their product.
func (o *optimizer) factored(update *held, dims []tape.Dim) *tape.Tensor {
	t := o.b.T
	n := len(dims)
	rows, cols := dims[:n-1], withoutRows(dims)
	t.Free(nil, o.temp("mean over columns", tape.F32, rows...))
	mean := o.temp("mean over rows", tape.F32, cols...)
	partial, semaphores := t.RowSumScratch(dims[n-2], tape.Numel(cols))
	t.Scratch("scratch of a mean", partial, semaphores)
	t.Free(nil, mean)
	lead := append(append([]tape.Dim(nil), dims[:n-2]...), tape.One)
	rowMean := o.temp("mean of the row factor", tape.F32, lead...)
	row := o.temp("row factor", tape.F32, rows...)
	t.Free(nil, rowMean)
	col := o.temp("column factor", tape.F32, cols...)
	y := o.temp("update", tape.F32, dims...)
	t.Free(nil, row)
	t.Free(nil, col)
	return y
}

// norm is the norm of n elements, a scalar.
func (o *optimizer) norm(n tape.Dim, dt tape.DType) *tape.Tensor {
	t := o.b.T
	y := o.temp("norm", dt)
	partial, semaphores := t.TotalScratch(n, tape.F32.Size())
	t.Scratch("scratch of a norm", partial, semaphores)
	return y
}
