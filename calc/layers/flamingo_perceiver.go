package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// feedForward is OpenFlamingo's FeedForward: a norm, two matrices without bias
// and GELU between them.
type feedForward struct {
	b        *Builder
	norm     *LayerNorm
	up, down *Linear
}

func (b *Builder) feedForward(leaf string, width, inner tape.Dim) *feedForward {
	defer b.In(leaf)()
	return &feedForward{b: b, norm: b.LayerNorm("0", width), up: b.Linear("1", width, inner, false), down: b.Linear("3", inner, width, false)}
}

// Forward applies the modules in a row.
func (m *feedForward) Forward(x *tape.Tensor) *tape.Tensor {
	t := m.b.T
	defer t.Scope("ff")()
	f := t.Frame(x)
	h := f.V(m.norm.Forward(x))
	h = f.Re(h, m.up.Forward(h))
	h = f.Re(h, m.b.Act(workload.GELU, h))
	return f.Ret(f.Re(h, m.down.Forward(h)))
}

// crossSizes are the heads of OpenFlamingo's attention, in the resampler and in
// the gated blocks alike.
type crossSizes struct {
	heads, width, inner tape.Dim
}

func (b *Builder) crossSizes(v workload.Vision) crossSizes {
	s := crossSizes{
		heads: b.T.Symbol("ac", "heads of the cross-attention", v.QFormerHeads),
		width: b.T.Symbol("dc", "head dimension of the cross-attention", v.QFormerHeadDim),
	}
	s.inner = s.heads.Times(s.width)
	return s
}

// resampler is PerceiverResampler: learned latents that attend to an image's
// tokens, layer by layer.
type resampler struct {
	b       *Builder
	v       workload.Vision
	s       towerSizes
	n       tape.Dim // latents
	latents *tape.Param
	stack   *Stack
	norm    *LayerNorm
}

func (b *Builder) resampler(v workload.Vision, s towerSizes) *resampler {
	r := &resampler{b: b, v: v, s: s, n: tape.N(v.Queries)}
	r.latents = b.Weight("latents", r.n, s.H)
	inner := b.T.Symbol("fr", "intermediate size of the resampler", v.QFormerFFN)
	layers := b.T.Symbol("Lq", "layers of the resampler", v.QFormerLayers)
	func() {
		defer b.In("layers")()
		defer b.In("*")()
		r.stack = b.Stack("resampler layers", layers, v.QFormerLayers, 0, func() Block { return b.resamplerLayer(r, inner) })
	}()
	r.norm = b.LayerNorm("norm", s.H)
	return r
}

// Forward gives the latents of each image [B, images, latents, width] from its
// tokens.
func (r *resampler) Forward(x *tape.Tensor) *tape.Tensor {
	t, s := r.b.T, r.s
	defer t.Scope("perceiver")()
	f := t.Frame(x)
	x = f.V(x)
	latents := f.V(t.Expand(t.View(r.latents.T(), tape.One, r.n, s.H), s.Images, r.n, s.H))
	latents = r.stack.Forward(f, latents, &Context{Other: []*tape.Tensor{x}})
	return f.Ret(r.norm.Forward(latents))
}

// resamplerLayer is PerceiverAttention and the feed-forward after it.
type resamplerLayer struct {
	r                *resampler
	c                crossSizes
	normMedia, normQ *LayerNorm
	q, kv, out       *Linear
	ff               *feedForward
}

func (b *Builder) resamplerLayer(r *resampler, inner tape.Dim) *resamplerLayer {
	l := &resamplerLayer{r: r, c: b.crossSizes(r.v)}
	h := r.s.H
	func() {
		defer b.In("0")()
		l.normMedia, l.normQ = b.LayerNorm("norm_media", h), b.LayerNorm("norm_latents", h)
		l.q, l.kv = b.Linear("to_q", h, l.c.inner, false), b.Linear("to_kv", h, l.c.inner.By(2), false)
		l.out = b.Linear("to_out", l.c.inner, h, false)
	}()
	l.ff = b.feedForward("1", h, inner)
	return l
}

// checkpointsItself says that no checkpoint is put around the layer alone: the
// whole resampler has one.
func (l *resamplerLayer) checkpointsItself() {}

// Forward changes the latents.
func (l *resamplerLayer) Forward(latents *tape.Tensor, c *Context) *tape.Tensor {
	t := l.r.b.T
	f := t.Frame(latents)
	h := f.V(t.Add(l.attention(c.Other[0], latents, c.Index == 0), latents))
	return f.Ret(t.Add(l.ff.Forward(h), h))
}

// attention is PerceiverAttention. The first layer's latents are one table
// repeated as a view.
func (l *resamplerLayer) attention(x, latents *tape.Tensor, first bool) *tape.Tensor {
	b, t, s := l.r.b, l.r.b.T, l.r.s
	defer t.Scope("attention")()
	f := t.Frame(x, latents)
	one := s.Images.IsOne()
	x = f.V(l.normMedia.part(x, !one))
	q := f.V(l.normQ.of(latents, first && !one))
	patches, _ := x.Dims()[1].Const()
	n, _ := l.r.n.Const()
	keys := tape.N(patches + n)
	queries := f.V(l.q.Forward(q))
	both := f.V(t.Cat([]tape.Dim{s.Images, keys, s.H}, x, q))
	h := tape.Heads{Batch: s.Images, Queries: l.r.n, Keys: keys, Heads: l.c.heads, KVHeads: l.c.heads, Dim: l.c.width, ValueDim: l.c.width}
	a := b.crossAttention(f, queries, l.kv.Forward(both), h, l.r.v.Images > 1)
	scores := f.V(a.scores())
	scores = f.Re(scores, b.lessLargest(scores))
	y := f.V(a.output(f.V(b.softmaxOwn(scores))))
	return f.Ret(l.out.Forward(y))
}

// part applies the norm to what becomes a part of a join; apart says that its
// rows lie apart, sample by sample.
func (n *LayerNorm) part(x *tape.Tensor, apart bool) *tape.Tensor {
	if !apart {
		return n.Forward(x)
	}
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	return f.Ret(t.LayerNormRows(x, n.W.T(), n.Bias.T(), true))
}
