package layers

import "vramcalc/calc/tape"

// This file holds attention as the decoders of GPT-2's line write it: softmax
// in the scores' own type, the result transposed but not yet copied.

// heads is view(B, S, heads, d).transpose(1, 2) of a projection whose gradient
// comes back from attention in the same layout.
func (b *Builder) heads(x *tape.Tensor, count, width tape.Dim) *tape.Tensor {
	t, d := b.T, x.Dims()
	if b.eagerly() {
		return t.View(t.CopyBack(x, d[0], d[1], count, width), d[0], count, d[1], width)
	}
	return t.View(t.View(x, d[0], d[1], count, width), d[0], count, d[1], width)
}

// sdpaHeads is scaled_dot_product_attention and its transpose(1, 2):
// [B, S, a, d].
func (b *Builder) sdpaHeads(q, k, v, mask *tape.Tensor, h tape.Heads) *tape.Tensor {
	t := b.T
	defer t.Scope("sdpa")()
	f := t.Frame(q, k, v)
	if mask != nil {
		return f.Ret(t.View(f.V(t.SDPAMasked(q, k, v, mask, h)), h.Batch, h.Queries, h.Heads, h.ValueDim))
	}
	out := f.V(t.SDPA(q, k, v, h))
	return f.Ret(t.View(out, h.Batch, h.Queries, h.Heads, h.ValueDim))
}

// plainEager is attention in operators over slices of a fused projection: the
// result [B, a, S, d] seen as [B, S, a, d], and the weights.
func (b *Builder) plainEager(q, k, v, mask *tape.Tensor, h tape.Heads) (y, weights *tape.Tensor) {
	t := b.T
	defer t.Scope("eager attention")()
	f := t.Frame(q, k, v)
	w := f.V(t.MulS(t.MatMulCopied(q, k, b.copies(h.Queries, h), b.copiesCached(h), h.Batch, h.Heads, h.Queries, h.Keys)))
	if mask != nil {
		w = f.Re(w, t.Add(w, mask))
	}
	w = f.Re(w, b.softmaxOwn(w))
	w = f.Re(w, t.To(w, v.DType()))
	w = f.Re(w, t.Dropout(w, h.Dropout))
	y = f.V(t.MatMulCopied(w, v, false, b.copiesCached(h), h.Batch, h.Heads, h.Queries, h.ValueDim))
	y = f.Re(y, b.seenBy(y, h))
	return f.Ret2(y, w)
}

// softmaxOwn is a softmax without a type of its own, which autocast runs in
// fp32.
func (b *Builder) softmaxOwn(x *tape.Tensor) *tape.Tensor {
	if b.T.IsAutocast() {
		return b.T.Softmax(x, tape.F32)
	}
	return b.T.Softmax(x, x.DType())
}

// joined is reshape(B, S, a·d): a copy of what eager attention gives, a view
// of a kernel's result.
func (b *Builder) joined(y *tape.Tensor, h tape.Heads) *tape.Tensor {
	t := b.T
	if b.eagerly() && !h.Heads.IsOne() && !h.Queries.IsOne() {
		y = t.Contiguous(y)
	}
	return t.View(y, h.Batch, h.Queries, h.Heads.Times(h.ValueDim))
}
