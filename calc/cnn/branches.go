package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// branches are the parallel parts of an inception module, whose results are
// joined along channels.
type branches struct {
	n     *net
	parts []branch
}

// branch is modules in a row; where it forks, the last are given the same
// input and their results are joined.
type branch struct {
	row  []layers.Module
	fork []layers.Module
}

// Forward runs the branches.
func (b *branches) Forward(x *tape.Tensor) *tape.Tensor {
	t := b.n.T
	f := t.Frame(x)
	g := t.Frame(x)
	outputs := make([]*tape.Tensor, len(b.parts))
	for i, p := range b.parts {
		outputs[i] = g.V(p.row[0].Forward(x))
		for _, m := range p.row[1:] {
			outputs[i] = g.Re(outputs[i], m.Forward(outputs[i]))
		}
		if len(p.fork) > 0 {
			outputs[i] = b.forked(g, outputs[i], p.fork)
		}
	}
	for _, y := range outputs { // the list, which outlives the inner function
		f.V(y)
	}
	g.End()
	return f.Ret(b.n.joined(outputs))
}

// forked joins what several modules make of one tensor.
func (b *branches) forked(g *tape.Frame, x *tape.Tensor, fork []layers.Module) *tape.Tensor {
	var list []*tape.Tensor
	for _, m := range fork {
		list = append(list, g.V(m.Forward(x)))
	}
	g.Del(x)
	y := g.V(b.n.joined(list))
	for _, part := range list {
		g.Del(part)
	}
	return y
}

// basic is BasicConv2d of torchvision's inception networks and ConvNormAct of
// timm: a convolution, a batch norm and ReLU in place.
func (n *net) basic(leaf string, in, out int64, win tape.Window) layers.Module {
	defer n.In(leaf)()
	conv := n.Conv2D("conv", in, out, win, 1, false)
	if n.conv.TIMM {
		return n.row(conv, n.normAct("bn", out, layers.PointReLU))
	}
	return n.row(conv, n.BatchNorm("bn", out), n.Activation(layers.PointReLU, true))
}

// point is a window of one pixel.
var point = tape.Square(1, 1, 0)

// flat is a window of one row or one column that keeps the size.
func flat(height, width int64) tape.Window {
	return tape.Window{Kernel: [2]int64{height, width}, Stride: [2]int64{1, 1}, Padding: [2]int64{height / 2, width / 2}}
}
