package cnn

import (
	"fmt"

	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// densenetShape is what differs among DenseNets.
type densenetShape struct {
	growth, stem int64
	blocks       [4]int64
}

var densenets = map[string]densenetShape{
	"densenet121": {32, 64, [4]int64{6, 12, 24, 16}},
	"densenet161": {48, 96, [4]int64{6, 12, 36, 24}},
	"densenet169": {32, 64, [4]int64{6, 12, 32, 32}},
	"densenet201": {32, 64, [4]int64{6, 12, 48, 32}},
}

// bottleneckWidth is the width of a dense layer's bottleneck in growth rates.
const bottleneckWidth = 4

// densenet is torchvision's DenseNet.
type densenet struct {
	n        *net
	features []layers.Module
	act      *layers.Activation
	mean     layers.Module
	drop     *layers.Dropout // timm's
	fc       *layers.FC
}

func newDenseNet(n *net, s densenetShape) layers.Module {
	d := &densenet{n: n}
	growth, width := n.wide(s.growth), n.wide(s.stem)
	add := func(m layers.Module) { d.features = append(d.features, m) }
	n.within("features", func() {
		n.stage(0, func() {
			add(n.Conv2D("conv0", 3, width, tape.Square(7, 2, 3), 1, false))
			add(n.BatchNorm("norm0", width))
			add(n.Activation(layers.PointReLU, true))
			add(n.pool(workload.MaxPool, tape.Square(3, 2, 1)))
		})
		for i, count := range s.blocks {
			n.stage(int64(i)+1, func() {
				n.within(fmt.Sprintf("denseblock%d", i+1), func() { add(n.denseBlock(width, growth, count)) })
				width += count * growth
				if i+1 < len(s.blocks) {
					n.within(fmt.Sprintf("transition%d", i+1), func() { add(n.transition(width)) })
					width /= 2
				}
			})
		}
		add(n.BatchNorm("norm5", width))
	})
	d.act = n.Activation(layers.PointReLU, true)
	d.mean = n.AdaptivePool(1, 1)
	rate := 0.0
	if n.conv.TIMM {
		rate = n.dropRate(0)
	}
	d.drop = n.Dropout(rate)
	d.fc = n.FC("classifier", width, n.conv.Classes, true)
	return d
}

// Forward is the network's forward.
func (d *densenet) Forward(x *tape.Tensor) *tape.Tensor {
	f := d.n.T.Frame(x)
	inner := d.n.T.Frame(x)
	features := f.V(inner.Ret(layers.Chain(inner, x, d.features...)))
	y := f.V(d.act.Forward(features))
	y = f.Re(y, d.mean.Forward(y))
	y = f.Re(y, d.n.Flatten(y))
	y = layers.Chain(f, y, d.drop, d.fc)
	return f.Ret(y)
}

// transition halves channels and size between dense blocks.
func (n *net) transition(width int64) layers.Module {
	return n.row(
		n.BatchNorm("norm", width),
		n.Activation(layers.PointReLU, true),
		n.Conv2D("conv", width, width/2, tape.Square(1, 1, 0), 1, false),
		n.pool(workload.AvgPool, tape.Square(2, 2, 0)),
	)
}

// denseBlock joins what each layer makes to what came before.
type denseBlock struct {
	n      *net
	layers []*denseLayer
	in     int64
	growth int64
}

func (n *net) denseBlock(in, growth, count int64) *denseBlock {
	d := &denseBlock{n: n, in: in, growth: growth}
	for i := range count {
		n.within(fmt.Sprintf("denselayer%d", i+1), func() { d.layers = append(d.layers, n.denseLayer(in+i*growth, growth)) })
	}
	return d
}

// joined is the concatenation of features along channels.
func (n *net) joined(xs []*tape.Tensor) *tape.Tensor {
	d := append([]tape.Dim(nil), xs[0].Dims()...)
	channels := int64(0)
	for _, x := range xs {
		c, _ := x.Dims()[1].Const()
		channels += c
	}
	d[1] = tape.N(channels)
	return n.T.Cat(d, xs...)
}

// Forward runs the layers.
func (d *denseBlock) Forward(x *tape.Tensor) *tape.Tensor {
	f := d.n.T.Frame(x)
	features := []*tape.Tensor{x}
	for _, l := range d.layers {
		features = append(features, f.V(l.forward(features)))
	}
	return f.Ret(d.n.joined(features))
}

// denseLayer is a bottleneck over everything that came before.
type denseLayer struct {
	n             *net
	first, second []layers.Module
	drop          *layers.Dropout // torchvision's
}

func (n *net) denseLayer(in, growth int64) *denseLayer {
	n.tookCheckpoints = true
	inner := growth * bottleneckWidth
	rate := 0.0
	if !n.conv.TIMM {
		rate = n.dropRate(0)
	}
	return &denseLayer{n: n, drop: n.Dropout(rate),
		first: []layers.Module{
			n.BatchNorm("norm1", in), n.Activation(layers.PointReLU, true),
			n.Conv2D("conv1", in, inner, tape.Square(1, 1, 0), 1, false),
		},
		second: []layers.Module{
			n.BatchNorm("norm2", inner), n.Activation(layers.PointReLU, true),
			n.Conv2D("conv2", inner, growth, same(n.kernel(3), 1), 1, false),
		},
	}
}

func (l *denseLayer) forward(features []*tape.Tensor) *tape.Tensor {
	t := l.n.T
	f := t.Frame(features...)
	run := func() *tape.Tensor {
		g := t.Frame()
		x := g.V(l.n.joined(features))
		for _, m := range l.first {
			x = m.Forward(x)
		}
		return g.Ret(x)
	}
	var y *tape.Tensor
	if l.n.Train.Checkpointing {
		y = f.V(t.Checkpoint(run, features...))
	} else {
		y = f.V(run())
	}
	for _, m := range l.second {
		y = m.Forward(y)
	}
	y = f.V(y)
	y = f.Re(y, l.drop.Forward(y))
	return f.Ret(y)
}
