package tape

// Multiples of keys to which the rows of a bias and of its gradient are aligned
// (aten/src/ATen/native/transformers/attention.cpp, preprocess_mask;
// cuda/attention_backward.cu).
const (
	biasAlign     = 8
	biasGradAlign = 16
)

// SDPABias is scaled_dot_product_attention with an additive mask of
// [1, heads, queries, keys], which leaves only the memory-efficient kernel. The
// mask's rows are padded where they are not aligned, and it is repeated over
// the batch as a view.
func (t *Tape) SDPABias(q, k, v, bias *Tensor, h Heads) *Tensor {
	lb := own(t.lower(bias)) // until the kernel has run
	lv := t.lower(v)
	lk := t.lower(k)
	lq := t.lower(q)
	mask := lb
	switch {
	case !t.Multiple(h.Keys, biasAlign):
		mask = t.padded(mask, t.RoundUp(h.Keys, biasAlign))
	case h.skewed(): // padded by a whole step
		mask = t.padded(mask, t.Sum("paddedKeys", "keys and a step of padding", h.Keys, N(biasAlign)))
	}
	mask = t.expand(mask, h.Batch)
	y := t.efficientBias(lq, lk, lv, mask, h)
	t.done(mask, lq, lk, lv)
	t.drop(lb)
	t.done(q, k, v, bias)
	return y
}

// skewed says whether a bias counts as not aligned whatever its length: one
// head of an embedding, read heads first, has neighbours in the place of heads.
func (h Heads) skewed() bool {
	return h.Turned && h.Heads.IsOne() && !(h.Causal && !h.Queries.IsOne())
}

// Multiple says whether a dimension is a multiple of a number at the present
// sizes: structure, where it decides whether a copy is made at all.
func (t *Tape) Multiple(d Dim, n int64) bool {
	v := t.rec.syms.present()
	return d.eval(&v)%n == 0
}

// padded is a tensor with its last dimension padded, seen without the padding.
// Its operand stays in use.
func (t *Tape) padded(x *Tensor, last Dim) *Tensor {
	dims := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), last)
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.make("padded", x.dt, dims...)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient without padding", x.dt, x)} },
	})[0]
	return t.Slice(y, x.dims...)
}

// expand repeats a tensor over the batch as a view; its backward sums.
func (t *Tape) expand(x *Tensor, batch Dim) *Tensor {
	dims := append([]Dim{batch}, x.dims[1:]...)
	return t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.alias(x, dims)} },
		back: func(b *Backward) []*Tensor {
			if batch.IsOne() {
				return []*Tensor{b.G[0]}
			}
			return []*Tensor{t.sumTo(b.G[0], x.dims)}
		},
	})[0]
}

// biasGradient is the gradient of a bias, its rows aligned.
func (t *Tape) biasGradient(bias *Tensor, h Heads) *Tensor {
	keys, aligned := h.Keys, t.Multiple(h.Keys, biasGradAlign)
	if !aligned {
		keys = t.RoundUp(keys, biasGradAlign)
	}
	g := t.make("gradient of bias", bias.dt, h.Batch, h.Heads, h.Queries, keys)
	g.dims, g.gaps = bias.dims, !aligned
	return g
}
