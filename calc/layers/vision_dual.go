package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Dual is a dual encoder trained by contrast: CLIPModel.
type Dual struct {
	b               *Builder
	scale           *tape.Param
	text            *TextTower
	vision          *Tower
	visual, textual *Linear
}

// Dual declares CLIPModel.
func (b *Builder) Dual(m workload.Text, v workload.Vision, frozen int64, parts Parts) *Dual {
	d := &Dual{b: b}
	shared := b.T.Symbol("p", "width of the shared space", v.Projection)
	parts.Join(func() { d.scale = b.Weight("logit_scale", tape.One) })
	parts.Text(func() {
		defer b.In("text_model")()
		d.text = b.TextTower(m, shared, frozen)
	})
	parts.Vision(func() {
		defer b.In("vision_model")()
		d.vision = b.Tower(v, v.Layers)
	})
	parts.Join(func() {
		d.visual = b.Linear("visual_projection", d.vision.s.H, shared, false)
		d.textual = b.Linear("text_projection", d.text.s.H, shared, false)
	})
	return d
}

// Loss is the mean of the cross entropies of texts over images and of images
// over texts.
func (d *Dual) Loss(ids, pixels *tape.Tensor) *tape.Tensor {
	b, t := d.b, d.b.T
	f := t.Frame(ids, pixels)
	lastImage, image := d.images(pixels)
	f.V(lastImage)
	image = f.V(image)
	lastText, text := d.texts(ids)
	f.V(lastText)
	text = f.V(text)
	defer t.As(memory.CrossModalAttention)()
	pooledImage, pooledText := image, text // the towers' outputs hold them
	image = f.V(t.Div(pooledImage, b.vectorLength(pooledImage)))
	text = f.V(t.Div(pooledText, b.vectorLength(pooledText)))
	logits := f.V(b.similarity(text, image))
	logits = f.Re(logits, t.MulScalar(logits, t.UnaryResult("exp", d.scale.T())))
	return f.Ret(b.contrastive(logits))
}

// images is get_image_features.
func (d *Dual) images(pixels *tape.Tensor) (last, pooled *tape.Tensor) {
	t := d.b.T
	defer t.As(memory.ImageFeatures)()
	f := t.Frame(pixels)
	seen := d.vision.Forward(pixels)
	last, pooled = f.V(seen.Last), f.V(seen.Pooled)
	return f.Ret2(last, f.V(d.visual.Forward(pooled)))
}

// texts is get_text_features.
func (d *Dual) texts(ids *tape.Tensor) (last, pooled *tape.Tensor) {
	t := d.b.T
	f := t.Frame(ids)
	last, pooled = d.text.Forward(ids)
	last, pooled = f.V(last), f.V(pooled)
	return f.Ret2(last, f.V(d.textual.Forward(pooled)))
}

// contrastive is image_text_contrastive_loss.
func (b *Builder) contrastive(logits *tape.Tensor) *tape.Tensor {
	if b.encoding {
		return logits
	}
	t := b.T
	defer t.Scope("loss")()
	f := t.Frame(logits)
	one := func(x *tape.Tensor, turned bool) *tape.Tensor {
		g := t.Frame(x)
		target := t.Make("matching samples", tape.I64, []tape.Dim{b.B})
		h := t.Frame(x, target)
		if turned {
			return g.Ret(h.Ret(t.NLLLoss(t.LogSoftmaxTurned(x), target)))
		}
		return g.Ret(h.Ret(t.NLLLoss(t.LogSoftmax(x), target)))
	}
	caption := f.V(one(logits, false))
	image := f.V(one(t.View(logits, b.B, b.B), true))
	return f.Ret(t.MulS(t.Add(caption, image)))
}

// Parts says how the parts of a multimodal model are declared: whether they
// are frozen and whether adapters reach them, and what they count as.
type Parts struct {
	Vision, Text, Join func(declare func())
}

// Parts gives the rules of a run. Adapter targets that are patterns reach
// every part, names only the parts that are chosen.
func (b *Builder) Parts(v workload.Vision) Parts {
	a := b.Adapter
	any := !a.Vision && !a.Text && !a.FusionLayer
	part := func(c memory.Component, frozen, adapted bool) func(func()) {
		return func(declare func()) {
			oldFrozen, bare := b.Frozen, b.NoAdapters
			defer b.Of(c)()
			b.Frozen = oldFrozen || frozen
			b.NoAdapters = bare || !(adapted || any || b.patterned())
			declare()
			b.Frozen, b.NoAdapters = oldFrozen, bare
		}
	}
	return Parts{
		Vision: part(memory.VisionEncoder, v.FreezeVision, a.Vision),
		Text:   part(memory.TextEncoder, v.FreezeText, a.Text),
		Join:   part(memory.FusionLayer, false, a.FusionLayer),
	}
}

// patterned says whether the adapter targets are patterns over whole names.
func (b *Builder) patterned() bool {
	for _, target := range b.Adapter.Targets {
		if isPattern(target) {
			return true
		}
	}
	return false
}
