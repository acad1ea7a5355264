package cnn

import (
	"strconv"

	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// vitShape is what differs among vision transformers.
type vitShape struct{ patch, width, layers, heads int64 }

var vits = map[string]vitShape{
	"vit_b_16": {16, 768, 12, 12}, "vit_b_32": {32, 768, 12, 12}, "vit_l_16": {16, 1024, 24, 16}, "vit_l_32": {32, 1024, 24, 16},
	"vit_h_14":             {14, 1280, 32, 16},
	"vit_tiny_patch16_224": {16, 192, 12, 3}, "vit_small_patch16_224": {16, 384, 12, 6}, "vit_base_patch16_224": {16, 768, 12, 12},
	"vit_base_patch32_224": {32, 768, 12, 12}, "vit_large_patch16_224": {16, 1024, 24, 16},
	"deit_tiny_patch16_224": {16, 192, 12, 3}, "deit_small_patch16_224": {16, 384, 12, 6}, "deit_base_patch16_224": {16, 768, 12, 12},
}

// vitWiden is the ratio of an MLP's inner width to the transformer's.
const vitWiden = 4

// vit is torchvision's and timm's VisionTransformer.
type vit struct {
	n        *net
	s        vitShape
	patch    *layers.Conv2D
	class    *tape.Param
	position *tape.Param
	blocks   []layers.Module
	norm     *layers.LayerNorm
	head     *layers.FC
}

func newViT(n *net, s vitShape) layers.Module {
	v := &vit{n: n, s: s}
	w := tape.N(s.width)
	side := n.conv.Image / s.patch
	n.stage(0, func() {
		defer n.Of(memory.ConvolutionLayers)()
		v.class = n.Weight("class_token", tape.One, tape.One, w)
		v.patch = n.Conv2D("conv_proj", 3, s.width, tape.Square(s.patch, s.patch, 0), 1, true)
		v.position = n.Weight("encoder.pos_embedding", tape.One, tape.N(side*side+1), w)
	})
	for i := range s.layers {
		n.stage(i+1, func() {
			n.within("encoder.layers."+strconv.FormatInt(i, 10), func() {
				v.blocks = append(v.blocks, n.Checkpointed(n.vitBlock(s, n.pathRate(i, s.layers))))
			})
		})
	}
	v.norm = n.layerNorm("encoder.ln", s.width)
	v.head = n.FC("heads.head", s.width, n.conv.Classes, true)
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
	batch, w := x.Dims()[0], tape.N(v.s.width)
	patches := f.V(v.patch.Forward(x))
	side := patches.Dims()[2].Times(patches.Dims()[3])
	tokens, _ := side.Const()
	all := []tape.Dim{batch, tape.N(tokens + 1), w}
	y := f.V(t.View(patches, batch, side, w))
	class := f.V(t.Expand(v.class.T(), batch, tape.One, w))
	y = f.Re(y, t.Cat(all, class, y))
	y = f.Re(y, t.Add(y, v.position.T()))
	for _, b := range v.blocks {
		y = f.Re(y, b.Forward(y))
	}
	y = f.Re(y, v.norm.Forward(y))
	y = f.Re(y, t.Slice(y, batch, w))
	y = f.Re(y, v.head.Forward(y))
	return f.Ret(y)
}

// vitBlock is a pre-norm transformer block with fused query, key and value.
type vitBlock struct {
	n            *net
	s            vitShape
	norm1, norm2 *layers.LayerNorm
	qkv, out     *layers.FC
	fc1, fc2     *layers.FC
	act          *layers.Activation
	path         *layers.DropPath
}

func (n *net) vitBlock(s vitShape, rate float64) *vitBlock {
	w := s.width
	return &vitBlock{
		n: n, s: s, path: n.DropPath(rate), act: n.Activation(layers.PointGELU, false),
		norm1: n.layerNorm("ln_1", w), qkv: n.FC("self_attention.in_proj", w, 3*w, true), out: n.FC("self_attention.out_proj", w, w, true),
		norm2: n.layerNorm("ln_2", w), fc1: n.FC("mlp.0", w, vitWiden*w, true), fc2: n.FC("mlp.3", vitWiden*w, w, true),
	}
}

// Forward is the block's forward.
func (b *vitBlock) Forward(x *tape.Tensor) *tape.Tensor {
	t := b.n.T
	f := t.Frame(x)
	y := f.V(b.path.Forward(b.attend(b.norm1.Forward(x))))
	y = f.Re(y, t.Add(x, y))
	z := f.V(b.norm2.Forward(y))
	z = layers.Chain(f, z, b.fc1, b.act, b.fc2, b.path)
	return f.Ret(t.Add(y, z))
}

// attend is the attention. torchvision's nn.MultiheadAttention copies the
// projected queries, keys and values, and the output.
func (b *vitBlock) attend(x *tape.Tensor) *tape.Tensor {
	t := b.n.T
	defer t.Scope("attention")()
	f := t.Frame(x)
	d := x.Dims()
	heads, width := tape.N(b.s.heads), tape.N(b.s.width/b.s.heads)
	one := []tape.Dim{d[0], heads, d[1], width}
	qkv := f.V(t.CopyBack(b.qkv.Forward(x), d[0], d[1], tape.N(3), d[2]))
	if !b.n.conv.TIMM {
		qkv = f.Re(qkv, t.Contiguous(qkv))
	}
	parts := t.Split(qkv, one, one, one)
	q, k, v := f.V(parts[0]), f.V(parts[1]), f.V(parts[2])
	y := f.V(t.SDPA(q, k, v, tape.Heads{Batch: d[0], Queries: d[1], Keys: d[1], Heads: heads, KVHeads: heads, Dim: width, ValueDim: width}))
	if !b.n.conv.TIMM && y.DType() == tape.F32 { // flash gives its output in the query's layout, sequence first
		y = f.Re(y, t.Contiguous(y))
	}
	y = f.Re(y, t.View(y, d...))
	y = f.Re(y, b.out.Forward(y))
	b.n.multiplyAttention(d[1], b.s.width)
	return f.Ret(y)
}

// multiplyAttention counts the products of scores and of values.
func (n *net) multiplyAttention(tokens tape.Dim, width int64) {
	if s, ok := tokens.Const(); ok && n.Counting {
		n.MultiplyAdds += 2 * s * s * width
	}
}
