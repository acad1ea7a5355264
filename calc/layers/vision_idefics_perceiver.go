package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// perceiver1 is IdeficsPerceiverResampler: latents attend to the patches and
// to themselves, in operators.
type perceiver1 struct {
	b       *Builder
	s       ideficsPerceiver
	latents *tape.Param
	section *tape.Section
	layers  []*perceiver1Attention
	mlps    []*perceiver1MLP
	norm    *LayerNorm
}

func (b *Builder) perceiver1(v workload.Vision, s ideficsPerceiver) *perceiver1 {
	defer b.In("perceiver_resampler")()
	p := &perceiver1{b: b, s: s, latents: b.Weight("latents", s.Latents, s.H)}
	p.section = b.T.NewSection("resampler layers", b.T.Symbol("Lp", "layers of the resampler", v.QFormerLayers), v.QFormerLayers)
	func() {
		defer b.In("blocks")()
		defer b.In("*")()
		b.T.Each(p.section, func(int) {
			p.layers = append(p.layers, b.perceiver1Attention(v, s))
			p.mlps = append(p.mlps, b.perceiver1MLP(s))
		})
	}()
	p.norm = b.LayerNorm("layer_norm", s.H)
	return p
}

// Forward resamples the patches of each image.
func (p *perceiver1) Forward(context *tape.Tensor) *tape.Tensor {
	t, s := p.b.T, p.s
	defer t.Scope("perceiver_resampler")()
	f := t.Frame(context)
	x := f.V(t.RepeatRows(p.latents.T(), s.Images, s.Latents, s.H))
	t.Each(p.section, func(i int) {
		x = f.Re(x, t.Add(p.layers[i].Forward(context, x), x))
		x = f.Re(x, t.Add(p.mlps[i].Forward(x), x))
	})
	return f.Ret(p.norm.Forward(x))
}

// perceiver1MLP is the resampler's MLP, with its norm.
type perceiver1MLP struct {
	b        *Builder
	norm     *LayerNorm
	up, down *Linear
}

func (b *Builder) perceiver1MLP(s ideficsPerceiver) *perceiver1MLP {
	defer b.In("1")()
	return &perceiver1MLP{b: b, norm: b.LayerNorm("ln", s.H), up: b.Linear("fc", s.H, s.H.By(4), false), down: b.Linear("c_proj", s.H.By(4), s.H, false)}
}

// Forward applies the MLP.
func (m *perceiver1MLP) Forward(x *tape.Tensor) *tape.Tensor {
	t := m.b.T
	defer t.Scope("mlp")()
	f := t.Frame(x)
	h := f.V(m.norm.Forward(x))
	h = f.Re(h, m.up.Forward(h))
	h = f.Re(h, m.b.Act(workload.ReLU, h))
	h = f.Re(h, m.down.Forward(h))
	return f.Ret(h)
}

// perceiver1Attention is IdeficsPerceiverAttention.
type perceiver1Attention struct {
	b                        *Builder
	s                        ideficsPerceiver
	contextNorm, latentsNorm *LayerNorm
	qNorm, kNorm             *LayerNorm // over each head, nil if there are none
	q, k, v, o               *Linear
}

func (b *Builder) perceiver1Attention(v workload.Vision, s ideficsPerceiver) *perceiver1Attention {
	defer b.In("0")()
	a := &perceiver1Attention{b: b, s: s, contextNorm: b.LayerNorm("context_layer_norm", s.H), latentsNorm: b.LayerNorm("latents_layer_norm", s.H)}
	if v.QFormerQKNorm {
		a.qNorm, a.kNorm = b.LayerNorm("q_layer_norm", s.D), b.LayerNorm("k_layer_norm", s.D)
	}
	a.q = b.Linear("q_proj", s.H, s.Q, false)
	a.k = b.Linear("k_proj", s.H, s.Q, false)
	a.v = b.Linear("v_proj", s.H, s.Q, false)
	a.o = b.Linear("output_proj", s.Q, s.H, false)
	a.k.copied = a.kNorm == nil && !s.Images.IsOne()
	return a
}

// Forward attends from the latents.
func (a *perceiver1Attention) Forward(context, x *tape.Tensor) *tape.Tensor {
	t, b, s := a.b.T, a.b, a.s
	defer t.Scope("attention")()
	f := t.Frame(context, x)
	c := f.V(a.contextNorm.Forward(context))
	l := f.V(a.latentsNorm.Forward(x))
	both := func() *tape.Tensor { return t.Cat([]tape.Dim{s.Images, s.Keys, s.H}, c, l) }
	q := f.V(a.q.Forward(l))
	k := f.V(a.k.Forward(both()))
	v := f.V(a.v.Forward(both()))
	heads := func(y *tape.Tensor, view func(*tape.Tensor, ...tape.Dim) *tape.Tensor) *tape.Tensor {
		n := y.Dims()[1]
		return f.Re(y, t.View(view(y, s.Images, n, s.Heads, s.D), s.Images, s.Heads, n, s.D))
	}
	q = heads(q, t.CopyBack)
	if a.kNorm == nil { // the product's gradient is transposed, which fits the view and not the projection
		k = heads(k, t.View)
	} else {
		k = heads(k, t.CopyBack)
	}
	v = heads(v, t.CopyBack)
	h := tape.Heads{Batch: s.Images, Queries: s.Latents, Keys: s.Keys, Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D}
	apart := a.qNorm == nil
	if !apart {
		q = f.Re(q, a.qNorm.heads(q, false))
		k = f.Re(k, a.kNorm.heads(k, true))
	}
	w := f.V(t.Einsum(t.MulS(q), k, apart && b.copies(s.Latents, h), apart && b.copies(s.Keys, h), s.Images, s.Heads, s.Latents, s.Keys))
	stable := f.V(t.Sub(w, t.Make("largest score", w.DType(), []tape.Dim{s.Images, s.Heads, s.Latents, tape.One})))
	probs := f.V(b.softmaxOwn(stable))
	y := f.V(t.Einsum(probs, v, false, b.copies(s.Keys, h), s.Images, s.Heads, s.Latents, s.D))
	joined := t.View(b.transposed(y, h), s.Images, s.Latents, s.Q)
	return f.Ret(a.o.Forward(joined))
}

// heads applies the norm to heads in the layout of projections. turned says
// that the gradient comes transposed.
func (n *LayerNorm) heads(x *tape.Tensor, turned bool) *tape.Tensor {
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	return f.Ret(t.LayerNormHeads(x, n.W.T(), n.Bias.T(), turned))
}
