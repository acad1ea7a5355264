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

// ProductTurned is x·W for W of [in, out] and such a tensor. Where W needs a
// gradient, matmul folds samples into rows and so copies those of more than one
// sample (LinearAlgebra.cpp, should_fold).
func (t *Tape) ProductTurned(x, w *Tensor) *Tensor {
	lw := t.lower(w)
	lx := t.lower(x)
	rows := lx
	if w.Requires() && !x.dims[0].IsOne() {
		rows = t.copied(lx)
	}
	y := t.linear([3]*Tensor{x, w, nil}, [3]*Tensor{rows, lw, nil}, w.dims[1], false)
	t.done(lx)
	return y
}

// PoolTurned is avg_pool2d of an image [n, C, H, W] seen as [n, H·W, C]; its
// gradient comes in that layout and is copied first. It saves its input.
func (t *Tape) PoolTurned(x *Tensor, win Window) *Tensor {
	h, w := win.Out(image(x))
	pooled := []Dim{x.dims[0], x.dims[1], N(h), N(w)}
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		outs: func() []*Tensor {
			return []*Tensor{t.alias(t.make("pooled", x.dt, pooled...), []Dim{x.dims[0], N(h * w), x.dims[1]})}
		},
		back: func(b *Backward) []*Tensor {
			c := t.make("gradient made contiguous", b.G[0].dt, pooled...)
			g := t.like("gradient of pooling", x.dt, x)
			t.done(c)
			return []*Tensor{g}
		},
	})[0]
	t.done(x)
	return y
}
