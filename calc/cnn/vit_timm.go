package cnn

import (
	"strconv"

	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// timmViTs are timm's vision transformers.
var timmViTs = map[string]vitShape{
	"vit_tiny_patch16_224": {16, 192, 12, 3}, "vit_small_patch16_224": {16, 384, 12, 6}, "vit_small_patch32_224": {32, 384, 12, 6},
	"vit_base_patch16_224": {16, 768, 12, 12}, "vit_base_patch32_224": {32, 768, 12, 12}, "vit_base_patch8_224": {8, 768, 12, 12},
	"vit_large_patch16_224": {16, 1024, 24, 16}, "vit_large_patch32_224": {32, 1024, 24, 16}, "vit_huge_patch14_224": {14, 1280, 32, 16},
	"deit_tiny_patch16_224": {16, 192, 12, 3}, "deit_small_patch16_224": {16, 384, 12, 6}, "deit_base_patch16_224": {16, 768, 12, 12},
}

// timmViT is timm's VisionTransformer.
type timmViT struct {
	n        *net
	width    int64
	class    *tape.Param
	position *tape.Param
	patch    *layers.Conv2D
	blocks   []layers.Module
	norm     *layers.LayerNorm
	drop     *layers.Dropout
	head     *layers.FC
}

func newTimmViT(n *net, s vitShape) layers.Module {
	v := &timmViT{n: n, width: s.width}
	w := tape.N(s.width)
	side := n.conv.Image / s.patch
	n.stage(0, func() {
		defer n.Of(memory.ConvolutionLayers)()
		v.class = n.Weight("cls_token", tape.One, tape.One, w)
		v.position = n.Weight("pos_embed", tape.One, tape.N(side*side+1), w)
		v.patch = n.Conv2D("patch_embed.proj", 3, s.width, tape.Square(s.patch, s.patch, 0), 1, true)
	})
	for i := range s.layers {
		n.stage(i+1, func() {
			n.within("blocks."+strconv.FormatInt(i, 10), func() {
				v.blocks = append(v.blocks, n.checkpointed(n.timmBlock(s, n.pathRate(i, s.layers))))
			})
		})
	}
	v.norm = n.layerNorm("norm", s.width)
	v.drop = n.Dropout(n.dropRate(0))
	v.head = n.FC("head", s.width, n.conv.Classes, true)
	return v
}

// Forward is the model's forward: the features stay until the head is done.
func (v *timmViT) Forward(x *tape.Tensor) *tape.Tensor {
	t := v.n.T
	f := t.Frame(x)
	x = f.Re(x, v.features(x))
	g := t.Frame(x)
	y := g.V(t.Slice(x, x.Dims()[0], tape.N(v.width)))
	y = layers.Chain(g, y, v.drop, v.head)
	return f.Ret(g.Ret(y))
}

// features is forward_features.
func (v *timmViT) features(x *tape.Tensor) *tape.Tensor {
	t := v.n.T
	f := t.Frame(x)
	x = f.Re(x, v.patch.Patches(x))
	x = f.Re(x, v.embed(x))
	x = f.Re(x, v.n.row(v.blocks...).Forward(x))
	x = f.Re(x, v.norm.Forward(x))
	return f.Ret(x)
}

// embed adds the class token and positions.
func (v *timmViT) embed(x *tape.Tensor) *tape.Tensor {
	t := v.n.T
	f := t.Frame(x)
	batch, w := x.Dims()[0], tape.N(v.width)
	tokens, _ := x.Dims()[1].Const()
	class := f.V(t.Expand(v.class.T(), batch, tape.One, w))
	x = f.Re(x, t.Cat([]tape.Dim{batch, tape.N(tokens + 1), w}, class, x))
	x = f.Re(x, t.Add(x, v.position.T()))
	return f.Ret(x)
}

// timmBlock is timm's pre-norm Block.
type timmBlock struct {
	n            *net
	norm1, norm2 *layers.LayerNorm
	attention    layers.Module
	path         *layers.DropPath
	mlp          layers.Module
}

func (n *net) timmBlock(s vitShape, rate float64) *timmBlock {
	b := &timmBlock{n: n, path: n.DropPath(rate)}
	b.norm1 = n.layerNorm("norm1", s.width)
	n.within("attn", func() { b.attention = n.fusedAttention(s.width, s.heads) })
	b.norm2 = n.layerNorm("norm2", s.width)
	n.within("mlp", func() { b.mlp = n.timmMLP(s.width, vitWiden*s.width) })
	return b
}

// Forward is the block's forward.
func (b *timmBlock) Forward(x *tape.Tensor) *tape.Tensor {
	t := b.n.T
	f := t.Frame(x)
	x = f.Re(x, t.Add(x, b.path.Forward(b.attention.Forward(b.norm1.Forward(x)))))
	x = f.Re(x, t.Add(x, b.path.Forward(b.mlp.Forward(b.norm2.Forward(x)))))
	return f.Ret(x)
}

// timmMLP is timm's Mlp with a GELU.
func (n *net) timmMLP(width, inner int64) layers.Module {
	return n.row(n.FC("fc1", width, inner, true), n.Activation(layers.PointGELU, false), n.FC("fc2", inner, width, true))
}

// fusedAttention is timm's Attention: a joint projection, torch's
// scaled_dot_product_attention and the projection of its output.
type fusedAttention struct {
	n            *net
	width, heads int64
	qkv, proj    *layers.FC
}

func (n *net) fusedAttention(width, heads int64) *fusedAttention {
	return &fusedAttention{n: n, width: width, heads: heads, qkv: n.FC("qkv", width, 3*width, true), proj: n.FC("proj", width, width, true)}
}

// Forward attends.
func (a *fusedAttention) Forward(x *tape.Tensor) *tape.Tensor {
	t := a.n.T
	defer t.Scope("attention")()
	f := t.Frame(x)
	d := x.Dims()
	heads, width := tape.N(a.heads), tape.N(a.width/a.heads)
	one := []tape.Dim{d[0], heads, d[1], width}
	qkv := f.V(t.CopyBack(a.qkv.Forward(x), d[0], d[1], tape.N(3), d[2]))
	parts := t.Split(qkv, one, one, one)
	q, k, v := f.V(parts[0]), f.V(parts[1]), f.V(parts[2])
	y := f.V(t.SDPA(q, k, v, tape.Heads{Batch: d[0], Queries: d[1], Keys: d[1], Heads: heads, KVHeads: heads, Dim: width, ValueDim: width}))
	a.n.multiplyAttention(d[1], d[1], a.width)
	y = f.Re(y, t.View(y, d...))
	y = f.Re(y, a.proj.Forward(y))
	return f.Ret(y)
}
