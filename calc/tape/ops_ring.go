package tape

// RingSDPA is flash attention over a sequence that n GPUs share, as
// torch.distributed's context parallelism runs it for its first rank
// (torch/distributed/tensor/experimental/_context_parallel/_attention.py):
// causal, balanced, keys and values of all GPUs gathered at once, partial
// results merged in fp32. After its own keys the rank meets those of every other
// with the second half of its queries; every such round is like the second.
func (t *Tape) RingSDPA(q, k, v *Tensor, h Heads, n int64) *Tensor {
	r := ring{t, h, n, t.Fraction("halfTokens", "half of a GPU's tokens", h.Queries, 2)}
	outs := t.run(op{
		ins:   []*Tensor{q, k, v},
		saves: []*Tensor{k, q, v},
		outs:  func() []*Tensor { return r.forward(q, k, v) },
		keep:  []int{1, 0, 3, 2},
		back:  func(*Backward) []*Tensor { return r.backward(q, k, v) },
	})
	t.done(outs[1:]...)
	t.done(q, k, v)
	return outs[0]
}

// A ring is what the rounds of one call share.
type ring struct {
	t    *Tape
	h    Heads
	n    int64
	half Dim // half of the queries
}

// rounds is how many are written out: a third is like the second.
func (r ring) rounds() int { return int(min(r.n-1, 2)) }

// contiguous copies keys and values.
func (r ring) contiguous(k, v *Tensor) (keys, values *Tensor) {
	return r.t.like("contiguous keys", k.dt, k), r.t.like("contiguous values", v.dt, v)
}

// joined is keys and values in one piece, and those of all GPUs.
func (r ring) joined(k, v *Tensor) (own, all *Tensor) {
	t := r.t
	size := t.SumOf("ringElements", "elements of a GPU's keys and values", Numel(k.dims), Numel(v.dims))
	own = t.make("keys and values", k.dt, size)
	return own, t.make("keys and values of all GPUs", k.dt, size.By(r.n))
}

func (r ring) forward(q, k, v *Tensor) []*Tensor {
	t, h := r.t, r.h
	keys, values := r.contiguous(k, v)
	own, all := r.joined(k, v)
	t.done(own)
	out := t.make("attention output of own keys", q.dt, h.Batch, h.Queries, h.Heads, h.ValueDim)
	lse := t.make("log-sum-exp", F32, h.Batch, h.Heads, h.Queries)
	seed, offset := t.make("random state", I64, N(2)), t.make("random offset", I64, One)
	merged := t.make("merged output", F32, h.Batch, h.Queries, h.Heads, h.ValueDim)
	t.done(keys, values)
	for range r.rounds() {
		part := t.make("attention output of half the queries", q.dt, h.Batch, r.half, h.Heads, h.ValueDim)
		partLSE := t.make("log-sum-exp of half the queries", F32, h.Batch, h.Heads, r.half)
		t.done(out)
		out = part
		merged, lse = r.merge(merged, lse)
		t.done(partLSE)
	}
	y := t.make("attention output", q.dt, h.Batch, h.Queries, h.Heads, h.ValueDim)
	t.done(merged, all, out)
	return []*Tensor{y, lse, seed, offset}
}

// merge takes a partial output in: the half that it is of is made anew, then the
// whole.
func (r ring) merge(merged, lse *Tensor) (*Tensor, *Tensor) {
	t, h := r.t, r.h
	rows := []Dim{h.Batch, h.Heads, r.half}
	wide := []Dim{h.Batch, r.half, h.Heads, h.ValueDim}
	block := t.make("partial output in fp32", F32, wide...)
	weight := t.make("weight of the partial output", F32, rows...)
	apart := t.make("difference of outputs", F32, wide...)
	step := t.make("weighted difference of outputs", F32, wide...)
	t.done(weight, apart)
	part := t.make("merged half", F32, wide...)
	t.done(step)
	partLSE := t.make("merged log-sum-exp of half", F32, rows...)
	newLSE := t.like("log-sum-exp", F32, lse)
	t.done(lse)
	now := t.like("merged output", F32, merged)
	t.done(merged, partLSE, part, block)
	return now, newLSE
}

func (r ring) backward(q, k, v *Tensor) []*Tensor {
	t := r.t
	gq := t.like("gradient of query in fp32", F32, q)
	gk, gv := t.like("gradient of key in fp32", F32, k), t.like("gradient of value in fp32", F32, v)
	keys, values := r.contiguous(k, v)
	own, all := r.joined(k, v)
	round := r.round(q, k, v, r.h.Queries)
	flatK, flatV := t.like("key gradient in rows", F32, k), t.like("value gradient in rows", F32, v)
	size := t.SumOf("ringElements", "elements of a GPU's keys and values", Numel(k.dims), Numel(v.dims))
	joined := t.make("key and value gradients", F32, size)
	t.done(flatK, flatV)
	sent := t.make("key and value gradients of the GPU before", F32, size)
	var halfLSE, held *Tensor
	for range r.rounds() {
		l := t.make("log-sum-exp of half the queries", F32, r.h.Batch, r.h.Heads, r.half)
		t.done(halfLSE, keys, values)
		halfLSE, keys, values = l, nil, nil
		next := r.round(q, k, v, r.half)
		t.done(round...)
		round = next
		t.done(joined, gk, gv)
		gk, gv = nil, nil
		joined = t.make("key and value gradients", F32, size)
		arrived := t.make("key and value gradients of the GPU before", F32, size)
		t.done(held)
		held, sent = sent, arrived
		whole := t.like("gradient of query in fp32", F32, q)
		t.done(gq)
		gq = whole
	}
	outQ := t.like("gradient of query", q.dt, q)
	t.done(gq)
	outKV := t.make("gradients of key and value", k.dt, size)
	t.done(joined, sent)
	t.done(round...)
	t.done(all, held, halfLSE, keys, values, own)
	outK := t.alias(outKV, k.dims)
	outV := t.alias(outKV, v.dims)
	t.done(outKV)
	return []*Tensor{outQ, outK, outV}
}

// round is flash's backward with some of the queries: what it gives stays until
// the next round's.
func (r ring) round(q, k, v *Tensor, queries Dim) []*Tensor {
	t, h := r.t, r.h
	out := t.make("attention output made contiguous", q.dt, h.Batch, queries, h.Heads, h.ValueDim)
	gq := t.make("gradient of query", q.dt, h.Batch, queries, h.Heads, h.Dim)
	gk, gv := t.like("gradient of key", k.dt, k), t.like("gradient of value", v.dt, v)
	padded := t.RoundUp(queries, flashBackward)
	sums := t.make("softmax gradient sums", F32, h.Batch, h.Heads, padded)
	acc := t.make("query gradient in fp32", F32, h.Batch, padded, h.Heads, t.flashWidth(h.Dim))
	if h.KVHeads != h.Heads {
		ek := t.make("gradient of repeated key", k.dt, h.Batch, h.Keys, h.Heads, h.Dim)
		ev := t.make("gradient of repeated value", v.dt, h.Batch, h.Keys, h.Heads, h.ValueDim)
		t.done(ek, ev)
	}
	t.done(acc, sums, out)
	return []*Tensor{gq, gk, gv}
}
