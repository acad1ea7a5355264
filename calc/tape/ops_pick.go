package tape

// TakeOne is x[..., [i], :] for one index: a copy of what stands there, by
// advanced indexing. Backward makes zeros and adds the gradient, sorting the
// one index.
func (t *Tape) TakeOne(x *Tensor, dims ...Dim) *Tensor {
	index := t.make("index", I64, One)
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{index},
		outs:  func() []*Tensor { return []*Tensor{t.make("taken", x.dt, dims...)} },
		back: func(b *Backward) []*Tensor {
			g := t.like("gradient of what was taken from", x.dt, x)
			t.accumulateRows([]Dim{One}, x.dims[len(x.dims)-2], 1)
			return []*Tensor{g}
		},
	})[0]
	t.done(index, x)
	return y
}

// ScaleInPlace multiplies or divides a tensor by a number, in place.
func (t *Tape) ScaleInPlace(x *Tensor) *Tensor {
	return t.mutate(x, op{
		ins:  []*Tensor{x},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of scaling", b.G[0].dt, b.G[0])} },
	}, false)
}

// SDPAAdditive is scaled_dot_product_attention with an additive mask without
// gradient for each sample and head: the memory-efficient kernel.
func (t *Tape) SDPAAdditive(q, k, v, mask *Tensor, h Heads) *Tensor {
	lm := t.lower(mask)
	lv := t.lower(v)
	lk := t.lower(k)
	lq := t.lower(q)
	bias := lm
	if !t.Multiple(h.Keys, biasAlign) {
		bias = t.padded(lm, t.RoundUp(h.Keys, biasAlign))
	}
	y := t.efficientBias(lq, lk, lv, bias, h)
	t.done(bias, lq, lk, lv, lm, q, k, v, mask)
	return y
}

// MatMulShared is MatMulCopied of a tensor b with one head for all of a's,
// which matmul itself repeats as a view: after autocast has cast it.
func (t *Tape) MatMulShared(a, b *Tensor, repeated []Dim, copyA, copyB bool, dims ...Dim) *Tensor {
	lb := t.lower(b)
	la := t.lower(a)
	ca := la
	if copyA {
		ca = t.copied(la)
	}
	wide := t.RepeatKV(lb, true, repeated...)
	cb := wide
	if copyB {
		cb = t.copied(wide)
	}
	y := t.matmulOf(la, wide, ca, cb, dims)
	t.done(a, b)
	return y
}
