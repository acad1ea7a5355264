package tape

// This file holds operators on a tensor [n, k, h] whose last dimension is the
// slow one in memory, as pooling an image of channels leaves it.

// MeanTurned is Mean of such a tensor: blocks share a result through global
// memory.
func (t *Tape) MeanTurned(x *Tensor) *Tensor {
	dims := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), One)
	y := t.run(op{
		ins: []*Tensor{x},
		outs: func() []*Tensor {
			y := t.make("mean", x.dt, dims...)
			a, s := t.rowSum(x.Last(), x.Rows())
			t.Scratch("scratch of a mean", a, s)
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of mean", b.G[0].dt, x)} },
	})[0]
	t.done(x)
	return y
}

// MulTurned is x · c for such a tensor and a column [n, k, 1]. Where the
// gradient lies as x does, the column's is summed as in MeanTurned.
func (t *Tape) MulTurned(x, c *Tensor, turned bool) *Tensor {
	if !turned {
		return t.Mul(x, c)
	}
	var sx, sc *Tensor
	if x.Requires() {
		sc = c
	}
	if c.Requires() {
		sx = x
	}
	y := t.run(op{
		ins:   []*Tensor{x, c},
		saves: []*Tensor{sc, sx},
		outs:  func() []*Tensor { return []*Tensor{t.like("product", x.dt, x)} },
		back: func(k *Backward) []*Tensor {
			var wide, gx, gc *Tensor
			if k.Need[1] {
				wide = t.like("gradient of product", x.dt, x)
			}
			if k.Need[0] {
				gx = t.like("gradient of product", x.dt, x)
			}
			if k.Need[1] {
				gc = t.like("gradient summed over columns", c.dt, c)
				a, s := t.rowSum(x.Last(), x.Rows())
				t.Scratch("scratch of a sum over columns", a, s)
				t.done(wide)
			}
			return []*Tensor{gx, gc}
		},
	})[0]
	t.done(x, c)
	return y
}

// FoldsTurned says that matmul folds such a tensor's samples into rows: where W
// needs a gradient (LinearAlgebra.cpp, should_fold). Several samples are copied
// for it; a single one is not, and its gradient lies as it does.
func FoldsTurned(x, w *Tensor) (copies, turned bool) {
	return w.Requires() && !x.dims[0].IsOne(), w.Requires() && x.dims[0].IsOne()
}

// ProductTurned is x·W for W of [in, out] and such a tensor.
func (t *Tape) ProductTurned(x, w *Tensor) *Tensor {
	lw := t.lower(w)
	lx := t.lower(x)
	rows := lx
	if copies, _ := FoldsTurned(x, w); copies {
		rows = t.copied(lx)
	}
	y := t.linear([3]*Tensor{x, w, nil}, [3]*Tensor{rows, lw, nil}, w.dims[1], false)
	t.done(lx)
	return y
}

// PoolTurned is avg_pool2d of an image [n, C, H, W] seen as [n, H·W, C]. It
// saves its input. A gradient that does not lie as the image does is copied.
func (t *Tape) PoolTurned(x *Tensor, win Window, turned bool) *Tensor {
	h, w := win.Out(image(x))
	pooled := []Dim{x.dims[0], x.dims[1], N(h), N(w)}
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		outs: func() []*Tensor {
			return []*Tensor{t.alias(t.make("pooled", x.dt, pooled...), []Dim{x.dims[0], N(h * w), x.dims[1]})}
		},
		back: func(b *Backward) []*Tensor {
			g := t.like("gradient of pooling", x.dt, x)
			if !turned {
				t.Scratch("gradient made contiguous", Numel(pooled).By(b.G[0].dt.Size()))
			}
			return []*Tensor{g}
		},
	})[0]
	t.done(x)
	return y
}
