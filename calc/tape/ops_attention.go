package tape

import (
	"math"

	"vramcalc/calc/memory"
)

// Heads is the shape of an attention call.
type Heads struct {
	Batch, Queries, Keys Dim
	Heads, KVHeads       Dim
	Dim                  Dim // of a query or key head
	ValueDim             Dim
	Causal               bool
	Dropout              float64
}

// Blocks of the attention kernels.
const (
	flashBlockM     = 64  // rows of a split-key block
	flashBackward   = 128 // rows that flash's backward rounds the sequence to
	flashMaxSplits  = 128
	efficientBlock  = 64
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
	flash := lq.dt != F32
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
	rows := h.Batch.Times(h.Heads)
	outs := t.run(op{
		ins:   []*Tensor{q, k, v},
		saves: []*Tensor{k, q, v},
		outs: func() []*Tensor {
			y := t.make("attention output", q.dt, h.Batch, h.Queries, h.Heads, h.ValueDim)
			lse := t.make("log-sum-exp", F32, h.Batch, h.Heads, h.Queries)
			t.flashSplit(h)
			seed := t.make("random state", I64, N(2))
			offset := t.make("random offset", I64, One)
			return []*Tensor{y, lse, seed, offset}
		},
		keep: []int{1, 0, 3, 2},
		back: func(b *Backward) []*Tensor {
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
			t.done(acc, sums)
			return []*Tensor{gq, gk, gv}
		},
	})
	_ = rows
	t.done(outs[1:]...)
	return outs[0]
}

// flashWidth is the head width that flash computes with: to 32, above 64 to 64.
func (t *Tape) flashWidth(d Dim) Dim {
	if n, ok := d.Const(); ok {
		return N(flashRound(n))
	}
	return t.kernel("paddedHeadDim", "head width padded for flash attention", t.text(d), func(v *Values) int64 { return flashRound(d.eval(v)) })
}

func flashRound(n int64) int64 {
	if n <= 64 {
		return ceilDiv(n, 32) * 32
	}
	return ceilDiv(n, 64) * 64
}

// flashSplit is the scratch of splitting the keys where the card would not be
// filled (flash_api.cpp, set_params_splitkv): partial outputs and their
// log-sum-exp in fp32. Dropout is not split.
func (t *Tape) flashSplit(h Heads) {
	if h.Dropout > 0 {
		return
	}
	rows := h.Batch.Times(h.Heads)
	sms := t.sms
	args := "(" + t.text(rows) + "," + t.text(h.Queries) + "," + t.text(h.Keys) + "," + t.text(h.Dim) + ")"
	splits := t.kernel("splitParts", "parts of the keys in flash attention beyond the unsplit form, 0 where the card is filled", args,
		func(v *Values) int64 {
			n := flashSplits(rows.eval(v), h.Queries.eval(v), h.Keys.eval(v), h.Dim.eval(v), sms.eval(v))
			if n < 2 {
				return 0
			}
			return n
		})
	t.Scratch("partial results of split attention",
		splits.Times(rows, h.Queries).By(4),
		splits.Times(rows, h.Queries, t.flashWidth(h.Dim)).By(4))
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
	need := q.Requires() || k.Requires() || v.Requires()
	outs := t.run(op{
		ins:   []*Tensor{q, k, v},
		saves: []*Tensor{k, q, v},
		outs: func() []*Tensor {
			seed := t.make("random state", I64, One)
			offset := t.make("random offset", I64, One)
			y := t.make("attention output", q.dt, h.Batch, h.Queries, h.Heads, h.ValueDim)
			lse := t.make("log-sum-exp", F32, h.Batch, h.Heads, t.efficientRows(need && t.grad, h.Queries))
			return []*Tensor{y, lse, seed, offset}
		},
		keep: []int{1, 0, 3, 2},
		back: func(b *Backward) []*Tensor {
			gq := t.like("gradient of query", q.dt, q)
			gk := t.like("gradient of key", k.dt, k)
			gv := t.like("gradient of value", v.dt, v)
			var ek, ev *Tensor
			if h.KVHeads != h.Heads {
				ek = t.make("gradient of repeated key", k.dt, h.Batch, h.Keys, h.Heads, h.Dim)
				ev = t.make("gradient of repeated value", v.dt, h.Batch, h.Keys, h.Heads, h.ValueDim)
			}
			t.efficientDelta(b.G[0], h)
			t.done(ek, ev)
			return []*Tensor{gq, gk, gv}
		},
	})
	t.done(outs[1:]...)
	return outs[0]
}

// efficientRows is the length of the kernel's log-sum-exp: rounded up where
// a gradient will need it, else empty.
func (t *Tape) efficientRows(need bool, queries Dim) Dim {
	if !need {
		return N(0)
	}
	return t.RoundUp(queries, efficientAlign)
}

// efficientDelta is the scratch of the memory-efficient backward: output
// times gradient in fp32, its row sums in two layouts, and the accumulators
// of key and value blocks.
func (t *Tape) efficientDelta(g *Tensor, h Heads) {
	prod := t.make("output times gradient", F32, h.Batch, h.Queries, h.Heads, h.ValueDim)
	sum := t.make("row sums", F32, h.Batch, h.Queries, h.Heads)
	var delta *Tensor
	if !h.Heads.IsOne() && !h.Queries.IsOne() {
		delta = t.make("row sums by head", F32, h.Batch, h.Heads, h.Queries)
		t.done(sum)
		sum = nil
	}
	t.done(prod)
	rows, keys, dim := h.Batch.Times(h.Heads), h.Keys, h.Dim
	args := "(" + t.text(rows) + "," + t.text(keys) + "," + t.text(dim) + ")"
	space := t.kernel("attentionWorkspace", "workspace of the memory-efficient attention backward, bytes", args, func(v *Values) int64 {
		return mulCap(rows.eval(v), efficientWorkspace(keys.eval(v), dim.eval(v)))
	})
	t.Scratch("attention backward workspace", space)
	t.done(delta, sum)
	_ = memory.Temporaries
}

// efficientWorkspace is the workspace of one head in bytes: a key block of
// gradients in fp32 and 1/16 of a row for bookkeeping, the kernel being chosen
// for a head width of 32, 64 or 128.
func efficientWorkspace(keys, dim int64) int64 {
	width, block := int64(128), int64(128)
	switch {
	case dim <= 32:
		width, block = 32, efficientBlock
	case dim <= 64:
		width, block = 64, efficientBlock
	}
	n := ceilDiv(keys, block) * block
	return mulCap(n, width*4) + n/4
}
