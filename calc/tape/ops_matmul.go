package tape

// Linear is x·Wᵀ + b for W of [out, in]. It saves x if W needs a gradient and
// W if x does. Backward makes W's gradient first, then x's (with a bias, x's
// first); a bias takes the gradient summed over rows. Results of backward are views of the products.
func (t *Tape) Linear(x, w, bias *Tensor) *Tensor {
	if t.LinearFunction {
		return t.linearFunction(x, w, bias)
	}
	// Autocast casts operands last to first.
	lb := t.lower(bias)
	lw := t.lower(w)
	lx := t.lower(x)
	return t.linear([3]*Tensor{x, w, bias}, [3]*Tensor{lx, lw, lb}, w.dims[0], true)
}

// LinearT is addmm(b, x, W), x·W + b for W of [in, out], as GPT-2's Conv1D
// keeps it. W's gradient is no view.
func (t *Tape) LinearT(x, w, bias *Tensor) *Tensor {
	lw := t.lower(w)
	lx := t.lower(x)
	lb := t.lower(bias)
	return t.linear([3]*Tensor{x, w, bias}, [3]*Tensor{lx, lw, lb}, w.dims[1], false)
}

// linear applies the product to operands that autocast has lowered; viewed
// says whether the weight is seen transposed, and so is its gradient.
func (t *Tape) linear(given, lowered [3]*Tensor, out Dim, viewed bool) *Tensor {
	x, w, bias := given[0], given[1], given[2]
	lx, lw, lb := lowered[0], lowered[1], lowered[2]
	var sx, sw *Tensor
	if lw.Requires() {
		sx = lx
	}
	if lx.Requires() {
		sw = lw
	}
	workspace := t.matmul
	if bias != nil {
		workspace = t.matmulLt
	}
	dims := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), out)
	y := t.run(op{
		ins:   []*Tensor{lb, lx, lw}, // whose gradients are accumulated in this order
		saves: []*Tensor{sw, sx},
		outs: func() []*Tensor {
			y := t.make("output", lx.dt, dims...)
			t.Scratch("cuBLAS workspace", workspace)
			t.Work(lx.dt, Numel(lx.dims), out)
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor {
			var gx, gw, gb *Tensor
			t.workEach(b.Need[1:], lx.dt, Numel(lx.dims), out)
			if b.Need[1] && bias != nil { // addmm takes its first matrix first, mm its second
				gx = t.productOf("gradient of input", lx, len(lx.dims) > 2)
			}
			if b.Need[2] {
				gw = t.product("gradient of weight", lw)
				if !viewed {
					gw = t.unviewed(gw)
				}
			}
			if b.Need[1] && bias == nil {
				gx = t.productOf("gradient of input", lx, len(lx.dims) > 2)
			}
			if b.Need[0] {
				gb = b.G[0]
			}
			return []*Tensor{gb, gx, gw}
		},
	})[0]
	t.done(lx, lw, lb, x, w, bias)
	return y
}

// product is a matrix product in backward, seen through a view.
func (t *Tape) product(what string, like *Tensor) *Tensor { return t.productOf(what, like, true) }

// productOf is a matrix product in backward; the gradient of an operand that
// is a matrix already is the product itself, no view of it.
func (t *Tape) productOf(what string, like *Tensor, viewed bool) *Tensor {
	y := t.like(what, like.dt, like)
	t.Scratch("cuBLAS workspace", t.matmul)
	if !viewed {
		return y
	}
	return t.alias(y, like.dims)
}

// unviewed is the tensor that a fresh view shows.
func (t *Tape) unviewed(v *Tensor) *Tensor {
	base := hold(v.base)
	t.done(v)
	return t.temporary(base)
}

// MatMul is a batched product of a [..., m, k] and b [..., k, n]; shapes may
// carry leading batch dimensions. Each operand is saved if the other needs a
// gradient.
func (t *Tape) MatMul(a, b *Tensor, dims ...Dim) *Tensor {
	lb := t.lower(b)
	la := t.lower(a)
	return t.matmulOf(a, b, la, lb, dims)
}

// MatMulCopied is MatMul of operands that it has to copy first, since they are
// not one batch of matrices: after autocast has cast them.
func (t *Tape) MatMulCopied(a, b *Tensor, copyA, copyB bool, dims ...Dim) *Tensor {
	lb := t.lower(b)
	la := t.lower(a)
	ca, cb := la, lb
	if copyA {
		ca = t.copied(la)
	}
	if copyB {
		cb = t.copied(lb)
	}
	y := t.matmulOf(la, lb, ca, cb, dims)
	t.done(a, b)
	return y
}

// Einsum is a batched product as torch.einsum makes it: autocast casts its
// operands first to last, then they are copied where they are not one batch of
// matrices.
func (t *Tape) Einsum(a, b *Tensor, copyA, copyB bool, dims ...Dim) *Tensor {
	la := t.lower(a)
	lb := t.lower(b)
	ca, cb := la, lb
	if copyA {
		ca = t.copied(la)
	}
	if copyB {
		cb = t.copied(lb)
	}
	y := t.matmulOf(la, lb, ca, cb, dims)
	t.done(a, b)
	return y
}

// copied is a contiguous copy whose operand stays in use.
func (t *Tape) copied(x *Tensor) *Tensor {
	return t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.like("contiguous copy", x.dt, x)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{b.G[0]} },
	})[0]
}

// matmulOf is the product of lowered and copied operands; the given ones end
// with it.
func (t *Tape) matmulOf(a, b, la, lb *Tensor, dims []Dim) *Tensor {
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
				gb = t.product("gradient of product", lb)
			}
			if k.Need[0] {
				ga = t.product("gradient of product", la)
			}
			return []*Tensor{ga, gb}
		},
	})[0]
	t.done(la, lb, a, b)
	return y
}
