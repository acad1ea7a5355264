package tape

// PatchRows is a convolution whose window is all of its input: patches
// [n, C, …] with a weight of [h, C, …] give rows [n, h]. It saves its input and
// its weight whichever of them needs a gradient.
func (t *Tape) PatchRows(x, w, bias *Tensor) *Tensor {
	lb := t.lower(bias)
	lw := t.lower(w)
	lx := t.lower(x)
	rows, width := x.dims[0], w.dims[0]
	y := t.run(op{
		ins:   []*Tensor{lx, lw, lb},
		saves: []*Tensor{lx, lw},
		outs: func() []*Tensor {
			y := t.make("patch embedding", lx.dt, rows, width)
			t.convWork(lw, []Dim{rows, width})
			return []*Tensor{t.alias(y, []Dim{rows, width})}
		},
		back: func(b *Backward) []*Tensor {
			t.convWorkEach(b.Need[:2], lw, []Dim{rows, width})
			var g [3]*Tensor
			for i, like := range []*Tensor{lx, lw} {
				if b.Need[i] {
					g[i] = t.like("gradient of patch embedding", like.dt, like)
				}
			}
			if b.Need[2] {
				g[2] = t.like("gradient of bias", lb.dt, lb)
				a, s := t.rowSum(rows, width)
				t.Scratch("scratch of a bias gradient", a, s)
			}
			return g[:]
		},
	})[0]
	t.done(lx, lw, lb, x, w, bias)
	return y
}
