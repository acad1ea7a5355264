package layers

import (
	"math"

	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Gemma3VL is Gemma3ForConditionalGeneration: a SigLIP tower whose patches are
// pooled, normed and projected, and a Gemma 3 that sees each image from both
// sides.
type Gemma3VL struct {
	b         *Builder
	v         workload.Vision
	tower     *Tower
	projector *poolingProjector
	lm        *RotaryDecoder
}

// Gemma3VL declares the model.
func (b *Builder) Gemma3VL(m workload.Text, v workload.Vision, frozen int64, parts Parts) *Gemma3VL {
	if b.Attention.Implementation == workload.FlashAttention2 {
		b.Fail(errNoFlash)
	}
	g := &Gemma3VL{b: b, v: v}
	parts.Vision(func() {
		defer b.In("model.vision_tower")()
		g.tower = b.Tower(v, v.Layers)
		g.tower.returned = true
	})
	parts.Join(func() {
		defer b.In("model.multi_modal_projector")()
		g.projector = b.poolingProjector(v, g.tower.s, b.T.Symbol("h", "hidden size", m.Hidden))
	})
	parts.Text(func() { g.lm = b.RotaryDecoderIn("model.language_model", m, frozen) })
	return g
}

// Tokens is the length of the sequence: text and images.
func (g *Gemma3VL) Tokens() tape.Dim { return g.b.textAndImages(g.v, tape.N(g.v.ImageTokens)) }

// Loss runs the model. The caller's frame holds the inputs.
func (g *Gemma3VL) Loss(ids, labels, types, pixels *tape.Tensor) *tape.Tensor {
	b, t := g.b, g.b.T
	f := t.Frame(ids, labels, types, pixels)
	hidden, held := g.hidden(ids, types, pixels)
	return f.Ret(b.lossOf(f, g.lm, hidden, labels, held))
}

// hidden is Gemma3Model's forward. The second result is what its output holds
// of the tower's, for the caller to bind and release.
func (g *Gemma3VL) hidden(ids, types, pixels *tape.Tensor) (hidden *tape.Tensor, held []*tape.Tensor) {
	b, t := g.b, g.b.T
	f := t.Frame(ids, types, pixels)
	x := f.V(g.lm.Embedded(ids))
	last, projected := g.images(pixels)
	held = []*tape.Tensor{t.Keep(last), t.Keep(projected)}
	features := f.V(t.To(projected, x.DType()))
	where := f.V(b.placeholders(ids))
	x = f.Re(x, t.MaskedScatter(x, where, features))
	f.V(b.imageBlocks(types))
	r := b.maskRun(x.DType(), ids.Dims()[1])
	begin := []tape.Dim{tape.One}
	masks := BlockMasks{Full: f.V(r.mask(func() *tape.Tensor { return r.either(begin, r.causal) }))}
	masks.Windowed = f.V(r.mask(r.windowedBlocks))
	return f.Ret(g.lm.HiddenOf(x, nil, masks)), held
}

// imageBlocks is get_block_sequence_ids_for_mask: the number of the image to
// which each token belongs.
func (b *Builder) imageBlocks(types *tape.Tensor) *tape.Tensor {
	t, d := b.T, types.Dims()
	defer t.Scope("image blocks")()
	f := t.Frame(types)
	f.V(t.Make("is an image", tape.Bool, d))
	f.V(t.Make("follows an image, padded", tape.Bool, []tape.Dim{d[0], b.plusOne(d[1])}))
	f.V(t.Make("begins an image", tape.Bool, d, t.Make("follows none", tape.Bool, d)))
	small := t.Make("begins an image, in int32", tape.I32, d)
	count := t.Make("images so far", tape.I64, d)
	t.RunningSum(small)
	f.V(t.Make("number of the image", tape.I64, d, count))
	return f.Ret(t.Make("blocks", tape.I64, d, t.Make("number", tape.I64, []tape.Dim{tape.One})))
}

// images is get_image_features: the tower's last hidden state and the
// projector's output.
func (g *Gemma3VL) images(pixels *tape.Tensor) (last, projected *tape.Tensor) {
	t := g.b.T
	defer t.As(memory.ImageFeatures)()
	f := t.Frame(pixels)
	last = f.V(g.tower.Forward(pixels).Last)
	projected = g.projector.Forward(last)
	return f.Ret2(last, projected)
}

// poolingProjector is Gemma3MultiModalProjector.
type poolingProjector struct {
	b    *Builder
	s    towerSizes
	win  tape.Window
	W    *tape.Param
	norm *GemmaNorm
}

var errPooling = say.Errorf("mm_tokens_per_image is no square of a divisor of the patches of a side; send 256 for images of 896 pixels and patches of 14")

func (b *Builder) poolingProjector(v workload.Vision, s towerSizes, h tape.Dim) *poolingProjector {
	p := &poolingProjector{b: b, s: s}
	side := v.NativeSize / max(1, v.Patch)
	tokens := max(1, int64(math.Sqrt(float64(v.ImageTokens))))
	kernel := max(1, side/tokens)
	p.win = tape.Square(kernel, kernel, 0)
	if n, _ := p.win.Out(side, side); n*n != v.ImageTokens {
		b.Fail(errPooling)
	}
	p.W = b.Weight("mm_input_projection_weight", s.H, h)
	p.norm = &GemmaNorm{b: b, leaf: "mm_soft_emb_norm", W: b.param("mm_soft_emb_norm.weight", tape.NormWeight, s.H)}
	return p
}

// Forward pools, norms and projects patches.
func (p *poolingProjector) Forward(x *tape.Tensor) *tape.Tensor {
	t, s := p.b.T, p.s
	defer t.Scope("multi_modal_projector")()
	f := t.Frame(x)
	rows, cols := s.win.Out(s.height, s.width)
	image := f.V(t.Contiguous(t.View(x, s.Images, s.H, tape.N(rows), tape.N(cols))))
	_, turned := tape.FoldsTurned(image, p.W.T())
	pooled := f.V(t.PoolTurned(image, p.win, turned))
	normed := f.V(p.norm.turned(pooled, turned))
	return f.Ret(f.V(t.To(t.ProductTurned(normed, p.W.T()), x.DType())))
}

// turned applies the norm to a tensor whose last dimension is the slow one;
// back says that its gradient lies so too.
func (n *GemmaNorm) turned(x *tape.Tensor, back bool) *tape.Tensor {
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	dt := x.DType()
	wide := t.To(x, tape.F32)
	g := t.Frame(wide)
	y := f.V(g.Ret(t.MulTurned(wide, t.Rsqrt(t.AddS(t.MeanTurned(t.Pow(wide)))), back)))
	y = f.Re(y, t.Mul(y, t.AddS(t.To(n.W.Tensor, tape.F32))))
	return f.Ret(t.To(y, dt))
}
