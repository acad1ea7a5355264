package tape

// This file holds what vision towers and dual encoders do beyond the operators
// of language models.

// Patches is a convolution whose window is its stride, the result
// [B, h, H, W] seen as rows of patches [B, H·W, h]. Backward copies the
// gradient into the convolution's layout first. A tower's weight and input are
// saved if the weight needs a gradient.
func (t *Tape) Patches(x, w, bias *Tensor, win Window) *Tensor {
	return t.patches(x, w, bias, win, false)
}

// PatchesTurned is Patches where the gradient comes in the convolution's
// layout, so that backward needs no copy.
func (t *Tape) PatchesTurned(x, w, bias *Tensor, win Window) *Tensor {
	return t.patches(x, w, bias, win, true)
}

func (t *Tape) patches(x, w, bias *Tensor, win Window, turned bool) *Tensor {
	lb := t.lower(bias)
	lw := t.lower(w)
	lx := t.lower(x)
	h, wd := win.Out(image(x))
	out := []Dim{x.dims[0], w.dims[0], N(h), N(wd)}
	rows := []Dim{x.dims[0], N(h * wd), w.dims[0]}
	y := t.run(op{
		ins:   []*Tensor{lx, lw, lb},
		saves: []*Tensor{lx, lw},
		outs: func() []*Tensor {
			y := t.make("patch embedding", lx.dt, out...)
			t.convWork(lw, out)
			return []*Tensor{t.alias(y, rows)}
		},
		back: func(b *Backward) []*Tensor {
			t.convWorkEach(b.Need[:2], lw, out)
			var g [3]*Tensor
			var c *Tensor
			if h*wd > 1 && !turned {
				c = t.make("gradient made contiguous", b.G[0].dt, out...)
			}
			for i, like := range []*Tensor{lx, lw} {
				if b.Need[i] {
					g[i] = t.like("gradient of patch embedding", like.dt, like)
				}
			}
			t.done(c)
			if b.Need[2] {
				g[2] = t.like("gradient of bias", lb.dt, lb)
				a, s := t.rowSum(out[0].Times(N(h*wd)), out[1])
				t.Scratch("scratch of a bias gradient", a, s)
			}
			return g[:]
		},
	})[0]
	t.done(lx, lw, lb, x, w, bias)
	return y
}

// Expand repeats a tensor along dimensions without a copy; its backward sums
// the gradient over them.
func (t *Tape) Expand(x *Tensor, dims ...Dim) *Tensor {
	return t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.alias(x, dims)} },
		back: func(b *Backward) []*Tensor {
			if len(dims) == len(x.dims) && Numel(dims) == Numel(x.dims) { // leading dimensions are summed even where they are 1
				return []*Tensor{t.alias(b.G[0], x.dims)}
			}
			return []*Tensor{t.like("gradient summed over samples", b.G[0].dt, x)}
		},
	})[0]
}

// TakeTokens is x[rows, cols] of [B, S, h]: one token of each sample.
// Backward writes into zeros of the whole, sorting the indices.
func (t *Tape) TakeTokens(x, rows, cols *Tensor) *Tensor {
	limit := x.dims[0].Times(x.dims[1])
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{cols, rows},
		outs:  func() []*Tensor { return []*Tensor{t.make("tokens", x.dt, rows.dims[0], x.Last())} },
		back: func(b *Backward) []*Tensor {
			g := t.like("gradient of tokens", x.dt, x)
			t.accumulateRows(rows.dims, limit, 2)
			return []*Tensor{t.alias(g, x.dims)}
		},
	})[0]
	t.done(x, rows, cols)
	return y
}

// Div is x / d for a divisor that is broadcast; both are saved.
func (t *Tape) Div(x, d *Tensor) *Tensor {
	dt := Promote(x.dt, d.dt)
	var sx *Tensor
	if d.Requires() {
		sx = x
	}
	y := t.run(op{
		ins:   []*Tensor{x, d},
		saves: []*Tensor{d, sx},
		outs:  func() []*Tensor { return []*Tensor{t.make("quotient", dt, broadcast(x.dims, d.dims)...)} },
		back: func(b *Backward) []*Tensor {
			var gx, gd *Tensor
			if b.Need[1] {
				neg := t.like("negated gradient", b.G[0].dt, b.G[0])
				one := t.like("quotient", dt, b.G[0])
				two := t.like("quotient over divisor", dt, b.G[0])
				gd = t.like("gradient of divisor", dt, b.G[0])
				t.done(neg, one, two)
			}
			if b.Need[0] {
				gx = t.like("gradient of quotient", dt, b.G[0])
			}
			return []*Tensor{gx, gd}
		},
	})[0]
	t.done(x, d)
	return y
}

// MulScalar is x times a tensor without dimensions, whose type does not count.
func (t *Tape) MulScalar(x, s *Tensor) *Tensor {
	var sx, ss *Tensor
	if s.Requires() {
		sx = x
	}
	if x.Requires() {
		ss = s
	}
	y := t.run(op{
		ins:   []*Tensor{x, s},
		saves: []*Tensor{ss, sx},
		outs:  func() []*Tensor { return []*Tensor{t.like("scaled", x.dt, x)} },
		back: func(b *Backward) []*Tensor {
			var gx, gs *Tensor
			if b.Need[1] {
				gs = t.like("gradient of scale", x.dt, x)
			}
			if b.Need[0] {
				gx = t.like("gradient of scaling", x.dt, x)
			}
			return []*Tensor{gx, gs}
		},
	})[0]
	t.done(x, s)
	return y
}

// LogSoftmaxTurned is LogSoftmax of a transposed matrix, which is copied
// first.
func (t *Tape) LogSoftmaxTurned(x *Tensor) *Tensor {
	y := t.run(op{
		ins: []*Tensor{x},
		outs: func() []*Tensor {
			var c *Tensor
			if !x.dims[0].IsOne() {
				c = t.like("contiguous copy", x.dt, x)
			}
			y := t.like("log-softmax", x.dt, x)
			t.done(c)
			return []*Tensor{y}
		},
		keep: []int{0},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of logits", x.dt, x)} },
	})[0]
	t.done(x)
	return y
}

// VectorNorm is the length of the last dimension, which stays with size 1. It
// saves its input and result. Autocast gives the result in fp32 and leaves the
// input in its type.
func (t *Tape) VectorNorm(x *Tensor) *Tensor {
	dt := x.dt
	if t.IsAutocast() {
		dt = F32
	}
	dims := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), One)
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		outs:  func() []*Tensor { return []*Tensor{t.make("length", dt, dims...)} },
		keep:  []int{0},
		back: func(b *Backward) []*Tensor {
			unit := t.like("direction", dt, x)
			zero := t.make("has no length", Bool, dims...)
			g := t.like("gradient of length", dt, x)
			t.done(zero, unit)
			return []*Tensor{g}
		},
	})[0]
	t.done(x)
	return y
}

// RepeatRows is x.repeat of one row for each sample, a copy; backward sums.
func (t *Tape) RepeatRows(x *Tensor, dims ...Dim) *Tensor {
	return t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.make("repeated", x.dt, dims...)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient summed over samples", b.G[0].dt, x)} },
	})[0]
}

// Unstack gives the two halves x[0] and x[1] of [2, ...] as views. Each one's
// backward writes its gradient into zeros of the whole.
func (t *Tape) Unstack(x *Tensor, dims ...Dim) [2]*Tensor {
	return [2]*Tensor{t.Slice(x, dims...), t.Slice(x, dims...)}
}
