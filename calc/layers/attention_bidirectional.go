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

// biasedSDPA is sdpa_attention_forward. A bias becomes an additive mask, made
// contiguous in every layer; in a decoder it first takes the causal mask.
func (b *Builder) biasedSDPA(q, k, v, bias *tape.Tensor, h tape.Heads) (y, weights *tape.Tensor) {
	if bias == nil {
		return b.Core(q, k, v, nil, h)
	}
	t := b.T
	defer t.Scope("sdpa")()
	f := t.Frame(q, k, v)
	mask := f.V(b.biasMask(bias, h))
	out := f.V(t.SDPABias(q, k, v, mask, h))
	return f.Ret(t.View(out, h.Batch, h.Queries, h.Heads.Times(h.ValueDim))), nil
}

// biasMask is create_position_bias_mask.
func (b *Builder) biasMask(bias *tape.Tensor, h tape.Heads) *tape.Tensor {
	t := b.T
	f := t.Frame()
	mask := bias
	if h.Causal && !h.Queries.IsOne() {
		square := []tape.Dim{tape.One, tape.One, h.Queries, h.Keys}
		causal := f.V(t.Make("causal mask", tape.Bool, square,
			t.Make("query positions", tape.I64, []tape.Dim{h.Queries}), t.Make("key positions", tape.I64, []tape.Dim{h.Keys})))
		mask = f.V(t.Where(causal, bias))
	}
	if b.turned(bias, h) {
		return f.Ret(t.Contiguous(mask))
	}
	return f.Ret(mask)
}

// turned says whether a bias of positions lies in memory with its heads last:
// zeros do not, nor does a bias of one head or of one position.
func (b *Builder) turned(bias *tape.Tensor, h tape.Heads) bool {
	return h.Turned && !h.Heads.IsOne() && !(h.Queries.IsOne() && h.Keys.IsOne())
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
