package tape

import (
	"math"

	"vramcalc/calc/say"
)

// Heads is the shape of an attention call.
type Heads struct {
	Batch, Queries, Keys Dim
	Heads, KVHeads       Dim
	Dim                  Dim // of a query or key head
	ValueDim             Dim
	Causal               bool
	Dropout              float64
	// Packed says that query and key come as [B, a, S, d] in memory too, and
	// not in the projections' layout [B, S, a, d].
	Packed bool
	// Fused says that query, key and value are parts of one projection: the
	// memory-efficient kernel makes their gradients in one piece.
	Fused bool
	// Window is how many tokens a query sees at most, itself included; 0 = all.
	// It decides what a cache keeps, not what the kernels take.
	Window int64
	// Turned says that a bias of positions lies in memory with its heads last.
	Turned bool
}

// split says whether the two layouts differ.
func (h Heads) split() bool { return !h.Heads.IsOne() && !h.Queries.IsOne() }

// Blocks of the attention kernels.
const (
	flashBlockM     = 64  // rows of a split-key block
	flashBackward   = 128 // rows that flash's backward rounds the sequence to
	flashMaxSplits  = 128
	efficientAlign  = 32 // the memory-efficient kernel rounds the log-sum-exp to this many queries
	flashNearlyFull = 0.8
	flashEfficiency = 0.85
)

// SDPA is torch's scaled_dot_product_attention without a mask: the flash
// kernel for 16-bit types, the memory-efficient kernel for fp32. It saves
// query, key, value, its output and the log-sum-exp. Key and value heads may
// be fewer (grouped-query attention).
func (t *Tape) SDPA(q, k, v *Tensor, h Heads) *Tensor {
	lv := t.lower(v)
	lk := t.lower(k)
	lq := t.lower(q)
	flash := lq.dt != F32 && h.Dim == h.ValueDim // flash needs values as wide as keys
	var y *Tensor
	if flash {
		y = t.flash(lq, lk, lv, h)
	} else {
		y = t.efficient(lq, lk, lv, h)
	}
	t.done(lq, lk, lv, q, k, v)
	return y
}

func (t *Tape) flash(q, k, v *Tensor, h Heads) *Tensor {
	outs := t.run(op{
		ins:   []*Tensor{q, k, v},
		saves: []*Tensor{k, q, v},
		outs: func() []*Tensor {
			y := t.make("attention output", q.dt, h.Batch, h.Queries, h.Heads, h.ValueDim)
			lse := t.make("log-sum-exp", F32, h.Batch, h.Heads, h.Queries)
			partial := t.flashSplit(h)
			seed := t.make("random state", I64, N(2))
			offset := t.make("random offset", I64, One)
			if h.Dropout > 0 {
				t.Scratch("random state of dropout", N(2*I64.Size()))
			}
			t.done(partial...)
			t.attentionWork(q.dt, h)
			return []*Tensor{y, lse, seed, offset}
		},
		keep: []int{1, 0, 3, 2},
		back: func(b *Backward) []*Tensor {
			var out *Tensor
			if h.Packed && h.split() {
				out = t.like("attention output made contiguous", q.dt, q)
			}
			gq := t.like("gradient of query", q.dt, q)
			gk := t.like("gradient of key", k.dt, k)
			gv := t.like("gradient of value", v.dt, v)
			padded := t.RoundUp(h.Queries, flashBackward)
			width := t.flashWidth(h.Dim)
			sums := t.make("softmax gradient sums", F32, h.Batch, h.Heads, padded)
			acc := t.make("query gradient in fp32", F32, h.Batch, padded, h.Heads, width)
			if h.KVHeads != h.Heads {
				ek := t.make("gradient of repeated key", k.dt, h.Batch, h.Keys, h.Heads, h.Dim)
				ev := t.make("gradient of repeated value", v.dt, h.Batch, h.Keys, h.Heads, h.ValueDim)
				t.done(ek, ev)
			}
			t.done(acc, sums, out)
			t.attentionBackwardWork(q.dt, h)
			return []*Tensor{gq, gk, gv}
		},
	})
	t.done(outs[1:]...)
	return outs[0]
}

// flashWidth is the head width that flash computes with: to 32, above 128 to 64.
func (t *Tape) flashWidth(d Dim) Dim {
	if n, ok := d.Const(); ok {
		return N(flashRound(n))
	}
	return t.kernel("paddedHeadDim", say.F("head width padded for flash attention"), t.text(d), func(v *Values) int64 { return flashRound(d.eval(v)) })
}

func flashRound(n int64) int64 {
	if n <= 128 {
		return ceilDiv(n, 32) * 32
	}
	return ceilDiv(n, 64) * 64
}

