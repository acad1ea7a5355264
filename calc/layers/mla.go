package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// mla is DeepSeek's multi-head latent attention: keys and values come from one
// compressed latent, and a part of each head rotates.
type mla struct {
	b              *Builder
	s              Sizes
	m              workload.Text
	q, qa, qb      *Linear // a plain query projection, or a compressed one
	qaNorm, kvNorm *RMSNorm
	kva, kvb, o    *Linear

	nope, rope, value, latent  tape.Dim // widths
	head, keyValue, compressed tape.Dim // nope + rope, nope + value, latent + rope
}

func (b *Builder) mla(m workload.Text, s Sizes) *mla {
	t := b.T
	a := &mla{b: b, s: s, m: m,
		nope:   t.Symbol("dn", "head width that does not rotate", m.QKNopeDim),
		rope:   t.Symbol("dr", "head width that rotates", m.QKRopeDim),
		value:  t.Symbol("dv", "head width of values", m.VHeadDim),
		latent: t.Symbol("kvr", "rank of the key-value latent", m.KVLoRARank),
	}
	a.head = t.Sum("qkHeadDim", "head width of queries and keys", a.nope, a.rope)
	a.keyValue = t.Sum("kvHeadDim", "head width of what the latent expands to", a.nope, a.value)
	a.compressed = t.Sum("kvCompressed", "latent and rotating key", a.latent, a.rope)
	defer b.In("self_attn")()
	if m.QLoRARank > 0 {
		rank := t.Symbol("qr", "rank of the query latent", m.QLoRARank)
		a.qa = b.Linear("q_a_proj", s.H, rank, m.QKVBias)
		a.qaNorm = b.RMSNorm("q_a_layernorm", rank)
		a.qb = b.Linear("q_b_proj", rank, s.Heads.Times(a.head), false)
	} else {
		a.q = b.Linear("q_proj", s.H, s.Heads.Times(a.head), false)
	}
	a.kva = b.Linear("kv_a_proj_with_mqa", s.H, a.compressed, m.QKVBias)
	a.kvNorm = b.RMSNorm("kv_a_layernorm", a.latent)
	a.kvb = b.Linear("kv_b_proj", a.latent, s.Heads.Times(a.keyValue), false)
	a.o = b.Linear("o_proj", s.Heads.Times(a.value), s.H, m.OutBias)
	return a
}

// forward is DeepseekV2Attention's forward.
func (a *mla) forward(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b, s := a.b.T, a.b, a.s
	defer t.Scope("self_attn")()
	f := t.Frame(x)
	d := x.Dims()
	split := func(x *tape.Tensor, first, second tape.Dim) (*tape.Tensor, *tape.Tensor) {
		lead := x.Dims()[:len(x.Dims())-1]
		part := func(last tape.Dim) []tape.Dim { return append(append([]tape.Dim(nil), lead...), last) }
		parts := t.Split(x, part(first), part(second))
		return f.V(parts[0]), f.V(parts[1])
	}
	q := f.V(t.View(t.CopyBack(a.query(x), d[0], d[1], s.Heads, a.head), d[0], s.Heads, d[1], a.head))
	qNope, qRot := split(q, a.nope, a.rope)
	compressed := f.V(a.kva.Forward(x))
	latent, kRot := split(compressed, a.latent, a.rope)
	normed := f.V(t.View(a.kvNorm.Forward(latent), d[0], tape.One, d[1], a.latent))
	key := f.V(t.View(kRot, d[0], tape.One, d[1], a.rope))
	q2, k2 := a.rotate(qRot, key, c)
	qRot, key = f.Re(qRot, q2), f.Re(key, k2)
	h := tape.Heads{
		Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.Heads, Dim: a.head, ValueDim: a.value,
		Causal: true, Dropout: a.m.AttentionDrop,
	}
	normed, key, h = b.remembered(f, normed, key, h)
	queries := f.V(t.Cat([]tape.Dim{d[0], s.Heads, d[1], a.head}, qNope, qRot))
	keys, values := a.expand(normed, key)
	keys, values = f.V(keys), f.V(values)
	y, weights = b.Core(queries, keys, values, c.Mask, h)
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, a.o.Forward(y))
	return f.Ret2(y, weights)
}

