package cnn

import (
	"fmt"

	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// timmConvNeXt is timm's ConvNeXt.
type timmConvNeXt struct {
	n      *net
	stem   layers.Module
	stages []layers.Module
	norm   *channelNorm
	drop   *layers.Dropout
	fc     *layers.FC
}

func newTimmConvNeXt(n *net, s convnextShape) layers.Module {
	c := &timmConvNeXt{n: n}
	in := n.wide(s.widths[0])
	n.stage(0, func() {
		n.within("stem", func() {
			c.stem = n.row(n.stemConv("0", in, convnextPatch), n.channelNorm("1", in, true))
		})
	})
	block, last := int64(0), len(s.blocks)-1
	for i, count := range s.blocks {
		width := n.wide(s.widths[i])
		n.stage(int64(i)+1, func() {
			defer n.In(fmt.Sprintf("stages.%d", i))()
			var stage []layers.Module
			if i > 0 {
				n.within("downsample", func() { stage = append(stage, n.convnextDownsample(in, width, i == last)) })
			}
			var blocks []layers.Module
			for j := range count {
				n.within(fmt.Sprintf("blocks.%d", j), func() {
					blocks = append(blocks, n.checkpointed(n.timmConvNeXtBlock(width, n.pathRate(block, s.total()), i == last)))
				})
				block++
			}
			c.stages = append(c.stages, n.row(append(stage, n.row(blocks...))...))
		})
		in = width
	}
	n.within("head", func() {
		c.norm = n.channelNorm("norm", in, false)
		c.drop = n.Dropout(n.dropRate(0))
		c.fc = n.FC("fc", in, n.conv.Classes, true)
	})
	return c
}

// Forward is the network's forward: the features stay until the head is done.
func (c *timmConvNeXt) Forward(x *tape.Tensor) *tape.Tensor {
	t := c.n.T
	f := t.Frame(x)
	g := t.Frame(x)
	y := layers.Chain(g, x, c.stem, c.n.row(c.stages...))
	x = f.Re(x, g.Ret(y))
	h := t.Frame(x)
	z := h.V(t.AdaptiveMeanLast(x))
	z = layers.Chain(h, z, c.norm)
	z = h.Re(z, c.n.flattenPixel(z))
	z = layers.Chain(h, z, c.drop, c.fc)
	return f.Ret(h.Ret(z))
}

// timmConvNeXtBlock is timm's ConvNeXtBlock.
type timmConvNeXtBlock struct {
	n     *net
	last  bool // of the last stage
	depth *layerConv
	norm  *layers.LayerNorm
	mlp   layers.Module
	gamma *tape.Param
	path  *layers.DropPath
}

func (n *net) timmConvNeXtBlock(width int64, rate float64, last bool) *timmConvNeXtBlock {
	b := &timmConvNeXtBlock{n: n, last: last, path: n.DropPath(rate)}
	b.gamma = n.layerScale("gamma", tape.N(width))
	b.depth = n.lastConv("conv_dw", width, width, same(n.kernel(7), 1), width, false)
	b.norm = n.layerNorm("norm", width)
	n.within("mlp", func() { b.mlp = n.timmMLP(width, convnextWiden*width) })
	return b
}

// Forward is the block's forward.
func (b *timmConvNeXtBlock) Forward(x *tape.Tensor) *tape.Tensor {
	t := b.n.T
	defer t.Scope("block")()
	f := t.Frame(x)
	d := x.Dims()
	y := f.V(b.depth.Forward(x))
	y = f.Re(y, rowsOf(t, y))
	y = layers.Chain(f, y, b.norm, b.mlp)
	y = f.Re(y, b.n.scaled(y, b.gamma.T(), d, false, b.last))
	y = f.Re(y, t.Add(b.path.Forward(y), x))
	return f.Ret(y)
}
