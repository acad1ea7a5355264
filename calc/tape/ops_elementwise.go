package tape

// broadcast is the shape of an element-wise result: dimensions align at the
// end, a 1 takes the other's size.
func broadcast(a, b []Dim) []Dim {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := append([]Dim(nil), a...)
	for i, d := range b {
		if j := len(a) - len(b) + i; out[j].IsOne() {
			out[j] = d
		}
	}
	return out
}

// Add is a + b. Its backward passes the gradient on as it is.
func (t *Tape) Add(a, b *Tensor) *Tensor {
	y := t.run(op{
		ins:  []*Tensor{a, b},
		outs: func() []*Tensor { return []*Tensor{t.make("sum", Promote(a.dt, b.dt), broadcast(a.dims, b.dims)...)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{b.G[0], b.G[0]} },
	})[0]
	t.done(a, b)
	return y
}

// AddS is x plus a number.
func (t *Tape) AddS(x *Tensor) *Tensor {
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.like("shifted", x.dt, x)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{b.G[0]} },
	})[0]
	t.done(x)
	return y
}

// Mul is a · b, each saved if the other needs a gradient.
func (t *Tape) Mul(a, b *Tensor) *Tensor {
	var sa, sb *Tensor
	if a.Requires() {
		sb = b
	}
	if b.Requires() {
		sa = a
	}
	y := t.run(op{
		ins:   []*Tensor{a, b},
		saves: []*Tensor{sb, sa}, // in the order of the generated code: other, self
		outs: func() []*Tensor {
			return []*Tensor{t.make("product", Promote(a.dt, b.dt), broadcast(a.dims, b.dims)...)}
		},
		back: func(k *Backward) []*Tensor {
			var ga, gb *Tensor
			if k.Need[1] {
				gb = t.make("gradient of product", Promote(k.G[0].dt, k.Saved[1].dt), broadcast(k.G[0].dims, k.Saved[1].dims)...)
			}
			if k.Need[0] {
				ga = t.make("gradient of product", Promote(k.G[0].dt, k.Saved[0].dt), broadcast(k.G[0].dims, k.Saved[0].dims)...)
			}
			return []*Tensor{ga, gb}
		},
	})[0]
	t.done(a, b)
	return y
}

// MulS is x times a number, nothing saved.
func (t *Tape) MulS(x *Tensor) *Tensor {
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.like("scaled", x.dt, x)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of scaling", b.G[0].dt, b.G[0])} },
	})[0]
	t.done(x)
	return y
}

// Neg is −x.
func (t *Tape) Neg(x *Tensor) *Tensor {
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.like("negated", x.dt, x)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of negation", b.G[0].dt, b.G[0])} },
	})[0]
	t.done(x)
	return y
}

// Pow is x to a constant power. It saves x; its backward makes x to the power
// less one, that times the power, and the product with the gradient.
func (t *Tape) Pow(x *Tensor) *Tensor {
	in := x
	x = t.raise(x)
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		outs:  func() []*Tensor { return []*Tensor{t.like("power", x.dt, x)} },
		back: func(b *Backward) []*Tensor {
			p := t.like("power of input", x.dt, x)
			s := t.like("scaled power of input", x.dt, x)
			g := t.like("gradient of power", x.dt, x)
			t.done(p, s)
			return []*Tensor{g}
		},
	})[0]
	t.done(x, in)
	return y
}

// Mean averages the last dimension, which stays with size 1.
func (t *Tape) Mean(x *Tensor) *Tensor {
	dims := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), One)
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.make("mean", x.dt, dims...)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of mean", b.G[0].dt, x)} },
	})[0]
	t.done(x)
	return y
}

// Rsqrt is 1/√x and saves its result.
func (t *Tape) Rsqrt(x *Tensor) *Tensor {
	in := x
	x = t.raise(x)
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.like("1/sqrt", x.dt, x)} },
		keep: []int{0},
		back: func(b *Backward) []*Tensor {
			p := t.like("cube of result", x.dt, x)
			s := t.like("scaled gradient", x.dt, x)
			g := t.like("gradient of 1/sqrt", x.dt, x)
			t.done(p, s)
			return []*Tensor{g}
		},
	})[0]
	t.done(x, in)
	return y
}

// Unary is a one-kernel activation that saves its input: SiLU, GELU,
// Hardswish.
func (t *Tape) Unary(name string, x *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		outs:  func() []*Tensor { return []*Tensor{t.like(name+" output", x.dt, x)} },
		back:  func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of "+name, x.dt, x)} },
	})[0]
	t.done(x)
	return y
}

// UnaryResult is a one-kernel activation that saves its result: ReLU, tanh,
// sigmoid.
func (t *Tape) UnaryResult(name string, x *Tensor) *Tensor {
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.like(name+" output", x.dt, x)} },
		keep: []int{0},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of "+name, x.dt, x)} },
	})[0]
	t.done(x)
	return y
}

// Make is an operator without gradient that allocates its result: a
// comparison, an arange, a mask.
func (t *Tape) Make(label string, dt DType, dims []Dim, uses ...*Tensor) *Tensor {
	y := t.make(label, dt, dims...)
	t.done(uses...)
	return y
}

// Dropout is native_dropout: the result and a mask of bytes, which is kept
// only if the input needs a gradient. A rate of 0 is the identity.
func (t *Tape) Dropout(x *Tensor, rate float64) *Tensor {
	if rate <= 0 || t.evaluating {
		return x
	}
	out := t.run(op{
		ins: []*Tensor{x},
		outs: func() []*Tensor {
			mask := t.like("dropout mask", Bool, x)
			return []*Tensor{t.like("dropout output", x.dt, x), mask}
		},
		keep: []int{1},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of dropout", b.G[0].dt, x), nil}[:1] },
	})
	t.done(out[1], x)
	return out[0]
}

// sumTo sums a gradient over the dimensions that its operand was broadcast
// along.
func (t *Tape) sumTo(g *Tensor, dims []Dim) *Tensor {
	y := t.make("gradient summed over rows", g.dt, dims...)
	if Numel(dims).IsOne() && !Numel(g.dims).IsOne() {
		a, s := t.innerSum(Numel(g.dims), One)
		t.Scratch("scratch of a sum", a, s)
	} else if last := dims[len(dims)-1]; last == g.Last() && !Numel(dims).IsOne() {
		rows, ok := Numel(g.dims).Over(Numel(dims))
		if !ok {
			rows = g.Rows()
		}
		a, s := t.rowSum(rows, Numel(dims))
		t.Scratch("scratch of a row sum", a, s)
	}
	if len(dims) < len(g.dims) {
		return t.alias(y, dims) // at::sum_to keeps the dimensions, then views
	}
	return y
}
