package cnn

import (
	"fmt"

	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
)

// vitShape is what differs among vision transformers.
type vitShape struct{ patch, width, layers, heads int64 }

// vits are torchvision's vision transformers.
var vits = map[string]vitShape{
	"vit_b_16": {16, 768, 12, 12}, "vit_b_32": {32, 768, 12, 12}, "vit_l_16": {16, 1024, 24, 16}, "vit_l_32": {32, 1024, 24, 16},
	"vit_h_14": {14, 1280, 32, 16},
}

// vitWiden is the ratio of an MLP's inner width to the transformer's.
const vitWiden = 4

// checkPatches refuses images that do not divide into a transformer's patches.
func (n *net) checkPatches(patch int64) error {
	if n.conv.Image%patch != 0 {
		return say.Errorf("inputImageSize %d is no multiple of the patch of %d pixels", n.conv.Image, patch)
	}
	return nil
}

// vit is torchvision's VisionTransformer. Its nn.MultiheadAttention keeps
// sequences first, and so the residual stream lies from the first block on,
// unless there is but one sample.
type vit struct {
	n        *net
	width    int64
	patch    *layers.Conv2D
	class    *tape.Param
	position *tape.Param
	drop     *layers.Dropout
	blocks   []layers.Module
	norm     *layers.LayerNorm
	heads    layers.Module
}

func newViT(n *net, s vitShape) layers.Module {
	v := &vit{n: n, width: s.width}
	w := tape.N(s.width)
	side := n.conv.Image / s.patch
	rate := n.dropRate(0)
	n.stage(0, func() {
		defer n.Of(memory.ConvolutionLayers)()
		v.class = n.Weight("class_token", tape.One, tape.One, w)
		v.patch = n.Conv2D("conv_proj", 3, s.width, tape.Square(s.patch, s.patch, 0), 1, true)
		v.position = n.Weight("encoder.pos_embedding", tape.One, tape.N(side*side+1), w)
	})
	v.drop = n.Dropout(rate)
	for i := range s.layers {
		n.stage(i+1, func() {
			n.within(fmt.Sprintf("encoder.layers.encoder_layer_%d", i), func() {
				v.blocks = append(v.blocks, n.checkpointed(n.vitBlock(s, rate, i > 0)))
			})
		})
	}
	v.norm = n.layerNorm("encoder.ln", s.width)
	n.within("heads", func() { v.heads = n.row(n.FC("head", s.width, n.conv.Classes, true)) })
	return v
}

// layerNorm declares a norm over the last dimension, counted among the norms.
func (n *net) layerNorm(leaf string, width int64) *layers.LayerNorm {
	defer n.Of(memory.BatchNorm)()
	return n.LayerNorm(leaf, tape.N(width))
}

// Forward is the model's forward.
func (v *vit) Forward(x *tape.Tensor) *tape.Tensor {
	t := v.n.T
	f := t.Frame(x)
	x = f.Re(x, v.patch.Patches(x))
	batch, patches := x.Dims()[0], x.Dims()[1]
	tokens, _ := patches.Const()
	w := tape.N(v.width)
	class := f.V(t.Expand(v.class.T(), batch, tape.One, w))
	x = f.Re(x, t.Cat([]tape.Dim{batch, tape.N(tokens + 1), w}, class, x))
	x = f.Re(x, v.encode(x))
	x = f.Re(x, t.Slice(x, batch, w))
	x = f.Re(x, v.heads.Forward(x))
	return f.Ret(x)
}

// encode is Encoder's forward.
func (v *vit) encode(x *tape.Tensor) *tape.Tensor {
	t := v.n.T
	f := t.Frame(x)
	x = f.Re(x, t.Add(x, v.position.T()))
	y := v.drop.Forward(x)
	g := t.Frame(y)
	for _, b := range v.blocks {
		y = g.Re(y, b.Forward(y))
	}
	y = g.Ret(y)
	return f.Ret(v.norm.Turned(y, !x.Dims()[0].IsOne(), false))
}

// vitBlock is torchvision's EncoderBlock.
type vitBlock struct {
	n            *net
	turned       bool // what enters lies sequence first
	norm1, norm2 *layers.LayerNorm
	attention    *multihead
	drop         *layers.Dropout
	mlp          *layers.Sequential
}

func (n *net) vitBlock(s vitShape, rate float64, turned bool) *vitBlock {
	w := s.width
	b := &vitBlock{n: n, turned: turned, drop: n.Dropout(rate)}
	b.norm1 = n.layerNorm("ln_1", w)
	n.within("self_attention", func() { b.attention = n.multihead(w, s.heads) })
	b.norm2 = n.layerNorm("ln_2", w)
	b.mlp = n.mlpBlock("mlp", w, vitWiden*w, rate)
	return b
}

// mlpBlock is torchvision's MLP: two linear layers, each with a dropout.
func (n *net) mlpBlock(leaf string, width, inner int64, rate float64) *layers.Sequential {
	return n.Sequential(leaf,
		func() layers.Module { return n.FC("", width, inner, true) },
		func() layers.Module { return n.Activation(layers.PointGELU, false) },
		func() layers.Module { return n.Dropout(rate) },
		func() layers.Module { return n.FC("", inner, width, true) },
		func() layers.Module { return n.Dropout(rate) })
}

// Forward is the block's forward.
func (b *vitBlock) Forward(input *tape.Tensor) *tape.Tensor {
	t := b.n.T
	f := t.Frame(input)
	many := !input.Dims()[0].IsOne()
	x := f.V(b.norm1.Turned(input, many && b.turned, many))
	x = f.Re(x, b.attention.Forward(x))
	x = f.Re(x, b.drop.Forward(x))
	x = f.Re(x, t.Add(x, input))
	y := f.V(b.norm2.Turned(x, many, false))
	y = f.Re(y, b.mlp.Forward(y))
	return f.Ret(t.Add(x, y))
}
