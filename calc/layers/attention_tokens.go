package layers

import (
	"slices"

	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// padded says whether samples of a batch are filled up to the longest.
func (b *Builder) padded() bool {
	return !b.Train.Packing && !b.flat() && slices.ContainsFunc(b.lengths(), func(n int64) bool { return n < b.Train.Sequence })
}

// lengths are the real lengths of a batch's samples, none where all are alike.
func (b *Builder) lengths() []int64 {
	all := b.Train.Lengths
	if len(all) == 0 {
		return nil
	}
	out := make([]int64, b.Train.Batch)
	for i := range out {
		out[i] = all[i%len(all)]
	}
	return out
}

// masksTokens says whether the model has been handed a mask of its tokens.
func (b *Builder) masksTokens() bool {
	return b.session == nil && b.TakesMask && (b.Software.Trainer || b.padded())
}

// maskOfTokens is the mask of causal attention where the tokens come with a
// mask of their own (masking_utils.create_causal_mask): a kernel needs none
// unless it hides padding or attention has a window.
func (b *Builder) maskOfTokens(dt tape.DType, length tape.Dim, window int64) *tape.Tensor {
	t := b.T
	tokens := []tape.Dim{b.B, length}
	f := t.Frame()
	f.V(t.Make("tokens", tape.Bool, tokens))
	windowed := window > 0 && (b.eagerly() || t.AtLeast(length, window))
	b.hides = b.hides || b.padded()
	if !b.eagerly() && !windowed && b.Attention.Implementation != workload.FlashAttention2 {
		t.Done(t.Make("number of tokens", tape.I64, []tape.Dim{tape.One}, t.Make("tokens as numbers", tape.I64, tokens)))
	}
	switch {
	case b.Attention.Implementation == workload.FlashAttention2:
		return f.Ret(nil)
	case b.eagerly() && !windowed:
		return f.Ret(b.tokenMask(dt, length))
	case !windowed && !b.padded():
		return f.Ret(nil)
	}
	return f.Ret(b.paddedMask(dt, length, windowed))
}

// paddedMask is the mask of causal attention, within a window or not, and of
// padding: numbers for attention in operators, else booleans [B, 1, S, S].
func (b *Builder) paddedMask(dt tape.DType, length tape.Dim, windowed bool) *tape.Tensor {
	t := b.T
	row, one := []tape.Dim{length}, []tape.Dim{tape.One}
	square := []tape.Dim{tape.One, tape.One, length, length}
	each := []tape.Dim{b.B, tape.One, length, length}
	keys := []tape.Dim{b.B, tape.One, tape.One, length}
	f := t.Frame()
	f.V(t.Make("batch index", tape.I64, []tape.Dim{b.B}))
	f.V(t.Make("head index", tape.I64, one))
	f.V(t.Make("query index", tape.I64, row, t.Make("range", tape.I64, row)))
	f.V(t.Make("key index", tape.I64, row, t.Make("range", tape.I64, row)))
	g := t.Frame()
	all := g.V(t.Make("all", tape.Bool, one))
	if windowed {
		all = g.Re(all, t.Make("allowed", tape.Bool, square, b.withinWindow(length)))
	} else {
		all = g.Re(all, t.Make("allowed", tape.Bool, square, t.Make("not after the query", tape.Bool, square)))
	}
	batch, key := t.Make("batch of a key", tape.I64, keys), t.Make("place of a key", tape.I64, keys)
	all = g.Re(all, t.Make("allowed", tape.Bool, each, t.Make("is a token", tape.Bool, keys, batch, key)))
	mask := f.Ret(g.Ret(all))
	if !b.eagerly() {
		return mask
	}
	e := t.Frame(mask)
	zero, least := t.Make("zero", dt, one), t.Make("least number", dt, one)
	return e.Ret(t.Make("mask", dt, each, zero, least))
}

// withinWindow is a mask of causal attention within a window [1, 1, S, S].
func (b *Builder) withinWindow(length tape.Dim) *tape.Tensor {
	t := b.T
	square := []tape.Dim{tape.One, tape.One, length, length}
	g := t.Frame()
	allowed := g.V(t.Make("all allowed", tape.Bool, []tape.Dim{tape.One}))
	allowed = g.Re(allowed, t.Make("allowed", tape.Bool, square,
		t.Make("within the window", tape.Bool, square, t.Make("query index less the window", tape.I64, []tape.Dim{length}))))
	return g.Ret(g.Re(allowed, t.Make("allowed", tape.Bool, square, t.Make("not after the query", tape.Bool, square))))
}
