package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// plainCore is the attention of BERT, T5 and their relatives, whose eager form
// takes the softmax in the scores' own type and adds a bias of positions. q is
// [B, a, S, d], k and v [B, a, T, d]; bias, [1, a, S, T], and the additive mask
// of eager attention may be nil.
func (b *Builder) plainCore(q, k, v, mask, bias *tape.Tensor, h tape.Heads) (y, weights *tape.Tensor) {
	if b.Attention.Implementation != workload.Eager {
		return b.biasedSDPA(q, k, v, bias, h)
	}
	t := b.T
	defer t.Scope("eager attention")()
	f := t.Frame(q, k, v)
	scores := []tape.Dim{h.Batch, h.Heads, h.Queries, h.Keys}
	w := f.V(t.MulS(t.MatMul(b.batched(q, h.Queries, h), b.batched(k, h.Keys, h), scores...)))
	if bias != nil {
		w = f.Re(w, t.Add(w, bias))
	}
	if mask != nil {
		w = f.Re(w, t.Add(w, mask))
	}
	dt := w.DType()
	if t.IsAutocast() {
		dt = tape.F32
	}
	w = f.Re(w, t.Softmax(w, dt))
	w = f.Re(w, t.Dropout(w, h.Dropout))
	out := f.V(t.MatMul(w, b.batched(v, h.Keys, h), h.Batch, h.Heads, h.Queries, h.ValueDim))
	out = f.Re(out, b.transposed(out, h))
	return f.Ret2(t.View(out, h.Batch, h.Queries, h.Heads.Times(h.ValueDim)), w)
}

// biasedSDPA is sdpa_attention_forward.
func (b *Builder) biasedSDPA(q, k, v, bias *tape.Tensor, h tape.Heads) (y, weights *tape.Tensor) {
	return b.Core(q, k, v, nil, h)
}

// splitHeads is view(B, S, heads, d).transpose(1, 2) of a projection whose
// result goes to attention as it is. The gradients of sdpa fit that view,
// those of eager attention are copied into it.
func (b *Builder) splitHeads(x *tape.Tensor, heads, width tape.Dim) *tape.Tensor {
	t, d := b.T, x.Dims()
	if b.Attention.Implementation == workload.Eager {
		x = t.CopyBack(x, d[0], d[1], heads, width)
	} else {
		x = t.View(x, d[0], d[1], heads, width)
	}
	return t.View(x, d[0], heads, d[1], width)
}
