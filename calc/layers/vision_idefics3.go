package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// SmolVLM is SmolVLMForConditionalGeneration and
// Idefics3ForConditionalGeneration: squares of patches are joined to one
// token each, which a matrix projects into the sequence of a decoder.
type SmolVLM struct {
	b        *Builder
	v        workload.Vision
	tower    *naViT
	project  *Linear
	lm       *Causal
	features tape.Dim // tokens that one image gives
	side     int64    // patches of a side, as the connector takes them
}

// SmolVLM declares the model.
func (b *Builder) SmolVLM(m workload.Text, v workload.Vision, frozen int64, parts Parts) *SmolVLM {
	g := &SmolVLM{b: b, v: v}
	parts.Vision(func() {
		defer b.In("model.vision_model")()
		g.tower = b.naViT(v)
	})
	parts.Join(func() {
		defer b.In("model.connector.modality_projection")()
		h := b.T.Symbol("h", "hidden size", m.Hidden)
		g.project = b.Linear("proj", g.tower.s.H.By(v.Merge*v.Merge), h, false)
	})
	parts.Text(func() { g.lm = b.CausalIn("model.text_model", m, frozen) })
	n, _ := g.tower.s.Patches.Const()
	for g.side = 1; (g.side+1)*(g.side+1) <= n; g.side++ {
	}
	if g.side*g.side != n || g.side%max(1, v.Merge) != 0 {
		b.Fail(say.Errorf("the connector takes squares of patches; send an imageHeight equal to imageWidth whose patches divide by scale_factor"))
	}
	g.features = tape.N(n / max(1, v.Merge*v.Merge))
	return g
}

// Tokens is the length of the sequence: text and images.
func (g *SmolVLM) Tokens() tape.Dim { return g.b.naViTTokens(g.features, g.v) }

// naViTTokens is the length of a sequence of text and of images that give so
// many tokens each.
func (b *Builder) naViTTokens(each tape.Dim, v workload.Vision) tape.Dim {
	n, _ := each.Const()
	return b.T.Sum("T", "tokens of text and images", b.S, tape.N(n*max(1, v.Images)*max(1, v.Tiles)))
}

// Loss runs the model. The caller's frame holds the inputs.
func (g *SmolVLM) Loss(ids, labels, pixels, mask *tape.Tensor) *tape.Tensor {
	b, t := g.b, g.b.T
	f := t.Frame(ids, labels, pixels, mask)
	hidden, held := g.hidden(ids, pixels, mask)
	logits := f.V(g.lm.Logits(f.V(hidden)))
	b.outputs(f, held)
	return f.Ret(b.CausalLoss(logits, labels))
}

// hidden is SmolVLMModel's forward. The second result is what its output
// holds of the tower's, for the caller to bind and release.
func (g *SmolVLM) hidden(ids, pixels, mask *tape.Tensor) (hidden *tape.Tensor, held []*tape.Tensor) {
	t := g.b.T
	f := t.Frame(ids, pixels, mask)
	x := f.V(g.lm.Embedded(ids))
	last, projected := g.images(pixels, mask)
	held = []*tape.Tensor{t.Keep(last), t.Keep(projected)}
	joined := t.Joined(projected, g.tower.s.Images.Times(g.features), x.Last())
	features := f.V(t.To(joined, x.DType()))
	where := f.V(g.b.placeholders(ids))
	x = f.Re(x, t.MaskedScatter(x, where, features))
	return f.Ret(g.lm.HiddenOf(x)), held
}

// images is get_image_features: the tower's hidden state and the projected
// one.
func (g *SmolVLM) images(pixels, mask *tape.Tensor) (last, projected *tape.Tensor) {
	t := g.b.T
	defer t.As(memory.ImageFeatures)()
	f := t.Frame(pixels, mask)
	x, grid := g.tower.real(f, pixels, mask, true)
	last = f.V(g.tower.Forward(x, grid))
	projected = f.V(g.connect(last))
	return f.Ret2(last, projected)
}

func (g *SmolVLM) connect(x *tape.Tensor) *tape.Tensor {
	t := g.b.T
	defer t.Scope("connector")()
	f := t.Frame(x)
	h := f.V(g.shuffle(x))
	h = f.Re(h, g.project.Forward(h))
	return f.Ret(h)
}

// shuffle is pixel_shuffle: patches that lie beside each other are joined,
// then those that lie above each other, with a copy each, as in backward.
// Nothing is copied where nothing moves.
func (g *SmolVLM) shuffle(x *tape.Tensor) *tape.Tensor {
	t, n, h, r := g.b.T, g.tower.s.Images, g.tower.s.H, max(1, g.v.Merge)
	side, few := tape.N(g.side), tape.N(g.side/r)
	turn := func(y *tape.Tensor, dims ...tape.Dim) *tape.Tensor {
		if few.IsOne() || r == 1 {
			return t.View(y, dims...)
		}
		return t.Contiguous(t.CopyBack(y, dims...))
	}
	f := t.Frame(x)
	y := f.V(turn(x, n, few, side, h.By(r)))
	y = f.Re(y, turn(y, n, few, few, h.By(r*r)))
	return f.Ret(t.View(y, n, g.features, h.By(r*r)))
}
