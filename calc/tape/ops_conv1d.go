package tape

// Conv1D is a convolution of a [B, C, L] tensor with a weight of [out, C, k];
// where L may vary the padding keeps it.
// It saves its input and its weight whichever of them needs a gradient. turned
// says that the result is read with its channels last, and so is its gradient,
// which backward copies first.
func (t *Tape) Conv1D(x, w, bias *Tensor, stride, padding int64, turned bool) *Tensor {
	lb := t.lower(bias)
	lw := t.lower(w)
	lx := t.lower(x)
	dims := []Dim{x.dims[0], w.dims[0], x.dims[2]} // of a padding that keeps the length
	if length, known := x.dims[2].Const(); known {
		kernel, _ := w.dims[2].Const()
		window := Window{Kernel: [2]int64{1, kernel}, Stride: [2]int64{1, stride}, Padding: [2]int64{0, padding}}
		_, n := window.Out(1, length)
		dims[2] = N(n)
	}
	y := t.run(op{
		ins:   []*Tensor{lx, lw, lb},
		saves: []*Tensor{lx, lw},
		outs: func() []*Tensor {
			t.convWork(lw, dims)
			return []*Tensor{t.make("output", lx.dt, dims...)}
		},
		back: func(b *Backward) []*Tensor {
			t.convWorkEach(b.Need[:2], lw, dims)
			var g [3]*Tensor
			var c *Tensor
			if turned && !dims[2].IsOne() && !dims[1].IsOne() {
				c = t.make("gradient made contiguous", b.G[0].dt, dims...)
			}
			for i, like := range []*Tensor{lx, lw} {
				if b.Need[i] {
					g[i] = t.like("gradient of convolution", like.dt, like)
				}
			}
			t.done(c)
			if b.Need[2] {
				g[2] = t.like("gradient of bias", lb.dt, lb)
				sum := t.innerSum
				if turned {
					sum = t.rowSum
				}
				a, s := sum(dims[0].Times(dims[2]), dims[1])
				t.Scratch("scratch of a bias gradient", a, s)
			}
			return g[:]
		},
	})[0]
	t.done(lx, lw, lb, x, w, bias)
	return y
}
