package layers

import "vramcalc/calc/tape"

// crossAttention is OpenFlamingo's attention by einsum, in the frame of a
// module's forward.
type crossAttention struct {
	b       *Builder
	f       *tape.Frame
	h       tape.Heads
	q, k, v *tape.Tensor
}

// crossAttention cuts a projection of keys and values in two, splits heads, and
// scales the queries. The frame holds q already. many says that the heads of a sample
// stand before several images.
func (b *Builder) crossAttention(f *tape.Frame, q, kv *tape.Tensor, h tape.Heads, many bool) *crossAttention {
	t := b.T
	a := &crossAttention{b: b, f: f, h: h}
	half := []tape.Dim{h.Batch, h.Keys, h.Heads.Times(h.Dim)}
	parts := t.Split(kv, half, half)
	t.Done(kv)
	k, v := f.V(parts[0]), f.V(parts[1])
	split := func(x, seen *tape.Tensor, length tape.Dim) *tape.Tensor {
		return f.Re(x, t.View(seen, h.Batch, h.Heads, length, h.Dim))
	}
	q = split(q, t.CopyBack(q, h.Batch, h.Queries, h.Heads, h.Dim), h.Queries)
	side := t.View // the gradient of a transposed key comes back with its heads side by side
	if many {
		side = t.CopyBack
	}
	a.k = split(k, side(k, h.Batch, h.Keys, h.Heads, h.Dim), h.Keys)
	a.v = split(v, t.CopyBack(v, h.Batch, h.Keys, h.Heads, h.Dim), h.Keys)
	a.q = f.Re(q, t.MulS(q))
	return a
}

// scores is einsum("... i d, ... j d -> ... i j", q, k).
func (a *crossAttention) scores() *tape.Tensor {
	h := a.h
	return a.b.T.MatMulCopied(a.q, a.k, a.b.copies(h.Queries, h), a.b.copies(h.Keys, h), h.Batch, h.Heads, h.Queries, h.Keys)
}

// lessLargest is sim - sim.amax(dim=-1, keepdim=True).detach().
func (b *Builder) lessLargest(x *tape.Tensor) *tape.Tensor {
	t, d := b.T, x.Dims()
	return t.Sub(x, t.Make("largest score", x.DType(), append(append([]tape.Dim(nil), d[:len(d)-1]...), tape.One)))
}

// output, of weights that the frame holds, is einsum("... i j, ... j d -> ... i d", attn, v), the heads side by
// side.
func (a *crossAttention) output(weights *tape.Tensor) *tape.Tensor {
	t, h, f := a.b.T, a.h, a.f
	y := f.V(t.MatMulCopied(weights, a.v, false, a.b.copies(h.Keys, h), h.Batch, h.Heads, h.Queries, h.ValueDim))
	y = f.Re(y, a.b.transposed(y, h))
	return t.View(y, h.Batch, h.Queries, h.Heads.Times(h.ValueDim))
}
