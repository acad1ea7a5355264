package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// projection is how query, key and value are projected.
type projection uint8

const (
	separate  projection = iota // three matrices
	slicedQKV                   // one matrix, its output cut by slices (Phi-3)
	splitQKV                    // one matrix, its output split (InternLM2, ChatGLM)
)

// rotation is how a family applies rotary positions.
type rotation uint8

const (
	wholeHead    rotation = iota // all of a head (LLaMA)
	withinApply                  // slices and joins inside the function (Phi-3)
	interleaved                  // the same with interleaved halves (GLM)
	aroundApply                  // slices and joins around the function (Phi, StableLM)
	cohereRotary                 // interleaved, in fp32
	typedRotary                  // all of a head with tables in fp32, cast back (OLMo 2)
)

// joins says whether rotated and unrotated parts of a head are joined: that
// leaves one matrix a head.
func (r rotation) joins() bool { return r == withinApply || r == interleaved || r == aroundApply }

func (l *rotaryLayer) declareAttention() {
	b, s, m := l.b, l.s, l.m
	defer b.In(l.style.attn)()
	switch l.style.qkv {
	case separate:
		l.q = b.Linear("q_proj", s.H, s.Q, m.QKVBias)
		l.k = b.Linear("k_proj", s.H, s.K, m.QKVBias)
		l.v = b.Linear("v_proj", s.H, s.K, m.QKVBias)
		l.o = b.Linear(l.style.out, s.Q, s.H, m.OutBias)
	case slicedQKV:
		l.o = b.Linear(l.style.out, s.Q, s.H, m.OutBias)
		l.fused = b.Linear(l.style.fused, s.H, b.fusedWidth(s), m.QKVBias)
	default:
		l.fused = b.Linear(l.style.fused, s.H, b.fusedWidth(s), m.QKVBias)
		l.o = b.Linear(l.style.out, s.Q, s.H, m.OutBias)
	}
	if l.style.headNorm == nil && !l.style.normEachHead {
		return
	}
	if l.style.normEachHead {
		l.qNorm = &CohereNorm{b: b, leaf: "q_norm", W: b.param("q_norm.weight", tape.NormWeight, s.Heads, s.D)}
		l.kNorm = &CohereNorm{b: b, leaf: "k_norm", W: b.param("k_norm.weight", tape.NormWeight, s.KV, s.D)}
		return
	}
	q, k := s.D, s.D
	if l.style.fullNorm {
		q, k = s.Q, s.K
	}
	l.qNorm = l.style.headNorm("q_norm", q)
	l.kNorm = l.style.headNorm("k_norm", k)
}

// fusedWidth is the width of query, key and value together.
func (b *Builder) fusedWidth(s Sizes) tape.Dim {
	if s.KV == s.Heads {
		return s.Q.By(3)
	}
	return b.T.Sum("qkv", "width of query, key and value together", s.Q, s.K, s.K)
}

// attention is the family's attention module.
func (l *rotaryLayer) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope(l.style.attn)()
	f := t.Frame(x)
	d := x.Dims()
	q, k, v := l.project(f, x, b.repeats(s, c.mask(l.kind)))
	if l.rotated {
		q, k = l.rotate(f, q, k, c)
	}
	keys := d[1]
	if c.Prefix != nil {
		k, v = c.Prefix.Extend(f, l, k, v)
		keys = c.Prefix.Keys(d[1])
	}
	h := tape.Heads{
		Batch: d[0], Queries: d[1], Keys: keys, Heads: s.Heads, KVHeads: s.KV, Dim: s.D, ValueDim: s.D,
		Causal: true, Dropout: l.m.AttentionDrop, Packed: l.rotated && l.style.rotate.joins() && !b.Software.Liger.Rope, Window: windowOf(l.m, l.kind),
	}
	k, v, h = b.remembered(f, k, v, h)
	if l.m.Position == workload.ALiBi && !b.eagerly() {
		y, weights = t.View(t.SDPABias(q, k, v, c.Mask, h), d[0], d[1], s.Q), nil
	} else {
		y, weights = b.core(q, k, v, c.mask(l.kind), h, scores{capped: l.m.AttentionCap > 0, joined: c.Prefix != nil || b.session != nil})
	}
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.o.Forward(y))
	if l.style.dropsInside {
		y = f.Re(y, t.Dropout(y, l.m.ResidualDrop))
	}
	return f.Ret2(y, weights)
}

