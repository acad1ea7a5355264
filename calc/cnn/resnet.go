package cnn

import (
	"fmt"

	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// resnetShape is what differs among residual networks.
type resnetShape struct {
	blocks     [4]int64
	bottleneck bool
	groups     int64
	baseWidth  int64 // width of a group at 64 planes
}

var resnets = map[string]resnetShape{
	"resnet18":         {blocks: [4]int64{2, 2, 2, 2}, groups: 1, baseWidth: 64},
	"resnet34":         {blocks: [4]int64{3, 4, 6, 3}, groups: 1, baseWidth: 64},
	"resnet50":         {[4]int64{3, 4, 6, 3}, true, 1, 64},
	"resnet101":        {[4]int64{3, 4, 23, 3}, true, 1, 64},
	"resnet152":        {[4]int64{3, 8, 36, 3}, true, 1, 64},
	"resnext50_32x4d":  {[4]int64{3, 4, 6, 3}, true, 32, 4},
	"resnext101_32x4d": {[4]int64{3, 4, 23, 3}, true, 32, 4},
	"resnext101_32x8d": {[4]int64{3, 4, 23, 3}, true, 32, 8},
	"resnext101_64x4d": {[4]int64{3, 4, 23, 3}, true, 64, 4},
	"wide_resnet50_2":  {[4]int64{3, 4, 6, 3}, true, 1, 128},
	"wide_resnet101_2": {[4]int64{3, 4, 23, 3}, true, 1, 128},
}

// expansion is the ratio of a bottleneck's outer width to its planes.
const expansion = 4

// resnet is torchvision's and timm's ResNet.
type resnet struct {
	n          *net
	conv       *layers.Conv2D
	norm       *layers.BatchNorm
	act        *layers.Activation
	pool, mean layers.Module
	stages     []*layers.Sequential
	drop       *layers.Dropout
	fc         *layers.FC
}

func newResNet(n *net, s resnetShape) layers.Module {
	r := &resnet{n: n}
	in := n.wide(64)
	n.stage(0, func() {
		r.conv = n.Conv2D("conv1", 3, in, tape.Square(7, 2, 3), 1, false)
		r.norm = n.BatchNorm("bn1", in)
		r.act = n.Activation(layers.PointReLU, true)
		r.pool = n.pool(workload.MaxPool, tape.Square(3, 2, 1))
	})
	total := s.blocks[0] + s.blocks[1] + s.blocks[2] + s.blocks[3]
	block := int64(0)
	for i, count := range s.blocks {
		planes := n.wide(64 << i)
		n.stage(int64(i)+1, func() {
			var parts []func() layers.Module
			for j := range count {
				stride := int64(1)
				if j == 0 && i > 0 {
					stride = 2
				}
				parts = append(parts, func() layers.Module {
					b := n.residual(s, in, planes, stride, n.pathRate(block, total))
					in = b.out
					block++
					return n.checkpointed(b)
				})
			}
			r.stages = append(r.stages, n.Sequential(fmt.Sprintf("layer%d", i+1), parts...))
		})
	}
	r.mean = n.AdaptivePool(1, 1)
	r.drop = n.Dropout(n.dropRate(0))
	r.fc = n.FC("fc", in, n.conv.Classes, true)
	return r
}

// Forward is the network's forward. timm's keeps the features until the head is
// done.
func (r *resnet) Forward(x *tape.Tensor) *tape.Tensor {
	n, f := r.n, r.n.T.Frame(x)
	x = layers.Chain(f, x, r.conv, r.norm, r.act, r.pool)
	for _, s := range r.stages {
		x = f.Re(x, s.Forward(x))
	}
	if n.conv.TIMM {
		g := n.T.Frame(x)
		y := g.V(r.mean.Forward(x))
		y = g.Re(y, n.Flatten(y))
		y = layers.Chain(g, y, r.drop, r.fc)
		return f.Ret(g.Ret(y))
	}
	x = f.Re(x, r.mean.Forward(x))
	x = f.Re(x, n.Flatten(x))
	x = layers.Chain(f, x, r.drop, r.fc)
	return f.Ret(x)
}

// residual is a basic block or a bottleneck.
type residual struct {
	n          *net
	branch     []layers.Module
	downsample *layers.Sequential
	path       *layers.DropPath
	act        *layers.Activation
	out        int64
}

func (n *net) residual(s resnetShape, in, planes, stride int64, rate float64) *residual {
	r := &residual{n: n, out: planes}
	add := func(m layers.Module) { r.branch = append(r.branch, m) }
	relu := n.Activation(layers.PointReLU, true)
	spatial := same(n.kernel(3), stride)
	if s.bottleneck {
		r.out = planes * expansion
		width := max(1, planes*s.baseWidth/64) * s.groups
		add(n.Conv2D("conv1", in, width, tape.Square(1, 1, 0), 1, false))
		add(n.BatchNorm("bn1", width))
		add(relu)
		add(n.Conv2D("conv2", width, width, spatial, s.groups, false))
		add(n.BatchNorm("bn2", width))
		add(relu)
		add(n.Conv2D("conv3", width, r.out, tape.Square(1, 1, 0), 1, false))
		add(n.BatchNorm("bn3", r.out))
	} else {
		add(n.Conv2D("conv1", in, planes, spatial, 1, false))
		add(n.BatchNorm("bn1", planes))
		add(relu)
		add(n.Conv2D("conv2", planes, planes, same(n.kernel(3), 1), 1, false))
		add(n.BatchNorm("bn2", planes))
	}
	if stride != 1 || in != r.out {
		r.downsample = n.cna("downsample", in, r.out, tape.Square(1, stride, 0), 1, layers.Identity)
	}
	r.act = relu
	r.path = n.DropPath(rate)
	return r
}

// Forward is the block's forward.
func (r *residual) Forward(x *tape.Tensor) *tape.Tensor {
	t := r.n.T
	f := t.Frame(x)
	identity := f.V(x)
	y := layers.Chain(f, x, r.branch...)
	y = f.Re(y, r.path.Forward(y))
	if r.downsample != nil {
		identity = f.Re(identity, r.downsample.Forward(x))
	}
	y = f.Re(y, t.AddInPlace(y, identity))
	y = f.Re(y, r.act.Forward(y))
	return f.Ret(y)
}
