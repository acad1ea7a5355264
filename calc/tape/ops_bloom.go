package tape

// BloomGELU is BLOOM's autograd function: the tanh form of GELU in operators
// without gradient, whose backward computes everything again from the saved
// input.
func (t *Tape) BloomGELU(x *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		outs: func() []*Tensor {
			half := t.like("half of input", x.dt, x)
			return []*Tensor{t.then("gelu output", t.then("1 + tanh", t.bloomTanh(x)), half)}
		},
		back: func(b *Backward) []*Tensor {
			tanh := own(t.bloomTanh(x))
			half := t.like("half of input", x.dt, x)
			left := t.then("1 - tanh²", t.then("tanh²", tanh))
			right := t.then("polynomial", t.then("scaled square", t.then("scaled input", x), x))
			inner := t.then("derivative of tanh", left, right)
			first := t.then("first part", half, inner)
			second := t.then("second part", t.then("1 + tanh", tanh))
			factor := own(t.then("derivative", first, second))
			g := t.then("gradient of gelu", factor, b.G[0])
			t.drop(tanh)
			t.drop(factor)
			return []*Tensor{g}
		},
	})[0]
	t.done(x)
	return y
}

// bloomTanh is tanh(0.79788456 · x · (1 + 0.044715 · x · x)).
func (t *Tape) bloomTanh(x *Tensor) *Tensor {
	scaled := t.like("scaled input", x.dt, x)
	square := t.then("scaled square", t.like("scaled input", x.dt, x))
	return t.then("tanh", t.then("argument of tanh", scaled, t.then("1 + square", square)))
}

// then is an operator without gradient on what earlier ones made, which ends
// with it.
func (t *Tape) then(what string, xs ...*Tensor) *Tensor {
	y := t.like(what, xs[0].dt, xs[0])
	t.done(xs...)
	return y
}

// BAddBMM is baddbmm of a bias without gradient and two batches of matrices,
// the product scaled: each matrix is saved if the other needs a gradient.
func (t *Tape) BAddBMM(bias, a, b *Tensor, dims ...Dim) *Tensor {
	lb := t.lower(b)
	la := t.lower(a)
	lc := t.lower(bias)
	var sa, sb *Tensor
	if lb.Requires() {
		sa = la
	}
	if la.Requires() {
		sb = lb
	}
	y := t.run(op{
		ins:   []*Tensor{la, lb},
		saves: []*Tensor{sa, sb},
		outs: func() []*Tensor {
			y := t.make("sum with product", la.dt, dims...)
			t.Scratch("cuBLAS workspace", t.matmul)
			t.Work(la.dt, Numel(dims), la.Last())
			return []*Tensor{y}
		},
		back: func(k *Backward) []*Tensor {
			scaled := func(like *Tensor) *Tensor {
				p := t.like("gradient of product", like.dt, like)
				t.Scratch("cuBLAS workspace", t.matmul)
				return t.then("scaled gradient of product", p)
			}
			var ga, gb *Tensor
			t.workEach(k.Need, la.dt, Numel(dims), la.Last())
			if k.Need[0] {
				ga = scaled(la)
			}
			if k.Need[1] {
				gb = scaled(lb)
			}
			return []*Tensor{ga, gb}
		},
	})[0]
	t.done(la, lb, lc, a, b, bias)
	return y
}

// BMM is a product of two batches of matrices; its results in backward are no
// views.
func (t *Tape) BMM(a, b *Tensor, dims ...Dim) *Tensor {
	lb := t.lower(b)
	la := t.lower(a)
	var sa, sb *Tensor
	if lb.Requires() {
		sa = la
	}
	if la.Requires() {
		sb = lb
	}
	y := t.run(op{
		ins:   []*Tensor{la, lb},
		saves: []*Tensor{sb, sa},
		outs: func() []*Tensor {
			y := t.make("matrix product", la.dt, dims...)
			t.Scratch("cuBLAS workspace", t.matmul)
			t.Work(la.dt, Numel(dims), la.Last())
			return []*Tensor{y}
		},
		back: func(k *Backward) []*Tensor {
			var ga, gb *Tensor
			t.workEach(k.Need, la.dt, Numel(dims), la.Last())
			if k.Need[1] {
				gb = t.unviewed(t.product("gradient of product", lb))
			}
			if k.Need[0] {
				ga = t.unviewed(t.product("gradient of product", la))
			}
			return []*Tensor{ga, gb}
		},
	})[0]
	t.done(la, lb, a, b)
	return y
}
