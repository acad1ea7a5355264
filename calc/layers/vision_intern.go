package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// InternVL is InternVLForConditionalGeneration: the patches of a tile are
// shuffled together, four to one as released, and go through a norm and two
// matrices into the sequence of a decoder.
type InternVL struct {
	b                *Builder
	v                workload.Vision
	tower            *InternTower
	norm             *LayerNorm
	linear1, linear2 *Linear
	lm               languageModel
	side             int64    // patches of a side
	features         tape.Dim // tokens of one tile
}

// InternVL declares the model.
func (b *Builder) InternVL(m workload.Text, v workload.Vision, frozen int64, parts Parts) *InternVL {
	l := &InternVL{b: b, v: v, side: v.Height / max(1, v.Patch)}
	merged := l.side / max(1, v.Merge)
	l.features = tape.N(merged * merged)
	parts.Vision(func() {
		defer b.In("model.vision_tower")()
		feature := v.FeatureLayer
		if feature < 0 {
			feature += v.Layers + 1
		}
		l.tower = b.InternTower(v, feature)
	})
	parts.Join(func() {
		defer b.In("model.multi_modal_projector")()
		h := b.T.Symbol("h", "hidden size", m.Hidden)
		wide := l.wide()
		l.norm = b.LayerNorm("layer_norm", wide)
		l.linear1 = b.Linear("linear_1", wide, h, true)
		l.linear2 = b.Linear("linear_2", h, h, true)
	})
	parts.Text(func() { l.lm = b.languageModel(m, frozen) })
	return l
}

// wide is the width of patches shuffled together.
func (l *InternVL) wide() tape.Dim { return l.tower.s.H.By(l.v.Merge * l.v.Merge) }

// Tokens is the length of the sequence: text and tiles.
func (l *InternVL) Tokens() tape.Dim {
	n, _ := l.features.Const()
	return l.b.T.Sum("T", "tokens of text and images", l.b.S, tape.N(n*max(1, l.v.Images)*max(1, l.v.Tiles)))
}

// Loss runs the model. The caller's frame holds the inputs.
func (l *InternVL) Loss(ids, labels, pixels *tape.Tensor) *tape.Tensor {
	f := l.b.T.Frame(ids, labels, pixels)
	hidden, held := l.hidden(ids, pixels)
	return l.b.seenLoss(f, l.lm, hidden, held, labels)
}

// hidden is InternVLModel's forward. The second result is what its output
// holds of the tower's, for the caller to bind and release.
func (l *InternVL) hidden(ids, pixels *tape.Tensor) (hidden *tape.Tensor, held []*tape.Tensor) {
	b, t := l.b, l.b.T
	f := t.Frame(ids, pixels)
	x := f.V(l.lm.Embedded(ids))
	seen, projected := l.images(pixels)
	held = seen.with(projected)
	for _, y := range held {
		t.Keep(y)
	}
	features := f.V(t.To(projected, x.DType()))
	mask := f.V(b.placeholders(ids))
	x = f.Re(x, t.MaskedScatter(x, mask, features))
	return f.Ret(l.lm.HiddenOf(x)), held
}

// images is get_image_features: what the tower saw, and the projector's output.
func (l *InternVL) images(pixels *tape.Tensor) (seen Seen, projected *tape.Tensor) {
	t, s := l.b.T, l.tower.s
	defer t.As(memory.ImageFeatures)()
	f := t.Frame(pixels)
	seen = l.tower.Forward(pixels)
	from := f.V(seen.Last)
	if seen.Selected != nil {
		from = f.V(seen.Selected)
	}
	x := t.Slice(from, s.Images, s.Patches, s.H)
	side := tape.N(l.side)
	x = f.V(t.View(x, s.Images, side, side, s.H))
	x = f.Re(x, l.shuffle(x))
	x = f.Re(x, t.View(x, s.Images, l.features, l.wide()))
	x = f.Re(x, l.project(x))
	seen.Last, seen.Selected, projected = f.Ret3(seen.Last, seen.Selected, x)
	return seen, projected
}

// shuffle is pixel_shuffle: neighbours of a row are joined, then neighbours of
// a column, each time with a copy.
func (l *InternVL) shuffle(x *tape.Tensor) *tape.Tensor {
	t, s, n := l.b.T, l.tower.s, max(1, l.v.Merge)
	defer t.Scope("pixel_shuffle")()
	side, less := tape.N(l.side), tape.N(l.side/n)
	f := t.Frame(x)
	x = f.V(t.CopyBack(x, s.Images, side, less, s.H.By(n)))
	x = f.Re(x, t.Contiguous(t.View(x, s.Images, less, side, s.H.By(n))))
	x = f.Re(x, t.CopyBack(x, s.Images, less, less, l.wide()))
	x = f.Re(x, t.Contiguous(t.View(x, s.Images, less, less, l.wide())))
	return f.Ret(x)
}

func (l *InternVL) project(x *tape.Tensor) *tape.Tensor {
	t := l.b.T
	defer t.Scope("multi_modal_projector")()
	f := t.Frame(x)
	h := f.V(l.norm.Forward(x))
	h = f.Re(h, l.linear1.Forward(h))
	h = f.Re(h, l.b.Act(l.v.ProjectorAct, h))
	return f.Ret(f.Re(h, l.linear2.Forward(h)))
}
