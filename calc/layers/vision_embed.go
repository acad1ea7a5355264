package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// towerSizes are the widths of a vision tower as symbols.
type towerSizes struct {
	H, F, Heads, D tape.Dim
	L              tape.Dim
	Patches        tape.Dim // patches of one image
	Tokens         tape.Dim // with the class token, where there is one
	Images         tape.Dim // images that the tower sees at once
	win            tape.Window
	height, width  int64
}

// towerSizes declares the symbols of a tower. The size of an image is
// structure.
func (b *Builder) towerSizes(v workload.Vision, class bool) towerSizes {
	t := b.T
	s := towerSizes{
		H:     t.Symbol("hv", "hidden size of the vision tower", v.Hidden),
		F:     t.Symbol("fv", "intermediate size of the vision tower", v.Intermediate),
		Heads: t.Symbol("av", "attention heads of the vision tower", v.Heads),
		D:     t.Symbol("dv", "head dimension of the vision tower", v.Hidden/max(1, v.Heads)),
		L:     t.Symbol("Lv", "layers of the vision tower", v.Layers),
		win:   tape.Square(v.Patch, v.Patch, 0), height: v.Height, width: v.Width,
	}
	h, w := s.win.Out(v.Height, v.Width)
	s.Patches, s.Tokens = tape.N(h*w), tape.N(h*w)
	if class {
		s.Tokens = tape.N(h*w + 1)
	}
	s.Images = b.B.Times(tape.N(max(1, v.Images) * max(1, v.Tiles)))
	return s
}

// PixelType is the type in which images come: the model's where it computes in
// one type, else fp32.
func (b *Builder) PixelType() tape.DType {
	if b.Train.IsAutocast() {
		return tape.F32
	}
	return b.Weights
}

// Pixels is the input of a tower.
func (b *Builder) Pixels(v workload.Vision) *tape.Tensor {
	defer b.T.As(memory.DataAugmentation)()
	images := b.B.Times(tape.N(max(1, v.Images) * max(1, v.Tiles)))
	return b.T.Input("pixels", b.PixelType(), images, tape.N(v.Channels), tape.N(v.Height), tape.N(v.Width))
}

// patchEmbeddings is CLIPVisionEmbeddings and its relatives': a convolution to
// patches, a class token, learned positions.
type patchEmbeddings struct {
	b           *Builder
	v           workload.Vision
	s           towerSizes
	class       *tape.Param
	patch, bias *tape.Param
	positions   *Embedding
	table       *tape.Param // BLIP adds its positions without a lookup
	ids         *tape.Param
	bare        bool // no hook makes the patches require a gradient
}

func (b *Builder) patchEmbeddings(v workload.Vision, s towerSizes) *patchEmbeddings {
	defer b.In("embeddings")()
	e := &patchEmbeddings{b: b, v: v, s: s}
	p := tape.N(v.Patch)
	conv := func(bias bool) {
		e.patch = b.param("patch_embedding.weight", tape.ConvWeight, s.H, tape.N(v.Channels), p, p)
		if bias {
			e.bias = b.param("patch_embedding.bias", tape.Bias, s.H)
		}
	}
	side := v.NativeSize / max(1, v.Patch)
	rows := side * side
	switch v.Family {
	case workload.CLIPVision:
		e.class = b.Weight("class_embedding", s.H)
		conv(false)
		rows++
	case workload.BLIPVision, workload.BLIP2Vision:
		e.class = b.Weight("class_embedding", tape.One, tape.One, s.H)
		rows++
		e.table = b.Weight("position_embedding", tape.One, tape.N(rows), s.H)
		conv(true)
		return e
	default:
		conv(true)
	}
	e.positions = b.Embedding("position_embedding", tape.N(rows), s.H)
	e.ids = b.Buffer("position_ids", tape.I64, tape.One, tape.N(rows))
	return e
}

// Forward embeds images.
func (e *patchEmbeddings) Forward(pixels *tape.Tensor) *tape.Tensor {
	t, s := e.b.T, e.s
	defer t.Scope("embeddings")()
	f := t.Frame(pixels)
	x := f.V(e.convolve(t.To(pixels, e.patch.DType())))
	y := x
	if e.class != nil {
		class := f.V(t.Expand(e.class.T(), s.Images, tape.One, s.H))
		y = f.V(t.Cat([]tape.Dim{s.Images, s.Tokens, s.H}, class, x))
	}
	if e.table != nil {
		y = f.Re(y, t.Add(y, e.table.T()))
		if e.b.hooksInputs() && !y.Requires() { // the whole module is the embedding
			t.RequireGrad(y)
		}
		return f.Ret(y)
	}
	return f.Ret(f.Re(y, t.Add(y, e.positions.Forward(e.ids.T()))))
}

func (e *patchEmbeddings) convolve(x *tape.Tensor) *tape.Tensor {
	t := e.b.T
	defer t.Scope("patch_embedding")()
	f := t.Frame(x)
	y := f.Ret(t.Patches(x, e.patch.T(), e.bias.T(), e.s.win))
	if e.table == nil && !e.bare && e.b.hooksInputs() && !y.Requires() { // as TokenEmbedding
		t.RequireGrad(y)
		return t.CopyBack(y, y.Dims()...) // the leaf's gradient is copied into its layout
	}
	return y
}
