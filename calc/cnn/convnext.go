package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// convnextShape is what differs among ConvNeXts.
type convnextShape struct {
	blocks [4]int64
	widths [4]int64
}

// convnexts are the ConvNeXts that torchvision and timm name alike.
var convnexts = map[string]convnextShape{
	"convnext_tiny":  {[4]int64{3, 3, 9, 3}, [4]int64{96, 192, 384, 768}},
	"convnext_small": {[4]int64{3, 3, 27, 3}, [4]int64{96, 192, 384, 768}},
	"convnext_base":  {[4]int64{3, 3, 27, 3}, [4]int64{128, 256, 512, 1024}},
	"convnext_large": {[4]int64{3, 3, 27, 3}, [4]int64{192, 384, 768, 1536}},
}

// total is the number of blocks.
func (s convnextShape) total() int64 { return s.blocks[0] + s.blocks[1] + s.blocks[2] + s.blocks[3] }

const (
	convnextPatch = 4 // side of the stem's patches
	convnextWiden = 4 // ratio of a block's inner width to its own
)

// convnext is torchvision's ConvNeXt.
type convnext struct {
	n        *net
	features *layers.Sequential
	norm     *channelNorm
	fc       *layers.FC
}

func newConvNeXt(n *net, s convnextShape) layers.Module {
	c := &convnext{n: n}
	width := func(i int) int64 { return n.wide(s.widths[i]) }
	parts := []func() layers.Module{func() layers.Module {
		return n.staged(0, func() layers.Module {
			return n.row(n.stemConv("0", width(0), convnextPatch), n.channelNorm("1", width(0), true))
		})
	}}
	block, last := int64(0), len(s.blocks)-1
	for i, count := range s.blocks {
		parts = append(parts, func() layers.Module {
			var blocks []func() layers.Module
			for range count {
				blocks = append(blocks, func() layers.Module {
					b := n.convnextBlock(width(i), n.pathRate(block, s.total()), i == last)
					block++
					return n.checkpointed(b)
				})
			}
			return n.staged(int64(i)+1, func() layers.Module { return n.Sequential("", blocks...) })
		})
		if i < last {
			parts = append(parts, func() layers.Module {
				return n.staged(int64(i)+1, func() layers.Module { return n.convnextDownsample(width(i), width(i+1), i+1 == last) })
			})
		}
	}
	c.features = n.Sequential("features", parts...)
	n.within("classifier", func() {
		c.norm = n.channelNorm("0", width(3), false)
		c.fc = n.FC("2", width(3), n.conv.Classes, true)
	})
	return c
}

// convnextDownsample is a norm and a convolution between stages.
func (n *net) convnextDownsample(in, out int64, last bool) layers.Module {
	return n.row(n.channelNorm("0", in, false), n.lastConv("1", in, out, tape.Square(2, 2, 0), 1, last))
}

// Forward is the network's forward.
func (c *convnext) Forward(x *tape.Tensor) *tape.Tensor {
	t := c.n.T
	f := t.Frame(x)
	x = layers.Chain(f, x, c.features)
	x = f.Re(x, t.AdaptiveMeanLast(x))
	g := t.Frame(x)
	y := layers.Chain(g, x, c.norm)
	y = g.Re(y, c.n.flattenPixel(y))
	y = layers.Chain(g, y, c.fc)
	x = f.Re(x, g.Ret(y))
	return f.Ret(x)
}

// flattenPixel joins the dimensions of an image of one pixel.
func (n *net) flattenPixel(x *tape.Tensor) *tape.Tensor { return n.T.View(x, x.Dims()[0], x.Dims()[1]) }

// convnextBlock is torchvision's CNBlock: a depthwise convolution and an MLP
// over channels.
type convnextBlock struct {
	n        *net
	last     bool // of the last stage
	depth    *layerConv
	norm     *layers.LayerNorm
	fc1, fc2 *layers.FC
	act      *layers.Activation
	scale    *tape.Param
	path     *layers.DropPath
}

func (n *net) convnextBlock(width int64, rate float64, last bool) *convnextBlock {
	b := &convnextBlock{n: n, last: last, path: n.DropPath(rate), act: n.Activation(layers.PointGELU, false)}
	b.scale = n.layerScale("layer_scale", tape.N(width), tape.One, tape.One)
	n.within("block", func() {
		b.depth = n.lastConv("0", width, width, same(n.kernel(7), 1), width, false)
		b.norm = n.layerNorm("2", width)
		b.fc1 = n.FC("3", width, convnextWiden*width, true)
		b.fc2 = n.FC("5", convnextWiden*width, width, true)
	})
	return b
}

// Forward is the block's forward.
func (b *convnextBlock) Forward(x *tape.Tensor) *tape.Tensor {
	t := b.n.T
	defer t.Scope("block")()
	f := t.Frame(x)
	g := t.Frame(x)
	y := g.V(b.depth.Forward(x))
	y = g.Re(y, rowsOf(t, y))
	y = layers.Chain(g, y, b.norm, b.fc1, b.act, b.fc2)
	y = g.Ret(y)
	y = f.V(b.n.scaled(y, b.scale.T(), x.Dims(), true, b.last))
	y = f.Re(y, b.path.Forward(y))
	y = f.Re(y, t.AddInPlace(y, x))
	return f.Ret(y)
}
