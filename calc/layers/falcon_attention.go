package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

func (l *falconLayer) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("self_attention")()
	f := t.Frame(x)
	d := x.Dims()
	kv := s.KV
	if l.grouped {
		kv = s.Heads
	}
	h := tape.Heads{Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: kv, Dim: s.D, ValueDim: s.D}
	fused := f.V(l.qkv.Forward(x))
	q, k, v := l.cut(fused)
	q, k, v = f.V(q), f.V(k), f.V(v)
	q = f.Re(q, t.View(q, d[0], s.Heads, d[1], s.D))
	k = f.Re(k, t.View(k, d[0], kv, d[1], s.D))
	v = f.Re(v, t.View(v, d[0], kv, d[1], s.D))
	alibi := l.m.Position == workload.ALiBi
	if !alibi {
		q2, k2 := b.ApplyRotary(q, k, c.Cos, c.Sin)
		q, k = f.Re(q, q2), f.Re(k, k2)
	}
	k, v, h = b.remembered(f, k, v, h)
	switch {
	case !b.eagerly() && alibi:
		h.Dropout = l.m.AttentionDrop
		y = t.SDPAAdditive(q, k, v, c.Mask, h)
	case !b.eagerly():
		y = t.SDPAMasked(q, k, v, c.Mask, h)
	default:
		y, weights = l.eager(f, q, k, v, c, h)
	}
	y, weights = f.V(y), f.V(weights)
	if b.eagerly() {
		y = f.Re(y, b.transposed(y, h))
	}
	y = f.Re(y, t.View(y, d[0], d[1], s.H))
	y = f.Re(y, l.dense.Forward(y))
	return f.Ret2(y, weights)
}

// cut is _split_heads: query, key and value [B, S, heads, d].
func (l *falconLayer) cut(fused *tape.Tensor) (q, k, v *tape.Tensor) {
	t, s, m, d := l.b.T, l.s, l.m, fused.Dims()
	f := t.Frame(fused)
	switch {
	case l.grouped:
		return l.cutGroups(f, fused)
	case m.KVHeads == m.Heads && (m.Heads > 1 || !m.Parallel || m.Position == workload.ALiBi):
		x := f.V(t.View(fused, d[0], d[1], s.Heads, tape.N(3), s.D))
		part := func() *tape.Tensor { return f.V(t.Slice(x, d[0], d[1], s.Heads, s.D)) }
		q, k, v = part(), part(), part()
		return f.Ret3(q, k, v)
	}
	x := f.V(t.View(fused, d[0], d[1], l.b.T.Sum("headsAndTwo", "query heads, a key and a value", s.Heads, tape.N(2)), s.D))
	q = f.V(t.Slice(x, d[0], d[1], s.Heads, s.D))
	k = f.V(t.TakeOne(x, d[0], d[1], tape.One, s.D))
	v = f.V(t.TakeOne(x, d[0], d[1], tape.One, s.D))
	return f.Ret3(q, k, v)
}

// cutGroups gives each group of queries its key and value, as copies where
// there are several groups of several queries.
func (l *falconLayer) cutGroups(f *tape.Frame, fused *tape.Tensor) (q, k, v *tape.Tensor) {
	t, s, d := l.b.T, l.s, fused.Dims()
	group := t.Derived("queryGroup", "query heads of a group", func(v *tape.Values) int64 { return s.Heads.Value(v) / max(1, s.KV.Value(v)) })
	slots := t.Sum("groupAndTwo", "query heads of a group, a key and a value", group, tape.N(2))
	x := f.V(t.View(fused, d[0], d[1], s.KV, slots, s.D))
	grouped := []tape.Dim{d[0], d[1], s.KV, group, s.D}
	one := []tape.Dim{d[0], d[1], s.KV, tape.One, s.D}
	q = f.V(t.Slice(x, grouped...))
	k = f.V(t.TakeOne(x, one...))
	v = f.V(t.TakeOne(x, one...))
	heads := []tape.Dim{d[0], d[1], s.Heads, s.D}
	k = f.Re(k, t.Expand(k, grouped...))
	v = f.Re(v, t.Expand(v, grouped...))
	flat := func(x *tape.Tensor) *tape.Tensor {
		if l.m.KVHeads > 1 && l.m.KVHeads < l.m.Heads {
			x = t.Contiguous(x)
		}
		return f.V(t.View(x, heads...))
	}
	return f.Ret3(flat(q), flat(k), flat(v))
}

// eager is attention in operators: scores scaled in place, a softmax in the
// hidden state's type. Its variables are those of the module's frame.
func (l *falconLayer) eager(f *tape.Frame, q, k, v *tape.Tensor, c *Context, h tape.Heads) (y, weights *tape.Tensor) {
	t, b := l.b.T, l.b
	defer t.Scope("eager attention")()
	dt := l.hiddenType()
	w := f.V(l.product(q, k, h, b.copies(h.Queries, h), h.Dim, h.Keys))
	if alibi := c.Other[1]; alibi != nil {
		logits := f.V(t.Add(f.V(t.To(w, tape.F32)), alibi))
		t.ScaleInPlace(logits)
		probs := f.V(b.softmaxAs(t.Add(logits, c.Mask), dt))
		w = f.Re(probs, t.Dropout(probs, l.m.AttentionDrop))
	} else {
		t.ScaleInPlace(w)
		w = f.Re(w, b.softmaxAs(t.Add(w, c.Mask), dt))
	}
	return l.product(w, v, h, false, h.ValueDim, h.ValueDim), w
}

// product is a product with keys or values, of which matmul repeats a single
// head itself and copies what is not one batch of matrices.
func (l *falconLayer) product(x, kv *tape.Tensor, h tape.Heads, copyX bool, width, columns tape.Dim) *tape.Tensor {
	t, b := l.b.T, l.b
	out := []tape.Dim{h.Batch, h.Heads, h.Queries, columns}
	if h.KVHeads.IsOne() && h.KVHeads != h.Heads {
		return t.MatMulShared(x, kv, []tape.Dim{h.Batch, h.Heads, h.Keys, width}, copyX, !h.Batch.IsOne(), out...)
	}
	return t.MatMulCopied(x, kv, copyX, b.copiesCached(h), out...)
}

// hiddenType is the type of a norm's result.
func (l *falconLayer) hiddenType() tape.DType {
	if l.b.T.IsAutocast() {
		return tape.F32
	}
	return l.b.Weights
}

// softmaxAs is softmax to a given type, which autocast leaves.
func (b *Builder) softmaxAs(x *tape.Tensor, dt tape.DType) *tape.Tensor { return b.T.Softmax(x, dt) }