// project gives query, key and value as [B, heads, S, d].
func (l *rotaryLayer) project(f *tape.Frame, x *tape.Tensor, repeats bool) (q, k, v *tape.Tensor) {
	t, s := l.b.T, l.s
	d := x.Dims()
	if l.style.viewsLater {
		q, k, v = f.V(l.wide(l.q.Forward(x), l.qNorm)), f.V(l.wide(l.k.Forward(x), l.kNorm)), f.V(l.v.Forward(x))
		if l.m.QKVClip > 0 {
			q, k, v = f.Re(q, t.ClampInPlace(q)), f.Re(k, t.ClampInPlace(k)), f.Re(v, t.ClampInPlace(v))
		}
		q = f.Re(q, l.headsOf(q, nil, s.Heads))
		k = f.Re(k, l.headsOf(k, nil, s.KV))
		return q, k, f.Re(v, l.valueHeads(v, repeats))
	}
	if l.style.normEachHead {
		return l.projectEachHead(f, x, repeats)
	}
	if l.style.qkv == separate {
		q = f.V(l.headsOf(l.q.Forward(x), l.qNorm, s.Heads))
		k = f.V(l.headsOf(l.k.Forward(x), l.kNorm, s.KV))
		v = f.V(l.valueHeads(l.v.Forward(x), repeats))
		if l.style.normsTransposed {
			q = f.Re(q, l.qNorm.Forward(q))
			k = f.Re(k, l.kNorm.Forward(k))
		}
		return q, k, v
	}
	qkv := f.V(l.fused.Forward(x))
	if l.style.qkv == splitQKV {
		wide, narrow := []tape.Dim{d[0], d[1], s.Q}, []tape.Dim{d[0], d[1], s.K}
		parts := t.Split(qkv, wide, narrow, narrow)
		q, k, v = f.V(parts[0]), f.V(parts[1]), f.V(parts[2])
	} else {
		q = f.V(t.Slice(qkv, d[0], d[1], s.Q))
		k = f.V(t.Slice(qkv, d[0], d[1], s.K))
		v = f.V(t.Slice(qkv, d[0], d[1], s.K))
	}
	q = f.Re(q, l.headsOf(q, nil, s.Heads))
	k = f.Re(k, l.headsOf(k, nil, s.KV))
	v = f.Re(v, l.valueHeads(v, repeats))
	return q, k, v
}

// projectEachHead is project with norms whose weights differ from head to head.
func (l *rotaryLayer) projectEachHead(f *tape.Frame, x *tape.Tensor, repeats bool) (q, k, v *tape.Tensor) {
	t, s, d := l.b.T, l.s, x.Dims()
	q = f.V(t.CopyBack(l.q.Forward(x), d[0], d[1], s.Heads, s.D))
	k = f.V(t.CopyBack(l.k.Forward(x), d[0], d[1], s.KV, s.D))
	v = f.V(l.valueHeads(l.v.Forward(x), repeats))
	q = f.Re(q, l.qNorm.Forward(q))
	k = f.Re(k, l.kNorm.Forward(k))
	q = f.Re(q, t.View(q, d[0], s.Heads, d[1], s.D))
	return q, f.Re(k, t.View(k, d[0], s.KV, d[1], s.D)), v
}

// headsOf is a projection seen by head, normed where the family norms it.
func (l *rotaryLayer) headsOf(y *tape.Tensor, n Norm, count tape.Dim) *tape.Tensor {
	t, d := l.b.T, y.Dims()
	y = l.wide(y, n)
	if !l.rotated && !l.b.eagerly() {
		y = t.View(y, d[0], d[1], count, l.s.D)
	} else {
		y = l.seen(y, d[0], d[1], count, l.s.D)
	}
	if n != nil && !l.style.fullNorm && !l.style.normsTransposed {
		y = n.Forward(y)
	}
	return t.View(y, d[0], count, d[1], l.s.D)
}

// seen is a projection seen by head. Norms of heads that lie transposed give
// gradients that must be copied, whatever the rotary kernel.
func (l *rotaryLayer) seen(y *tape.Tensor, dims ...tape.Dim) *tape.Tensor {
	if l.style.normsTransposed {
		return l.b.T.CopyBack(y, dims...)
	}
	return l.b.byHead(y, dims...)
}

// wide norms a whole projection where the family does so.
func (l *rotaryLayer) wide(y *tape.Tensor, n Norm) *tape.Tensor {
	if n == nil || !l.style.fullNorm {
		return y
	}
	return n.Forward(y)
}

// valueHeads is the value projection seen by head. A kernel gives its gradient
// in the projection's layout, attention in operators and the sum over repeated
// heads do not.
func (l *rotaryLayer) valueHeads(y *tape.Tensor, repeats bool) *tape.Tensor {
	t, d := l.b.T, y.Dims()
	if l.b.eagerly() || l.b.prefixed || repeats {
		return t.View(t.CopyBack(y, d[0], d[1], l.s.KV, l.s.D), d[0], l.s.KV, d[1], l.s.D)
	}
	return t.View(t.View(y, d[0], d[1], l.s.KV, l.s.D), d[0], l.s.KV, d[1], l.s.D)
}

// mask is the mask of one kind of alternating layers.
func (c *Context) mask(kind int) *tape.Tensor {
	if kind < len(c.Masks) {
		return c.Masks[kind]
	}
	return c.Mask
}

// tables are cos and sin of one kind of alternating layers.
func (c *Context) tables(kind int) (cos, sin *tape.Tensor) {
	if kind < len(c.Tables) {
		return c.Tables[kind][0], c.Tables[kind][1]
	}
	return c.Cos, c.Sin
}
