package cnn

import (
	"strconv"

	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// convnextShape is what differs among ConvNeXts.
type convnextShape struct {
	blocks [4]int64
	widths [4]int64
}

var convnexts = map[string]convnextShape{
	"convnext_tiny":  {[4]int64{3, 3, 9, 3}, [4]int64{96, 192, 384, 768}},
	"convnext_small": {[4]int64{3, 3, 27, 3}, [4]int64{96, 192, 384, 768}},
	"convnext_base":  {[4]int64{3, 3, 27, 3}, [4]int64{128, 256, 512, 1024}},
	"convnext_large": {[4]int64{3, 3, 27, 3}, [4]int64{192, 384, 768, 1536}},
}

// convnextWiden is the ratio of a block's inner width to its own.
const convnextWiden = 4

// convnext is torchvision's ConvNeXt.
type convnext struct {
	n        *net
	features *layers.Sequential
	mean     layers.Module
	norm     *channelNorm
	fc       *layers.FC
}

func newConvNeXt(n *net, s convnextShape) layers.Module {
	c := &convnext{n: n}
	width := func(i int) int64 { return n.wide(s.widths[i]) }
	total := s.blocks[0] + s.blocks[1] + s.blocks[2] + s.blocks[3]
	parts := []func() layers.Module{func() layers.Module {
		return n.staged(0, func() layers.Module {
			return chain{n, []layers.Module{n.Conv2D("0", 3, width(0), tape.Square(4, 4, 0), 1, true), n.channelNorm("1", width(0))}}
		})
	}}
	block := int64(0)
	for i, count := range s.blocks {
		parts = append(parts, func() layers.Module {
			var blocks []func() layers.Module
			for range count {
				blocks = append(blocks, func() layers.Module {
					b := n.convnextBlock(width(i), n.pathRate(block, total))
					block++
					return n.Checkpointed(b)
				})
			}
			return n.staged(int64(i)+1, func() layers.Module { return n.Sequential("", blocks...) })
		})
		if i+1 < len(s.blocks) {
			parts = append(parts, func() layers.Module {
				return n.staged(int64(i)+1, func() layers.Module {
					return chain{n, []layers.Module{n.channelNorm("0", width(i)), n.Conv2D("1", width(i), width(i+1), tape.Square(2, 2, 0), 1, true)}}
				})
			})
		}
	}
	c.features = n.Sequential("features", parts...)
	c.mean = n.AdaptivePool(1, 1)
	n.within("classifier", func() {
		c.norm = n.channelNorm("0", width(3))
		c.fc = n.FC("2", width(3), n.conv.Classes, true)
	})
	return c
}

// Forward is the network's forward.
func (c *convnext) Forward(x *tape.Tensor) *tape.Tensor {
	f := c.n.T.Frame(x)
	x = layers.Chain(f, x, c.features, c.mean)
	g := c.n.T.Frame(x)
	y := layers.Chain(g, x, c.norm)
	y = g.Re(y, c.n.Flatten(y))
	y = layers.Chain(g, y, c.fc)
	x = f.Re(x, g.Ret(y))
	return f.Ret(x)
}

// channelNorm is a layer norm over the channels of an image: LayerNorm2d.
type channelNorm struct {
	n    *net
	norm *layers.LayerNorm
}

func (n *net) channelNorm(leaf string, width int64) *channelNorm {
	defer n.Of(memory.BatchNorm)()
	return &channelNorm{n, n.LayerNorm(leaf, tape.N(width))}
}

// Forward normalizes each pixel.
func (c *channelNorm) Forward(x *tape.Tensor) *tape.Tensor {
	t := c.n.T
	f := t.Frame(x)
	d := x.Dims()
	x = f.Re(x, t.View(x, d[0], d[2], d[3], d[1]))
	x = f.Re(x, t.LayerNormRows(x, c.norm.W.T(), c.norm.Bias.T()))
	return f.Ret(t.View(x, d...))
}

// convnextBlock is a depthwise convolution and an MLP over channels.
type convnextBlock struct {
	n        *net
	depth    *layers.Conv2D
	norm     *layers.LayerNorm
	fc1, fc2 *layers.FC
	act      *layers.Activation
	scale    *tape.Param
	path     *layers.DropPath
	width    int64
}

func (n *net) convnextBlock(width int64, rate float64) *convnextBlock {
	b := &convnextBlock{n: n, width: width, path: n.DropPath(rate), act: n.Activation(layers.PointGELU, false)}
	defer n.Of(memory.BatchNorm)()
	b.scale = n.Weight("layer_scale", tape.N(width), tape.One, tape.One)
	n.within("block", func() {
		b.depth = n.Conv2D("0", width, width, same(n.kernel(7), 1), width, true)
		b.norm = n.LayerNorm(strconv.Itoa(2), tape.N(width))
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
	d := x.Dims()
	g := t.Frame(x)
	y := g.V(b.depth.Forward(x))
	y = g.Re(y, t.View(y, d[0], d[2], d[3], d[1]))
	y = g.Re(y, t.LayerNormRows(y, b.norm.W.T(), b.norm.Bias.T()))
	y = layers.Chain(g, y, b.fc1, b.act, b.fc2)
	y = g.Ret(t.View(y, d...))
	y = f.V(t.Mul(b.scale.T(), y))
	y = f.Re(y, b.path.Forward(y))
	y = f.Re(y, t.AddInPlace(y, x))
	return f.Ret(y)
}
