package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Core is the part of attention between the projections: scores, softmax and
// the weighted sum. q is [B, a, S, d], k and v [B, k, S, d]; the result is
// [B, S, a·d] and eager's attention weights, nil from a kernel: layers return
// them, so that they live to the layer's end. mask is an additive mask for
// eager attention, nil otherwise.
func (b *Builder) Core(q, k, v, mask *tape.Tensor, h tape.Heads) (y, weights *tape.Tensor) {
	return b.core(q, k, v, mask, h, scores{})
}

// scores is what some decoders do otherwise in eager attention.
type scores struct {
	capped bool // scores go through tanh (Gemma 2)
	own    bool // softmax in the scores' own type (LLaMA-4)
	joined bool // keys and values have been joined to a cache's, by head
}

func (b *Builder) core(q, k, v, mask *tape.Tensor, h tape.Heads, o scores) (y, weights *tape.Tensor) {
	if b.Attention.Implementation == workload.Eager {
		return b.eager(q, k, v, mask, h, o)
	}
	t := b.T
	defer t.Scope("sdpa")()
	f := t.Frame(q, k, v)
	q, k, v, h = b.aged(f, q, k, v, h)
	var out *tape.Tensor
	if b.Ring > 1 {
		out = b.ringed(f, q, k, v, h)
		return f.Ret(t.View(out, h.Batch, h.Queries, h.Heads.Times(h.ValueDim))), nil
	}
	if mask == nil {
		out = f.V(t.SDPA(q, k, v, h))
	} else {
		out = b.masked(f, q, k, v, mask, h)
	}
	split := !h.Heads.IsOne() && !h.Queries.IsOne()
	if h.Packed && split && mask == nil && out.DType() != tape.F32 { // flash gives its output in the query's layout
		out = f.Re(out, t.Contiguous(t.View(out, h.Batch, h.Queries, h.Heads, h.ValueDim)))
	}
	return f.Ret(t.View(out, h.Batch, h.Queries, h.Heads.Times(h.ValueDim))), nil
}

// eager is eager_attention_forward: scores in the compute type, softmax in
// fp32, both kept.
func (b *Builder) eager(q, k, v, mask *tape.Tensor, h tape.Heads, o scores) (*tape.Tensor, *tape.Tensor) {
	t := b.T
	defer t.Scope("eager attention")()
	f := t.Frame(q, k, v)
	dt := q.DType()
	square := []tape.Dim{h.Batch, h.Heads, h.Queries, h.Keys}
	k = f.V(b.repeated(k, h, h.Dim))
	v = f.V(b.repeated(v, h, h.ValueDim))
	copyK, copyV := b.copiesKeys(k, v, h, o)
	w := f.V(t.MatMulCopied(q, k, !h.Packed && b.copies(h.Queries, h), copyK, square...))
	w = f.Re(w, t.MulS(w))
	if o.capped {
		w = f.Re(w, t.MulS(w))
		w = f.Re(w, t.UnaryResult("tanh", w))
		w = f.Re(w, t.MulS(w))
	}
	if mask != nil {
		w = f.Re(w, t.Add(w, mask))
	}
	if o.own {
		w = f.Re(w, b.softmaxOwn(w))
	} else {
		w = f.Re(w, t.To(t.Softmax(w, tape.F32), dt))
	}
	w = f.Re(w, t.Dropout(w, h.Dropout))
	y := f.V(t.MatMulCopied(w, v, false, copyV, h.Batch, h.Heads, h.Queries, h.ValueDim))
	y = f.Re(y, b.transposed(y, h))
	return f.Ret2(t.View(y, h.Batch, h.Queries, h.Heads.Times(h.ValueDim)), w)
}

// repeated gives every query head its key or value head.
func (b *Builder) repeated(x *tape.Tensor, h tape.Heads, width tape.Dim) *tape.Tensor {
	if h.KVHeads == h.Heads {
		return x
	}
	return b.T.RepeatKV(x, h.KVHeads.IsOne(), h.Batch, h.Heads, h.Keys, width)
}