// rotate turns the rotating parts: as complex numbers in DeepSeek-V2, as
// halves after sorting even and odd numbers apart in V3.
func (a *mla) rotate(q, k *tape.Tensor, c *Context) (*tape.Tensor, *tape.Tensor) {
	b := a.b
	if a.m.Family == workload.DeepSeekV2 {
		return b.complexRotary(q, k, c.Cos)
	}
	return b.interleavedRotary(q, k, c.Cos, c.Sin)
}

// interleavedRotary is apply_rotary_pos_emb_interleave: even and odd numbers of
// a head turn against each other and come out as its halves.
func (b *Builder) interleavedRotary(q, k, cos, sin *tape.Tensor) (*tape.Tensor, *tape.Tensor) {
	t := b.T
	defer t.Scope("rotary")()
	f := t.Frame(q, k, cos, sin)
	half := func(x *tape.Tensor, dims ...tape.Dim) *tape.Tensor {
		return f.V(t.Slice(x, append(dims, b.Half("half", x.Last()))...))
	}
	d := cos.Dims()
	c, s := half(cos, d[0], tape.One, d[1]), half(sin, d[0], tape.One, d[1])
	parts := func(x *tape.Tensor) (even, odd *tape.Tensor) {
		d := x.Dims()
		return half(x, d[:3:3]...), half(x, d[:3:3]...)
	}
	q1, q2 := parts(q)
	k1, k2 := parts(k)
	turn := func(x, even, odd *tape.Tensor) *tape.Tensor {
		first := t.Sub(t.Mul(even, c), t.Mul(odd, s))
		return f.V(t.Cat(x.Dims(), first, t.Add(t.Mul(odd, c), t.Mul(even, s))))
	}
	qe := turn(q, q1, q2)
	return f.Ret2(qe, turn(k, k1, k2))
}

func (a *mla) query(x *tape.Tensor) *tape.Tensor {
	if a.q != nil {
		return a.q.Forward(x)
	}
	return a.qb.Forward(a.qaNorm.Forward(a.qa.Forward(x)))
}

// expand turns the latent into keys and values of every head; the rotating
// key, one for all heads, is copied into each.
func (a *mla) expand(latent, rotating *tape.Tensor) (keys, values *tape.Tensor) {
	t, s := a.b.T, a.s
	defer t.Scope("expand_kv")()
	f := t.Frame(latent, rotating)
	d := latent.Dims()
	batch, seq := d[0], d[2]
	flat := a.kvb.Forward(t.View(latent, batch, seq, a.latent))
	kv := f.V(t.View(t.CopyBack(flat, batch, seq, s.Heads, a.keyValue), batch, s.Heads, seq, a.keyValue))
	parts := t.Split(kv, []tape.Dim{batch, s.Heads, seq, a.nope}, []tape.Dim{batch, s.Heads, seq, a.value})
	nope, values := f.V(parts[0]), f.V(parts[1])
	keys = f.V(t.Filled([]tape.Dim{batch, s.Heads, seq, a.head}, nope, rotating))
	return f.Ret2(keys, values)
}

// complexRotary rotates pairs of numbers as complex ones, in fp32.
func (b *Builder) complexRotary(q, k, table *tape.Tensor) (*tape.Tensor, *tape.Tensor) {
	t := b.T
	defer t.Scope("rotary")()
	f := t.Frame(q, k, table)
	d := table.Dims()
	turn := f.V(t.View(table, d[0], tape.One, d[1], d[2]))
	q32, k32 := f.V(t.To(q, tape.F32)), f.V(t.To(k, tape.F32))
	qt := f.V(t.To(t.Turn(q32, turn), q.DType()))
	kt := f.V(t.To(t.Turn(k32, turn), k.DType()))
	return f.Ret2(qt, kt)
}

// complexTable is the table of complex rotations [1, S, dr/2], as wide in
// bytes as dr numbers in fp32.
func (b *Builder) complexTable(positions *tape.Tensor, rope tape.Dim) *tape.Tensor {
	t := b.T
	defer t.Scope("rotary_emb")()
	p := positions.Dims()
	half := append(append([]tape.Dim(nil), p...), b.Half("half", rope))
	full := append(append([]tape.Dim(nil), p...), rope)
	f := t.Frame(positions)
	freqs := f.V(t.Make("frequencies", tape.F32, half, t.Make("positions in fp32", tape.F32, p)))
	unit := t.Make("ones", tape.F32, half)
	table := f.V(t.Make("rotations", tape.F32, full, unit))
	_ = freqs
	table = f.Re(table, t.Make("rotations, scaled", tape.F32, full))
	return f.Ret(table)
}
