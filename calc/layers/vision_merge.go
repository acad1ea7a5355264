package layers

import (
	"strings"

	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// isPattern says whether a target is a regular expression over whole names.
func isPattern(target string) bool { return strings.ContainsAny(target, `*\[(|+?^$`) }

// LLaVA is LlavaForConditionalGeneration: features of a tower go through a
// projector of two matrices into the sequence of a decoder.
type LLaVA struct {
	b     *Builder
	v     workload.Vision
	tower interface {
		Forward(pixels *tape.Tensor) Seen
	}
	s                towerSizes
	turned           bool // the hidden state lies transposed
	linear1, linear2 *Linear
	lm               languageModel
	features         tape.Dim // tokens that one image gives
}

// LLaVA declares the model.
func (b *Builder) LLaVA(m workload.Text, v workload.Vision, frozen int64, parts Parts) *LLaVA {
	l := &LLaVA{b: b, v: v}
	feature := v.FeatureLayer
	if feature < 0 {
		feature += v.Layers + 1
	}
	parts.Vision(func() {
		defer b.In("model.vision_tower")()
		if v.Family == workload.PixtralVision {
			w := b.PixtralTower(v, feature)
			l.tower, l.s = w, w.s
			return
		}
		w := b.Tower(v, feature)
		w.unnormed = v.Family == workload.SigLIPVision && feature == v.Layers
		l.tower, l.s, l.turned = w, w.s, w.turned
	})
	parts.Join(func() {
		defer b.In("model.multi_modal_projector")()
		h := b.T.Symbol("h", "hidden size", m.Hidden)
		l.linear1 = b.Linear("linear_1", l.s.H, h, v.ProjectorBias)
		l.linear2 = b.Linear("linear_2", h, h, v.ProjectorBias)
	})
	parts.Text(func() { l.lm = b.languageModel(m, frozen) })
	if v.Family == workload.PixtralVision && !v.KeepClass {
		b.Fail(say.Errorf("the tower of Pixtral has no class token; send vision_feature_select_strategy full"))
	}
	l.features = l.s.Tokens
	if n, _ := l.features.Const(); !v.KeepClass {
		l.features = tape.N(n - 1)
	}
	return l
}

// Tokens is the length of the sequence: text and images.
func (l *LLaVA) Tokens() tape.Dim {
	b := l.b
	n, _ := l.features.Const()
	return b.T.Sum("T", "tokens of text and images", b.S, tape.N(n*max(1, l.v.Images)*max(1, l.v.Tiles)))
}

// Loss runs the model. The caller's frame holds the inputs.
func (l *LLaVA) Loss(ids, labels, pixels *tape.Tensor) *tape.Tensor {
	b := l.b
	f := b.T.Frame(ids, labels, pixels)
	hidden, held := l.hidden(ids, pixels)
	return b.seenLoss(f, l.lm, hidden, held, labels)
}

// seenLoss is the end of a model's forward in its own frame: logits and loss.
// held is what the model's output keeps of the tower's.
func (b *Builder) seenLoss(f *tape.Frame, lm languageModel, hidden *tape.Tensor, held []*tape.Tensor, labels *tape.Tensor) *tape.Tensor {
	hidden = f.V(hidden)
	logits := f.V(lm.Logits(hidden))
	b.outputs(f, held)
	return f.Ret(b.CausalLoss(logits, labels))
}

// hidden is LlavaModel's forward. The second result is what its output holds
// of the tower's, for the caller to bind and release.
func (l *LLaVA) hidden(ids, pixels *tape.Tensor) (hidden *tape.Tensor, held []*tape.Tensor) {
	b, t := l.b, l.b.T
	f := t.Frame(ids, pixels)
	x := f.V(l.lm.Embedded(ids))
	seen, projected := l.images(pixels)
	held = seen.with(projected)
	for _, y := range held {
		t.Keep(y)
	}
	rows := l.s.Images.Times(l.features)
	joined := t.Joined(projected, rows, x.Last())
	features := f.V(t.To(joined, x.DType()))
	mask := f.V(b.placeholders(ids))
	x = f.Re(x, t.MaskedScatter(x, mask, features))
	return f.Ret(l.lm.HiddenOf(x)), held
}

// with lists what a tower's output holds, in the order of its fields: features
// take the pooled state's place, else they come last.
func (s Seen) with(features ...*tape.Tensor) []*tape.Tensor {
	held := []*tape.Tensor{s.Last}
	if s.Pooled != nil {
		held = append(held, features...)
	}
	if s.Selected != nil {
		held = append(held, s.Selected)
	}
	if s.Pooled == nil {
		held = append(held, features...)
	}
	return held
}

// images is get_image_features: what the tower saw, and the projector's output.
func (l *LLaVA) images(pixels *tape.Tensor) (seen Seen, projected *tape.Tensor) {
	defer l.b.T.As(memory.ImageFeatures)()
	f := l.b.T.Frame(pixels)
	seen, projected = l.see(f, pixels)
	seen.Last, seen.Selected, projected = f.Ret3(seen.Last, seen.Selected, projected)
	return seen, projected
}

// see runs tower and projector in the frame of get_image_features.
func (l *LLaVA) see(f *tape.Frame, pixels *tape.Tensor) (seen Seen, projected *tape.Tensor) {
	t, s := l.b.T, l.s
	seen = l.tower.Forward(pixels)
	from := f.V(seen.Last)
	f.V(seen.Pooled)
	if seen.Selected != nil {
		from = f.V(seen.Selected)
	}
	if s.Tokens != l.features {
		from = f.V(t.Slice(from, s.Images, l.features, s.H))
	}
	return seen, f.V(l.project(from, s.Tokens != l.features))
}

func (l *LLaVA) project(x *tape.Tensor, apart bool) *tape.Tensor {
	t := l.b.T
	defer t.Scope("multi_modal_projector")()
	f := t.Frame(x)
	h := f.V(l.linear1.slice(x, apart, l.turned))
	h = f.Re(h, l.b.Act(l.v.ProjectorAct, h))
	h = f.Re(h, l.linear2.Forward(h))
	return f.Ret(h)
}

// slice applies the layer to a slice of rows of each sample, which a product
// copies first, as it does rows that lie transposed.
func (l *Linear) slice(x *tape.Tensor, apart, turned bool) *tape.Tensor {
	t := l.b.T
	if !apart && !turned || x.Dims()[0].IsOne() || l.A != nil || l.packed != nil || l.W == nil {
		return l.Forward(x)
	}
	defer t.Scope(l.leaf)()
	f := t.Frame(x)
	if turned {
		return f.Ret(t.LinearTurned(x, l.W.T(), l.Bias.T()))
	}
	return f.Ret(t.LinearSlice(x, l.W.T(), l.Bias.T()))
}
