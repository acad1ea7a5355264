package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// ideficsPerceiver are the widths of a resampler as symbols. The number of
// latents is structure, as the number of patches is.
type ideficsPerceiver struct {
	H, Heads, KV, D tape.Dim
	Q, K            tape.Dim
	Latents, Keys   tape.Dim
	Images          tape.Dim
}

func (b *Builder) ideficsPerceiver(v workload.Vision, h, patches, images tape.Dim) ideficsPerceiver {
	t := b.T
	n, _ := patches.Const()
	s := ideficsPerceiver{
		H: h, Images: images, Latents: tape.N(v.Queries), Keys: tape.N(n + v.Queries),
		Heads: t.Symbol("ap", "attention heads of the resampler", v.QFormerHeads),
		D:     t.Symbol("dp", "head dimension of the resampler", v.QFormerHeadDim),
	}
	s.KV = s.Heads
	if v.QFormerKVHeads != v.QFormerHeads {
		s.KV = t.Symbol("kp", "key-value heads of the resampler", v.QFormerKVHeads)
	}
	s.Q, s.K = s.Heads.Times(s.D), s.KV.Times(s.D)
	return s
}

// perceiver2 is Idefics2PerceiverResampler: latents attend to the patches and
// to themselves.
type perceiver2 struct {
	b       *Builder
	s       ideficsPerceiver
	latents *tape.Param
	section *tape.Section
	layers  []*perceiver2Layer
	norm    *RMSNorm
}

func (b *Builder) perceiver2(v workload.Vision, s ideficsPerceiver) *perceiver2 {
	defer b.In("perceiver_resampler")()
	p := &perceiver2{b: b, s: s, latents: b.Weight("latents", s.Latents, s.H)}
	p.section = b.T.NewSection("resampler layers", b.T.Symbol("Lp", "layers of the resampler", v.QFormerLayers), v.QFormerLayers)
	func() {
		defer b.In("layers")()
		defer b.In("*")()
		b.T.Each(p.section, func(int) { p.layers = append(p.layers, b.perceiver2Layer(v, s)) })
	}()
	p.norm = b.RMSNorm("norm", s.H)
	return p
}

// Forward resamples the patches of each image; mask says which are no padding.
func (p *perceiver2) Forward(context, mask *tape.Tensor) *tape.Tensor {
	t, s := p.b.T, p.s
	defer t.Scope("perceiver_resampler")()
	f := t.Frame(context, mask)
	latents := f.V(t.Expand(t.View(p.latents.T(), tape.One, s.Latents, s.H), s.Images, s.Latents, s.H))
	f.V(t.Make("latents are no padding", tape.Bool, []tape.Dim{s.Images, s.Latents}))
	t.Done(t.Make("mask of patches and latents", tape.Bool, []tape.Dim{s.Images, s.Keys}))
	x := f.V(latents)
	t.Each(p.section, func(i int) { x = f.Re(x, p.layers[i].Forward(x, context)) })
	x = f.Re(x, p.norm.Forward(x))
	return f.Ret(x)
}

type perceiver2Layer struct {
	b                        *Builder
	s                        ideficsPerceiver
	latentsNorm, contextNorm *RMSNorm
	q, k, v, o               *Linear
	postNorm                 *RMSNorm
	mlp                      *GatedMLP
}

func (b *Builder) perceiver2Layer(v workload.Vision, s ideficsPerceiver) *perceiver2Layer {
	l := &perceiver2Layer{b: b, s: s}
	l.latentsNorm = b.RMSNorm("input_latents_norm", s.H)
	l.contextNorm = b.RMSNorm("input_context_norm", s.H)
	func() {
		defer b.In("self_attn")()
		l.q = b.Linear("q_proj", s.H, s.Q, false)
		l.k = b.Linear("k_proj", s.H, s.K, false)
		l.v = b.Linear("v_proj", s.H, s.K, false)
		l.o = b.Linear("o_proj", s.Q, s.H, false)
	}()
	l.postNorm = b.RMSNorm("post_attention_layernorm", s.H)
	l.mlp = b.GatedMLP("mlp", s.H, s.H.By(4), false, workload.SiLU)
	return l
}

// Forward is the layer's forward.
func (l *perceiver2Layer) Forward(latents, context *tape.Tensor) *tape.Tensor {
	t := l.b.T
	defer t.Scope("layers.*")()
	f := t.Frame(latents, context)
	residual := f.V(latents)
	x := f.V(l.latentsNorm.Forward(latents))
	c := f.V(l.contextNorm.Forward(context))
	y, weights := l.attend(x, c)
	x = f.Re(x, y)
	f.V(weights)
	x = f.Re(x, t.Add(residual, x))
	residual = f.Re(residual, x)
	x = f.Re(x, l.postNorm.Forward(x))
	x = f.Re(x, l.mlp.Forward(x))
	x = f.Re(x, t.Add(residual, x))
	return f.Ret(x)
}

func (l *perceiver2Layer) attend(x, context *tape.Tensor) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("self_attn")()
	f := t.Frame(x, context)
	both := f.V(t.Cat([]tape.Dim{s.Images, s.Keys, s.H}, context, x))
	q := f.V(l.q.Forward(x))
	k := f.V(l.k.Forward(both))
	v := f.V(l.v.Forward(both))
	q = f.Re(q, b.heads(q, s.Heads, s.D))
	k = f.Re(k, b.heads(k, s.KV, s.D))
	v = f.Re(v, b.heads(v, s.KV, s.D))
	y, weights = b.Core(q, k, v, nil, tape.Heads{
		Batch: s.Images, Queries: s.Latents, Keys: s.Keys, Heads: s.Heads, KVHeads: s.KV, Dim: s.D, ValueDim: s.D,
	})
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.o.Forward(y))
	return f.Ret2(y, weights)
}
