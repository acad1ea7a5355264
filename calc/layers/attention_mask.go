package layers

import "vramcalc/calc/tape"

// masked is scaled_dot_product_attention with a mask: key and value heads are
// repeated first, since the kernel that takes a mask knows no groups.
func (b *Builder) masked(f *tape.Frame, q, k, v, mask *tape.Tensor, h tape.Heads) *tape.Tensor {
	if h.Queries.IsOne() && h.KVHeads != h.Heads {
		return b.packedGroups(f, q, h, func(q *tape.Tensor, h tape.Heads) *tape.Tensor { return b.T.SDPAMasked(q, k, v, mask, h) })
	}
	k = f.V(b.repeated(k, h, h.Dim))
	v = f.V(b.repeated(v, h, h.ValueDim))
	h.KVHeads = h.Heads
	return f.V(b.T.SDPAMasked(q, k, v, mask, h))
}

// packedGroups is the form for a single token: the queries that share a key
// head stand as queries of that head (sdpa_attention.py, pack_gqa).
func (b *Builder) packedGroups(f *tape.Frame, q *tape.Tensor, h tape.Heads, attend func(q *tape.Tensor, h tape.Heads) *tape.Tensor) *tape.Tensor {
	t := b.T
	heads, kv := h.Heads, h.KVHeads
	group := t.Of2("queryGroup", "query heads of a key head", heads, kv, func(n, m int64) int64 { return n / max(1, m) })
	h.Heads, h.Queries = kv, group
	q = f.V(t.View(q, h.Batch, kv, group, h.Dim))
	y := f.V(attend(q, h))
	if !kv.IsOne() {
		y = f.Re(y, t.Contiguous(y))
	}
	return f.Re(y, t.View(y, h.Batch, tape.One, heads, h.ValueDim))
}

// repeats says whether key and value heads are repeated for a kernel with a
// mask.
func (b *Builder) repeats(s Sizes, mask *tape.Tensor) bool {
	if b.repeatsHeads() && s.KV != s.Heads || b.copiesHeads() {
		return true
	}
	return mask != nil && !b.eagerly() && s.KV != s.Heads
}

// WindowMask is the mask of causal attention within a window: numbers
// [B, 1, S, S] for eager attention, the boolean [1, 1, S, S] for a kernel.
func (b *Builder) WindowMask(dt tape.DType, queries, keys tape.Dim) *tape.Tensor {
	t := b.T
	defer t.Scope("window mask")()
	square := []tape.Dim{tape.One, tape.One, queries, keys}
	f := t.Frame()
	f.V(t.Make("batch index", tape.I64, []tape.Dim{b.B}))
	f.V(t.Make("head index", tape.I64, []tape.Dim{tape.One}))
	f.V(t.Make("query index", tape.I64, []tape.Dim{queries}, t.Make("range", tape.I64, []tape.Dim{queries})))
	f.V(t.Make("key index", tape.I64, []tape.Dim{keys}, t.Make("range", tape.I64, []tape.Dim{keys})))
	g := t.Frame()
	allowed := g.V(t.Make("all allowed", tape.Bool, []tape.Dim{tape.One}))
	near := t.Make("within the window", tape.Bool, square, t.Make("query index less the window", tape.I64, []tape.Dim{queries}))
	allowed = g.Re(allowed, t.Make("allowed", tape.Bool, square, near))
	past := t.Make("not after the query", tape.Bool, square)
	allowed = g.Re(allowed, t.Make("allowed", tape.Bool, square, past))
	mask := f.Ret(g.Ret(allowed))
	if !b.eagerly() {
		return mask
	}
	e := t.Frame(mask)
	zero := t.Make("zero", dt, []tape.Dim{tape.One})
	least := t.Make("least number", dt, []tape.Dim{tape.One})
	return e.Ret(t.Make("mask", dt, []tape.Dim{b.B, tape.One, queries, keys}, zero, least))
}

// readMask is what masking_utils makes of a mask of tokens that hides none
// before it leaves it out: the mask in booleans.
func (b *Builder) readMask(batch, length tape.Dim) {
	b.T.Done(b.T.Make("tokens", tape.Bool, []tape.Dim{batch, length}))
}

// ChunkMask is the mask of causal attention within chunks of the sequence:
// numbers [B, 1, S, S] for eager attention, booleans for a kernel.
func (b *Builder) ChunkMask(dt tape.DType, queries, keys tape.Dim) *tape.Tensor {
	t := b.T
	defer t.Scope("chunk mask")()
	square := []tape.Dim{tape.One, tape.One, queries, keys}
	each := []tape.Dim{b.B, tape.One, queries, keys}
	outer := t.Frame()
	outer.V(t.Make("padding on the left", tape.I64, []tape.Dim{b.B}))
	f := t.Frame()
	f.V(t.Make("batch index", tape.I64, []tape.Dim{b.B}))
	f.V(t.Make("head index", tape.I64, []tape.Dim{tape.One}))
	f.V(t.Make("query index", tape.I64, []tape.Dim{queries}, t.Make("range", tape.I64, []tape.Dim{queries})))
	f.V(t.Make("key index", tape.I64, []tape.Dim{keys}, t.Make("range", tape.I64, []tape.Dim{keys})))
	g := t.Frame()
	allowed := g.V(t.Make("all allowed", tape.Bool, []tape.Dim{tape.One}))
	chunk := func(what string, n tape.Dim) *tape.Tensor {
		row := []tape.Dim{b.B, n}
		shifted := t.Make(what+" less the padding", tape.I64, row, t.Make("padding of each sample", tape.I64, []tape.Dim{b.B}))
		return t.Make("chunk of "+what, tape.I64, row, shifted)
	}
	ofKeys := chunk("a key", keys)
	same := t.Make("within the chunk", tape.Bool, each, ofKeys, chunk("a query", queries))
	allowed = g.Re(allowed, t.Make("allowed", tape.Bool, each, same))
	past := t.Make("not after the query", tape.Bool, square)
	allowed = g.Re(allowed, t.Make("allowed", tape.Bool, each, past))
	mask := f.Ret(g.Ret(allowed))
	if !b.eagerly() {
		return outer.Ret(mask)
	}
	e := t.Frame(mask)
	zero := t.Make("zero", dt, []tape.Dim{tape.One})
	least := t.Make("least number", dt, []tape.Dim{tape.One})
	return outer.Ret(e.Ret(t.Make("mask", dt, each, zero, least)))
}
