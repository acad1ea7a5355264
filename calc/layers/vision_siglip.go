package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// SigLIP is SiglipModel: a dual encoder whose loss is a sigmoid of each pair.
type SigLIP struct {
	b           *Builder
	scale, bias *tape.Param
	text        *TextTower
	vision      *Tower
}

// SigLIP declares the model.
func (b *Builder) SigLIP(m workload.Text, v workload.Vision, frozen int64, parts Parts) *SigLIP {
	d := &SigLIP{b: b}
	parts.Join(func() {
		d.scale = b.Weight("logit_scale", tape.One)
		d.bias = b.Weight("logit_bias", tape.One)
	})
	parts.Text(func() {
		defer b.In("text_model")()
		h := b.T.Symbol("h", "hidden size", m.Hidden)
		if v.Projection > 0 && v.Projection != m.Hidden {
			h = b.T.Symbol("p", "width of the shared space", v.Projection)
		}
		d.text = b.TextTower(m, h, frozen)
	})
	parts.Vision(func() {
		defer b.In("vision_model")()
		d.vision = b.Tower(v, v.Layers)
	})
	return d
}

// Loss is the mean over texts of the summed log-sigmoids.
func (d *SigLIP) Loss(ids, pixels *tape.Tensor) *tape.Tensor {
	b, t := d.b, d.b.T
	f := t.Frame(ids, pixels)
	leave := t.As(memory.ImageFeatures)
	seen := d.vision.Forward(pixels)
	leave()
	f.V(seen.Last)
	image := f.V(seen.Pooled)
	lastText, text := d.text.Forward(ids)
	f.V(lastText)
	f.V(text)
	defer t.As(memory.CrossModalAttention)()
	image = f.V(t.Div(image, t.VectorNorm(image)))
	text = f.V(t.Div(text, t.VectorNorm(text)))
	logits := f.V(b.similarity(text, image))
	logits = f.Re(logits, t.Add(t.Mul(logits, t.UnaryResult("exp", d.scale.T())), d.bias.T()))
	return f.Ret(b.pairLoss(f, logits))
}

// pairLoss is the sigmoid loss of all pairs, within the model's own frame.
func (b *Builder) pairLoss(f *tape.Frame, logits *tape.Tensor) *tape.Tensor {
	if b.encoding {
		return logits
	}
	t, square := b.T, []tape.Dim{b.B, b.B}
	defer t.Scope("loss")()
	eye := f.V(t.Make("diagonal", tape.F32, square))
	ones := t.Make("minus ones", logits.DType(), square, t.Make("ones", logits.DType(), square))
	signs := f.V(t.Make("signs", tape.F32, square, ones, t.Make("twice the diagonal", tape.F32, square)))
	_ = eye
	loglik := f.V(t.Unary("log-sigmoid", t.Mul(signs, logits)))
	nll := f.V(t.Neg(t.SumLast(loglik)))
	return t.Reduce(nll, tape.One)
}
