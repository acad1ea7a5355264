package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// This file holds what networks do whose norms work over the channels of each
// pixel: the first norm turns the images to the channels-last layout, whatever
// layout the model is in, and they stay so. Only the gradient of the final
// mean comes in the standard layout, and with it those of the last stage.

// channelNorm is a layer norm over the channels of an image: LayerNorm2d.
type channelNorm struct {
	n     *net
	norm  *layers.LayerNorm
	first bool // takes images in the model's layout
}

func (n *net) channelNorm(leaf string, width int64, first bool) *channelNorm {
	return &channelNorm{n, n.layerNorm(leaf, width), first}
}

// Forward normalizes each pixel.
func (c *channelNorm) Forward(x *tape.Tensor) *tape.Tensor {
	t := c.n.T
	f := t.Frame(x)
	d := x.Dims()
	apart := c.first && !t.ChannelsLast && !d[2].Times(d[3]).IsOne()
	x = f.Re(x, rowsOf(t, x))
	x = f.Re(x, c.norm.Turned(x, apart, false))
	return f.Ret(t.View(x, d...))
}

// rowsOf is an image seen with its channels last.
func rowsOf(t *tape.Tape, x *tape.Tensor) *tape.Tensor {
	d := x.Dims()
	return t.View(x, d[0], d[2], d[3], d[1])
}

// scaled is channels-last rows times a factor of each channel, seen as an
// image of the given shape. In the last stage the product's gradient comes in
// the standard layout, and the rows' is copied. first says that the factor is
// the first operand.
func (n *net) scaled(y, scale *tape.Tensor, d []tape.Dim, first, last bool) *tape.Tensor {
	t := n.T
	factor := []tape.Dim{d[1]}
	if last {
		y = t.View(t.CopyBack(y, y.Dims()...), d...)
		factor = []tape.Dim{d[1], tape.One, tape.One}
	}
	s := t.View(scale, factor...)
	if first {
		return t.View(t.Mul(s, y), d...)
	}
	return t.View(t.Mul(y, s), d...)
}

// layerScale is a factor of each channel.
func (n *net) layerScale(leaf string, dims ...tape.Dim) *tape.Param {
	defer n.Of(memory.BatchNorm)()
	return n.Weight(leaf, dims...)
}

// layerConv is a convolution of channels-last images in a model that may be in
// the standard layout.
type layerConv struct {
	*layers.Conv2D
	layout tape.Layout
}

// lastConv declares such a convolution. other says that its gradient comes in
// the standard layout.
func (n *net) lastConv(leaf string, in, out int64, win tape.Window, groups int64, other bool) *layerConv {
	return &layerConv{n.Conv2D(leaf, in, out, win, groups, true), tape.Layout{Last: true, PlainWeights: !n.T.ChannelsLast, OtherGradient: other}}
}

// stemConv declares the convolution before the first such norm, whose gradient
// comes with channels last.
func (n *net) stemConv(leaf string, out, side int64) *layerConv {
	last := n.T.ChannelsLast
	return &layerConv{n.Conv2D(leaf, 3, out, tape.Square(side, side, 0), 1, true), tape.Layout{Last: last, OtherGradient: !last}}
}

// Forward applies the convolution.
func (c *layerConv) Forward(x *tape.Tensor) *tape.Tensor { return c.In(x, c.layout) }
