package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Idefics2 is Idefics2ForConditionalGeneration: a gated projection of the
// patches to the decoder's width, a resampler, a decoder.
type Idefics2 struct {
	b       *Builder
	v       workload.Vision
	tower   *naViT
	project *GatedMLP
	sample  *perceiver2
	lm      *Causal
}

// Idefics2 declares the model.
func (b *Builder) Idefics2(m workload.Text, v workload.Vision, frozen int64, parts Parts) *Idefics2 {
	g := &Idefics2{b: b, v: v}
	parts.Vision(func() {
		defer b.In("model.vision_model")()
		g.tower = b.naViT(v)
	})
	parts.Join(func() {
		defer b.In("model.connector")()
		h, f := b.T.Symbol("h", "hidden size", m.Hidden), b.T.Symbol("f", "intermediate size of the MLP", m.Intermediate)
		s := g.tower.s
		g.project = b.gatedProjection("modality_projection", s.H, f, h, m.Activation)
		g.sample = b.perceiver2(v, b.ideficsPerceiver(v, h, s.Patches, s.Images))
	})
	parts.Text(func() { g.lm = b.CausalIn("model.text_model", m, frozen) })
	return g
}

// gatedProjection is a gated MLP whose result has a width of its own.
func (b *Builder) gatedProjection(leaf string, in, inner, out tape.Dim, act workload.Activation) *GatedMLP {
	defer b.In(leaf)()
	m := &GatedMLP{b: b, act: act}
	m.Gate = b.Linear("gate_proj", in, inner, false)
	m.Up = b.Linear("up_proj", in, inner, false)
	m.Down = b.Linear("down_proj", inner, out, false)
	return m
}

// Tokens is the length of the sequence: text and images.
func (g *Idefics2) Tokens() tape.Dim { return g.b.naViTTokens(g.sample.s.Latents, g.v) }

// Loss runs the model. The caller's frame holds the inputs.
func (g *Idefics2) Loss(ids, labels, pixels, mask *tape.Tensor) *tape.Tensor {
	b, t := g.b, g.b.T
	f := t.Frame(ids, labels, pixels, mask)
	hidden, held := g.hidden(ids, pixels, mask)
	logits := f.V(g.lm.Logits(f.V(hidden)))
	b.outputs(f, held)
	return f.Ret(b.CausalLoss(logits, labels))
}

// hidden is Idefics2Model's forward. The second result is what its output
// holds of the tower's, for the caller to bind and release.
func (g *Idefics2) hidden(ids, pixels, mask *tape.Tensor) (hidden *tape.Tensor, held []*tape.Tensor) {
	t := g.b.T
	f := t.Frame(ids, pixels, mask)
	x := f.V(g.lm.Embedded(ids))
	last, features := g.images(pixels, mask)
	held = []*tape.Tensor{t.Keep(last), t.Keep(features)}
	joined := t.Joined(features, g.sample.s.Images.Times(g.sample.s.Latents), x.Last())
	seen := f.V(t.To(joined, x.DType()))
	x = f.Re(x, g.b.ideficsMerged(ids, x, seen))
	return f.Ret(g.lm.HiddenOf(x)), held
}

// ideficsMerged is inputs_merger: features in the places of image tokens.
func (b *Builder) ideficsMerged(ids, x, features *tape.Tensor) *tape.Tensor {
	t, d := b.T, ids.Dims()
	one := []tape.Dim{tape.One}
	f := t.Frame(ids, x, features)
	mask := f.V(t.Make("is an image", tape.Bool, d))
	count := t.Make("image tokens", tape.I64, one)
	t.Done(t.Make("mask in int64", tape.I64, d))
	elements := t.Make("elements of image tokens", tape.I64, one, count)
	t.Done(t.Make("as many features", tape.Bool, one, elements))
	return f.Ret(t.MaskedScatter(x, mask, features))
}

// images is get_image_features: the tower's hidden state and what the
// resampler makes of it.
func (g *Idefics2) images(pixels, mask *tape.Tensor) (last, features *tape.Tensor) {
	t := g.b.T
	defer t.As(memory.ImageFeatures)()
	f := t.Frame(pixels, mask)
	x, grid := g.tower.real(f, pixels, mask, false)
	last = f.V(g.tower.Forward(x, grid))
	features = f.V(g.connect(last, grid))
	return f.Ret2(last, features)
}

func (g *Idefics2) connect(x, grid *tape.Tensor) *tape.Tensor {
	t := g.b.T
	defer t.Scope("connector")()
	f := t.Frame(x, grid)
	h := f.V(g.project.Forward(x))
	h = f.Re(h, g.sample.Forward(h, grid))
	return f.Ret(h)
}