// batched is the reshape that matmul makes of a tensor in the projections'
// layout [B, S, a, d], seen as [B, a, S, d]: a copy unless that is one batch of
// matrices already.
func (b *Builder) batched(x *tape.Tensor, length tape.Dim, h tape.Heads) *tape.Tensor {
	if h.Packed || !b.copies(length, h) {
		return x
	}
	return b.T.Contiguous(x)
}

// copies says whether matmul copies a tensor in the projections' layout
// [B, S, a, d], seen as [B, a, S, d]: unless that is one batch of matrices
// already.
func (b *Builder) copies(length tape.Dim, h tape.Heads) bool {
	return !h.Batch.IsOne() && !h.Heads.IsOne() && !length.IsOne()
}

// copiesCached is copies for keys and values: what a cache gives is one batch
// of matrices.
func (b *Builder) copiesCached(h tape.Heads) bool { return b.session == nil && b.copies(h.Keys, h) }

// copiesKeys says whether matmul copies keys and values: a single head that is
// repeated without a copy, unless autocast's cast has made the repetitions, or
// heads in the projections' layout; not what repeating or joining has copied.
func (b *Builder) copiesKeys(k, v *tape.Tensor, h tape.Heads, o scores) (keys, values bool) {
	switch {
	case h.KVHeads.IsOne() && h.KVHeads != h.Heads:
		return !h.Batch.IsOne() && !b.castWhole(k, h), !h.Batch.IsOne() && !b.castWhole(v, h)
	case h.KVHeads != h.Heads || o.joined:
		return false, false
	}
	return !h.Packed && b.copies(h.Keys, h), b.copies(h.Keys, h)
}

// castWhole says whether autocast casts a single key or value head that is
// repeated without a copy: the cast makes every repetition.
func (b *Builder) castWhole(x *tape.Tensor, h tape.Heads) bool {
	return b.T.IsAutocast() && x.DType() == tape.F32 && h.KVHeads.IsOne() && h.KVHeads != h.Heads
}

// transposed is transpose(1, 2).contiguous(), a copy unless there is one head
// or one query.
func (b *Builder) transposed(y *tape.Tensor, h tape.Heads) *tape.Tensor {
	dims := []tape.Dim{h.Batch, h.Queries, h.Heads, h.ValueDim}
	if h.Heads.IsOne() || h.Queries.IsOne() {
		return b.T.View(y, dims...)
	}
	return b.T.Contiguous(b.seenBy(y, h))
}

// seenBy is a product [B, a, S, d] seen as [B, S, a, d]. Its gradient comes in
// the latter layout, and matmul's own reshape copies it where it copies
// operands.
func (b *Builder) seenBy(y *tape.Tensor, h tape.Heads) *tape.Tensor {
	dims := []tape.Dim{h.Batch, h.Queries, h.Heads, h.ValueDim}
	if b.copies(h.Queries, h) {
		return b.T.CopyBack(y, dims...)
	}
	return b.T.View(y, dims...)
}

// CausalMask is the additive mask that eager attention gets:
// [B, 1, S, S] in the given type.
func (b *Builder) CausalMask(dt tape.DType, queries, keys tape.Dim) *tape.Tensor {
	t := b.T
	defer t.Scope("causal mask")()
	g := t.Frame(b.allowed(queries, keys))
	zero := t.Make("zero", dt, []tape.Dim{tape.One})
	least := t.Make("least number", dt, []tape.Dim{tape.One})
	return g.Ret(t.Make("mask", dt, []tape.Dim{b.B, tape.One, queries, keys}, zero, least))
}

// allowed is the boolean mask of causal attention [1, 1, S, S].
func (b *Builder) allowed(queries, keys tape.Dim) *tape.Tensor {
	t := b.T
	f := t.Frame()
	f.V(t.Make("batch index", tape.I64, []tape.Dim{b.B}))
	f.V(t.Make("head index", tape.I64, []tape.Dim{tape.One}))
	f.V(t.Make("query index", tape.I64, []tape.Dim{queries}, t.Make("range", tape.I64, []tape.Dim{queries})))
	f.V(t.Make("key index", tape.I64, []tape.Dim{keys}, t.Make("range", tape.I64, []tape.Dim{keys})))
	return f.Ret(t.Make("allowed", tape.Bool, []tape.Dim{tape.One, tape.One, queries, keys}))
}
