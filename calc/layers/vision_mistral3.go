package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Mistral3 is Mistral3ForConditionalGeneration: Pixtral's tower, whose patches
// are normed, merged by a matrix, four to one as released, and projected into
// the sequence of a decoder.
type Mistral3 struct {
	b                *Builder
	v                workload.Vision
	tower            *PixtralTower
	norm             *RMSNorm
	merging          *Linear
	linear1, linear2 *Linear
	lm               languageModel
	section          *tape.Section // of an image
	each             int64         // tokens of one image
}

// Mistral3 declares the model.
func (b *Builder) Mistral3(m workload.Text, v workload.Vision, frozen int64, parts Parts) *Mistral3 {
	l := &Mistral3{b: b, v: v}
	feature := v.FeatureLayer
	if feature < 0 {
		feature += v.Layers + 1
	}
	parts.Vision(func() {
		defer b.In("model.vision_tower")()
		l.tower = b.PixtralTower(v, feature)
	})
	n := max(1, v.Merge)
	l.each = (l.tower.rows / n) * (l.tower.columns / n)
	parts.Join(func() {
		defer b.In("model.multi_modal_projector")()
		s, h := l.tower.s, b.T.Symbol("h", "hidden size", m.Hidden)
		l.norm = b.RMSNorm("norm", s.H)
		l.merging = b.Linear("patch_merger.merging_layer", s.H.By(n*n), s.H, false)
		l.linear1 = b.Linear("linear_1", s.H, h, v.ProjectorBias)
		l.linear2 = b.Linear("linear_2", h, h, v.ProjectorBias)
	})
	parts.Text(func() { l.lm = b.languageModel(m, frozen) })
	count := max(1, v.Images)
	l.section = b.T.NewSection("images", b.B.Times(tape.N(count)), b.Train.Batch*count)
	return l
}

// Tokens is the length of the sequence: text and images.
func (l *Mistral3) Tokens() tape.Dim {
	return l.b.T.Sum("T", "tokens of text and images", l.b.S, tape.N(l.each*max(1, l.v.Images)))
}

// Loss runs the model. The caller's frame holds the inputs.
func (l *Mistral3) Loss(ids, labels, pixels *tape.Tensor) *tape.Tensor {
	f := l.b.T.Frame(ids, labels, pixels)
	hidden, held := l.hidden(ids, pixels)
	return l.b.seenLoss(f, l.lm, hidden, held, labels)
}

// hidden is Mistral3Model's forward. The second result is what its output
// holds of the tower's, for the caller to bind and release.
func (l *Mistral3) hidden(ids, pixels *tape.Tensor) (hidden *tape.Tensor, held []*tape.Tensor) {
	b, t := l.b, l.b.T
	f := t.Frame(ids, pixels)
	x := f.V(l.lm.Embedded(ids))
	seen, projected := l.images(pixels)
	held = seen.with(projected)
	for _, y := range held {
		t.Keep(y)
	}
	joined := t.Joined(projected, l.tower.s.Images.Times(tape.N(l.each)), x.Last())
	features := f.V(t.To(joined, x.DType()))
	mask := f.V(b.placeholders(ids))
	x = f.Re(x, t.MaskedScatter(x, mask, features))
	return f.Ret(l.lm.HiddenOf(x)), held
}

// images is get_image_features: what the tower saw, and the projector's output.
func (l *Mistral3) images(pixels *tape.Tensor) (seen Seen, projected *tape.Tensor) {
	t, w := l.b.T, l.tower
	defer t.As(memory.ImageFeatures)()
	f := t.Frame(pixels)
	seen = w.Forward(pixels)
	from := f.V(seen.Last)
	if seen.Selected != nil {
		from = f.V(seen.Selected)
	}
	projected = f.V(l.project(t.View(from, w.tokens, w.s.H)))
	pair := []tape.Dim{w.s.Images, tape.N(2)}
	merged := t.Make("image sizes in merged patches", tape.I64, pair, t.Make("image sizes", tape.I64, pair))
	t.Done(t.Make("tokens of each image", tape.I64, []tape.Dim{w.s.Images}, merged))
	seen.Last, seen.Selected, projected = f.Ret3(seen.Last, seen.Selected, projected)
	return seen, projected
}

func (l *Mistral3) project(x *tape.Tensor) *tape.Tensor {
	t := l.b.T
	defer t.Scope("multi_modal_projector")()
	f := t.Frame(x)
	x = f.V(l.norm.Forward(x))
	x = f.Re(x, l.merge(x))
	h := f.V(l.linear1.Forward(x))
	h = f.Re(h, l.b.Act(l.v.ProjectorAct, h))
	return f.Ret(f.Re(h, l.linear2.Forward(h)))
}

// merge is Mistral3PatchMerger: the patches of each square, image by image,
// side by side, then a matrix.
func (l *Mistral3) merge(x *tape.Tensor) *tape.Tensor {
	t, w, n := l.b.T, l.tower, max(1, l.v.Merge)
	defer t.Scope("patch_merger")()
	f := t.Frame(x)
	shapes := make([][]tape.Dim, t.Recorded(l.section))
	for i := range shapes {
		shapes[i] = []tape.Dim{w.s.Patches, w.s.H}
	}
	images := t.Split(x, shapes...)
	for _, y := range images {
		f.V(y)
	}
	squares := make([]*tape.Tensor, len(images))
	wide := w.s.H.By(n * n)
	t.Each(l.section, func(i int) { squares[i] = f.V(t.Unfold(images[i], tape.N(l.each), wide)) })
	x = f.V(t.Cat([]tape.Dim{w.s.Images.Times(tape.N(l.each)), wide}, squares...))
	return f.Ret(f.Re(x, l.merging.Forward(x)))
}