// flashSplit is the scratch of splitting the keys where the card would not be
// filled (flash_api.cpp, set_params_splitkv): partial outputs and their
// log-sum-exp in fp32. Dropout is not split.
func (t *Tape) flashSplit(h Heads) []*Tensor {
	if h.Dropout > 0 {
		return nil
	}
	rows := h.Batch.Times(h.Heads)
	sms := t.sms
	args := "(" + t.text(rows) + "," + t.text(h.Queries) + "," + t.text(h.Keys) + "," + t.text(h.Dim) + ")"
	splits := t.kernel("splitParts", say.F("parts of the keys in flash attention beyond the unsplit form, 0 where the card is filled"), args,
		func(v *Values) int64 {
			n := flashSplits(rows.eval(v), h.Queries.eval(v), h.Keys.eval(v), h.Dim.eval(v), sms.eval(v))
			if n < 2 {
				return 0
			}
			return n
		})
	return []*Tensor{
		t.make("partial log-sum-exp of split attention", F32, splits, rows, h.Queries),
		t.make("partial output of split attention", F32, splits, rows, h.Queries, t.flashWidth(h.Dim)),
	}
}

func flashSplits(rows, queries, keys, dim, sms int64) int64 {
	if sms <= 0 || keys <= 0 {
		return 1
	}
	blockN := int64(64)
	switch {
	case dim <= 64:
		blockN = 256
	case dim <= 128:
		blockN = 128
	}
	nBlocks := ceilDiv(keys, blockN)
	blocks := float64(mulCap(rows, ceilDiv(queries, flashBlockM)))
	wide := 2 * sms // 128 threads a block: two blocks an SM
	if blocks >= flashNearlyFull*float64(wide) {
		return 1
	}
	limit := min(flashMaxSplits, wide, nBlocks)
	eligible := func(n int64) bool { return n == 1 || ceilDiv(nBlocks, n) != ceilDiv(nBlocks, n-1) }
	efficiency := func(n int64) float64 {
		waves := blocks * float64(n) / float64(wide)
		return waves / math.Ceil(waves)
	}
	best := 0.0
	for n := int64(1); n <= limit; n++ {
		if eligible(n) {
			best = max(best, efficiency(n))
		}
	}
	for n := int64(1); n <= limit; n++ {
		if eligible(n) && efficiency(n) >= flashEfficiency*best {
			return n
		}
	}
	return 1
}

func (t *Tape) efficient(q, k, v *Tensor, h Heads) *Tensor {
	return t.efficientBias(q, k, v, nil, h)
}

// efficientBias is the kernel with a mask, which it saves, or without.
func (t *Tape) efficientBias(q, k, v, bias *Tensor, h Heads) *Tensor {
	need := q.Requires() || k.Requires() || v.Requires()
	outs := t.run(op{
		ins:   []*Tensor{q, k, v, bias},
		saves: []*Tensor{bias, k, q, v},
		outs: func() []*Tensor {
			var seed, offset *Tensor // with dropout they are numbers of the host
			if h.Dropout <= 0 {
				seed = t.make("random state", I64, One)
				offset = t.make("random offset", I64, One)
			}
			y := t.make("attention output", q.dt, h.Batch, h.Queries, h.Heads, h.ValueDim)
			lse := t.make("log-sum-exp", F32, h.Batch, h.Heads, t.efficientRows(need && t.grad, h.Queries))
			t.Scratch("attention output in fp32", t.efficientOutput(q.dt, h))
			t.attentionWork(q.dt, h)
			return []*Tensor{y, lse, seed, offset}
		},
		keep: []int{1, 0, 3, 2},
		back: func(b *Backward) []*Tensor {
			gq, gk, gv := t.efficientGradients(q, k, v, h)
			var gb *Tensor
			if b.Need[3] {
				gb = t.biasGradient(bias, h)
			}
			var ek, ev *Tensor
			if h.KVHeads != h.Heads {
				ek = t.make("gradient of repeated key", k.dt, h.Batch, h.Keys, h.Heads, h.Dim)
				ev = t.make("gradient of repeated value", v.dt, h.Batch, h.Keys, h.Heads, h.ValueDim)
			}
			t.efficientDelta(b.G[0], h)
			t.done(ek, ev)
			t.attentionBackwardWork(q.dt, h)
			return []*Tensor{gq, gk, gv, gb}
		},
	})
	t.done(outs[1:]...)
	return outs[0]
}

// efficientGradients makes the gradients of the operands, in one piece where
// they are parts of one tensor (aten/src/ATen/native/transformers/cuda/
// attention_backward.cu, _efficient_attention_backward).
func (t *Tape) efficientGradients(q, k, v *Tensor, h Heads) (gq, gk, gv *Tensor) {
	if !h.Fused {
		return t.like("gradient of query", q.dt, q), t.like("gradient of key", k.dt, k), t.like("gradient of value", v.dt, v)
	}
	whole := t.make("gradient of query, key and value", q.dt, h.Batch, h.Queries, N(3), h.Heads, h.Dim)
	gq, gk, gv = t.alias(whole, q.dims), t.alias(whole, k.dims), t.alias(whole, v.dims)
	t.done(whole)
	return gq, gk, gv
}

// efficientRows is the length of the kernel's log-sum-exp: rounded up where
// a gradient will need it, else empty.
func (t *Tape) efficientRows(need bool, queries Dim) Dim {
	if !need {
		return N(0)
	}
	return t.RoundUp(queries, efficientAlign)
}
