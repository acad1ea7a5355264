package tape

// Linear is x·Wᵀ + b for W of [out, in]. It saves x if W needs a gradient and
// W if x does. Backward makes W's gradient first, then x's (with a bias, x's
// first); a bias takes the gradient summed over rows. Results of backward are views of the products.
func (t *Tape) Linear(x, w, bias *Tensor) *Tensor { return t.linear(x, w, bias, w.dims[0]) }

// LinearT is x·W + b for W of [in, out], as GPT-2's Conv1D keeps it.
func (t *Tape) LinearT(x, w, bias *Tensor) *Tensor { return t.linear(x, w, bias, w.dims[1]) }

func (t *Tape) linear(x, w, bias *Tensor, out Dim) *Tensor {
	// Autocast casts operands last to first.
	lb := t.lower(bias)
	lw := t.lower(w)
	lx := t.lower(x)
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
		ins:   []*Tensor{lx, lw, lb},
		saves: []*Tensor{sw, sx},
		outs: func() []*Tensor {
			y := t.make("output", lx.dt, dims...)
			t.Scratch("cuBLAS workspace", workspace)
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor {
			var gx, gw, gb *Tensor
			if b.Need[0] && bias != nil { // addmm takes its first matrix first, mm its second
				gx = t.product("gradient of input", lx)
			}
			if b.Need[1] {
				gw = t.product("gradient of weight", lw)
			}
			if b.Need[0] && bias == nil {
				gx = t.product("gradient of input", lx)
			}
			if b.Need[2] {
				gb = b.G[0]
			}
			return []*Tensor{gx, gw, gb}
		},
	})[0]
	t.done(lx, lw, lb, x, w, bias)
	return y
}

// product is a matrix product in backward, seen through a view.
func (t *Tape) product(what string, like *Tensor) *Tensor {
	y := t.like(what, like.dt, like)
	t.Scratch("cuBLAS workspace", t.matmul)
	return t.alias(y, like.dims)
}

// MatMul is a batched product of a [..., m, k] and b [..., k, n]; shapes may
// carry leading batch dimensions. Each operand is saved if the other needs a
// gradient.
func (t *Tape) MatMul(a, b *Tensor, dims ...Dim) *Tensor {
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
			return []*Tensor{y}
		},
		back: func(k *Backward) []*Tensor {
			var ga, gb *Tensor
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
