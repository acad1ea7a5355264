package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// t5Attention is T5LayerSelfAttention or T5LayerCrossAttention with its
// T5Attention: scores are not scaled, positions enter as a bias.
type t5Attention struct {
	b          *Builder
	m          workload.Text
	s          Sizes
	side       t5Side
	q, k, v, o *Linear
	table      *Embedding
	norm       *t5Norm
}

func (b *Builder) t5Attention(at, module string, m workload.Text, s Sizes, side t5Side, first bool) *t5Attention {
	defer b.In(at)()
	l := &t5Attention{b: b, m: m, s: s, side: side}
	func() {
		defer b.In(module)()
		l.q = b.Linear("q", s.H, s.Q, false)
		l.k = b.Linear("k", s.H, s.K, false)
		l.v = b.Linear("v", s.H, s.K, false)
		l.o = b.Linear("o", s.Q, s.H, false)
		if first {
			l.table = b.Embedding("relative_attention_bias", b.T.Symbol("buckets", "buckets of relative positions", m.RelativeBuckets), s.Heads)
		}
	}()
	l.norm = b.t5Norm("layer_norm", s.H)
	return l
}

// Forward is the layer's forward: norm, attention, dropout and the sum. It
// gives the bias that it was given or made, and eager's weights.
func (l *t5Attention) Forward(x, encoder, bias, mask *tape.Tensor) (y, outBias, weights *tape.Tensor) {
	t := l.b.T
	defer t.Scope(l.name(encoder))()
	f := t.Frame(x, encoder, bias)
	h := f.V(l.norm.Forward(x))
	y, outBias, weights = l.attention(h, encoder, bias, mask)
	y, outBias, weights = f.V(y), f.V(outBias), f.V(weights)
	y = f.Re(y, t.Add(x, l.b.drop(y, l.m.ResidualDrop)))
	return f.Ret3(y, outBias, weights)
}

func (l *t5Attention) name(encoder *tape.Tensor) string {
	if encoder != nil {
		return "cross_attn"
	}
	return "self_attn"
}

func (l *t5Attention) attention(x, encoder, bias, mask *tape.Tensor) (y, outBias, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	f := t.Frame(x, encoder, bias)
	from := x
	if encoder != nil {
		from = encoder
	}
	q := f.V(b.splitHeads(l.q.Forward(x), s.Heads, s.D))
	d := x.Dims()
	h := tape.Heads{
		Batch: d[0], Queries: d[1], Keys: from.Dims()[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D,
		Causal: l.side.decoder && encoder == nil, Turned: encoder == nil, Dropout: l.m.AttentionDrop,
	}
	k, v, h := l.keysAndValues(f, from, h, encoder != nil)
	switch {
	case bias != nil:
	case l.table != nil:
		bias = f.V(l.computeBias(d[1], h.Keys))
	default:
		bias = f.V(t.Make("zero bias", q.DType(), []tape.Dim{tape.One, s.Heads, d[1], h.Keys}))
		if b.Train.Checkpointing {
			t.RequireGradAlways(bias)
		}
	}
	y, weights = b.plainCore(q, k, v, mask, bias, h)
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.o.Forward(y))
	return f.Ret3(y, bias, weights)
}

// keysAndValues projects them, by way of the decoder's cache in a generation:
// those of the encoder's states are projected once.
func (l *t5Attention) keysAndValues(f *tape.Frame, from *tape.Tensor, h tape.Heads, crosses bool) (k, v *tape.Tensor, _ tape.Heads) {
	b := l.b
	if crosses && b.Decoding() {
		k, v = b.session.cache.recall()
		return f.V(k), f.V(v), h
	}
	k = f.V(b.splitHeads(l.k.Forward(from), l.s.Heads, l.s.D))
	v = f.V(b.splitHeads(l.v.Forward(from), l.s.Heads, l.s.D))
	if l.side.decoder {
		k, v, h = b.remembered(f, k, v, h)
		if crosses && b.session != nil {
			b.session.cache.settle()
		}
	}
	return k, v, h
}

// computeBias looks the bias of every query and key position up: [1, a, S, S].
func (l *t5Attention) computeBias(queries, keys tape.Dim) *tape.Tensor {
	t := l.b.T
	defer t.Scope("position bias")()
	row, column, square := []tape.Dim{queries}, []tape.Dim{keys}, []tape.Dim{queries, keys}
	f := t.Frame()
	f.V(t.Make("query positions", tape.I64, row, t.Make("range", tape.I64, row)))
	f.V(t.Make("key positions", tape.I64, column))
	relative := f.V(t.Make("relative positions", tape.I64, square))
	buckets := f.V(l.buckets(relative))
	values := f.V(l.table.turned(buckets))
	return f.Ret(t.View(values, tape.One, l.s.Heads, queries, keys))
}

// turned is the embedding of indices read heads first.
func (e *Embedding) turned(ids *tape.Tensor) *tape.Tensor {
	t := e.b.T
	defer t.Scope(e.leaf)()
	f := t.Frame(ids)
	return f.Ret(t.EmbeddingTurned(ids, e.W.Tensor))
}

// buckets is _relative_position_bucket.
func (l *t5Attention) buckets(relative *tape.Tensor) *tape.Tensor {
	t := l.b.T
	d := relative.Dims()
	make := func(what string, dt tape.DType, uses ...*tape.Tensor) *tape.Tensor {
		return t.Make(what, dt, d, uses...)
	}
	f := t.Frame(relative)
	var sum *tape.Tensor
	if l.side.decoder {
		f.V(make("distance", tape.I64, make("negative distance", tape.I64, make("zeros", tape.I64))))
	} else {
		after := make("key after query", tape.I64, make("key after query", tape.Bool))
		sum = f.V(make("bucket", tape.I64, make("bucket offset", tape.I64, after)))
		f.V(make("distance", tape.I64))
	}
	f.V(make("is small", tape.Bool))
	log := make("logarithm", tape.F32, make("scaled distance", tape.F32, make("distance in fp32", tape.F32)))
	scaled := make("scaled logarithm", tape.F32, make("relative logarithm", tape.F32, log))
	large := f.V(make("bucket if large", tape.I64, make("scaled logarithm in int64", tape.I64, scaled)))
	large = f.Re(large, make("bucket if large", tape.I64, make("last bucket", tape.I64)))
	_ = large
	chosen := make("chosen bucket", tape.I64)
	if sum != nil { // added in place
		t.Done(chosen)
		return f.Ret(sum)
	}
	return f.Ret(make("bucket", tape.I64, chosen))
}
