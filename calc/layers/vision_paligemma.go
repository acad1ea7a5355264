package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// PaliGemma is PaliGemmaForConditionalGeneration: a SigLIP tower, one matrix,
// and a Gemma or Gemma 2 that sees image and prompt from both sides.
type PaliGemma struct {
	b      *Builder
	v      workload.Vision
	tower  *Tower
	linear *Linear
	lm     *RotaryDecoder
}

// errNoFlash is the library's refusal of flash attention for models whose
// tokens have types.
var errNoFlash = say.Errorf("attentionImplementation flash_attention_2 would lose the two-sided mask over the image, and the library refuses it for this model; send sdpa or eager")

// PaliGemma declares the model.
func (b *Builder) PaliGemma(m workload.Text, v workload.Vision, frozen int64, parts Parts) *PaliGemma {
	if b.Attention.Implementation == workload.FlashAttention2 {
		b.Fail(errNoFlash)
	}
	if v.Projection != m.Hidden {
		b.Fail(say.Errorf("projection_dim differs from the language model's hidden_size, and features would not fit among the tokens; send equal numbers"))
	}
	p := &PaliGemma{b: b, v: v}
	parts.Vision(func() {
		defer b.In("model.vision_tower")()
		p.tower = b.Tower(v, v.Layers)
	})
	parts.Join(func() {
		defer b.In("model.multi_modal_projector")()
		p.linear = b.Linear("linear", p.tower.s.H, b.T.Symbol("h", "hidden size", m.Hidden), true)
	})
	parts.Text(func() { p.lm = b.RotaryDecoderIn("model.language_model", m, frozen) })
	return p
}

// Tokens is the length of the sequence: text and images.
func (p *PaliGemma) Tokens() tape.Dim { return p.b.textAndImages(p.v, p.tower.s.Patches) }

// textAndImages is the length of a sequence with a number of tokens for each
// image.
func (b *Builder) textAndImages(v workload.Vision, tokens tape.Dim) tape.Dim {
	n, _ := tokens.Const()
	return b.T.Sum("T", "tokens of text and images", b.S, tape.N(n*max(1, v.Images)*max(1, v.Tiles)))
}

// Loss runs the model. The caller's frame holds the inputs.
func (p *PaliGemma) Loss(ids, labels, types, pixels *tape.Tensor) *tape.Tensor {
	b, t := p.b, p.b.T
	f := t.Frame(ids, labels, types, pixels)
	hidden, held := p.hidden(ids, types, pixels)
	return f.Ret(b.lossOf(f, p.lm, hidden, labels, held))
}

// lossOf applies head and loss, and binds what the model's output holds.
func (b *Builder) lossOf(f *tape.Frame, lm *RotaryDecoder, hidden, labels *tape.Tensor, held []*tape.Tensor) *tape.Tensor {
	logits := lm.Logits(f, f.V(hidden))
	b.outputs(f, held)
	return b.CausalLoss(logits, labels)
}

// hidden is PaliGemmaModel's forward. The second result is what its output
// holds of the tower's, for the caller to bind and release.
func (p *PaliGemma) hidden(ids, types, pixels *tape.Tensor) (hidden *tape.Tensor, held []*tape.Tensor) {
	b, t := p.b, p.b.T
	f := t.Frame(ids, types, pixels)
	x := f.V(p.lm.Embedded(ids))
	seq := ids.Dims()[1]
	positions := f.V(b.positions(seq))
	positions = f.Re(positions, t.Make("positions from one", tape.I64, positions.Dims()))
	last, projected := p.images(pixels)
	held = []*tape.Tensor{t.Keep(last), t.Keep(projected)}
	features := f.V(t.To(projected, x.DType()))
	where := f.V(b.placeholders(ids))
	x = f.Re(x, t.MaskedScatter(x, where, features))
	number := func() *tape.Tensor { return t.Make("number", tape.I64, []tape.Dim{tape.One}) }
	prompt := t.Make("is the prompt", tape.Bool, types.Dims())
	f.V(t.Make("blocks", tape.I64, types.Dims(), number(), number(), prompt))
	r := b.maskRun(x.DType(), seq)
	masks := BlockMasks{Full: f.V(r.mask(func() *tape.Tensor { return r.either([]tape.Dim{tape.One}, r.causal) }))}
	if p.lm.m.Window > 0 {
		masks.Windowed = f.V(r.mask(func() *tape.Tensor { return r.either([]tape.Dim{tape.One}, r.nearAndCausal) }))
	}
	return f.Ret(p.lm.HiddenOf(x, positions, masks)), held
}

// images is get_image_features: the tower's last hidden state and the
// projector's output.
func (p *PaliGemma) images(pixels *tape.Tensor) (last, projected *tape.Tensor) {
	t := p.b.T
	defer t.As(memory.ImageFeatures)()
	f := t.Frame(pixels)
	last = f.V(p.tower.Forward(pixels).Last)
	projected = f.V(p.project(last))
	return f.Ret2(last, projected)
}

func (p *PaliGemma) project(x *tape.Tensor) *tape.Tensor {
	t := p.b.T
	defer t.Scope("multi_modal_projector")()
	f := t.Frame(x)
	return f.Ret(f.V(p.linear.Forward(x)))
}
