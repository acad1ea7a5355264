package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// mobileStage is a run of inverted residuals of MobileNetV2.
type mobileStage struct{ expand, out, repeats, stride int64 }

var mobileV2Stages = []mobileStage{{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}}

const (
	mobileV2Stem = 32
	mobileV2Last = 1280
	mobileDrop   = 0.2
)

// newMobileNetV2 is torchvision's MobileNetV2.
func newMobileNetV2(n *net) layers.Module {
	c := &chainNet{n: n}
	in := n.wide(mobileV2Stem)
	parts := []func() layers.Module{func() layers.Module {
		return n.staged(0, func() layers.Module { return n.cna("", 3, in, same(3, 2), 1, layers.PointReLU6) })
	}}
	for i, s := range mobileV2Stages {
		for j := range s.repeats {
			parts = append(parts, func() layers.Module {
				stride := s.stride
				if j > 0 {
					stride = 1
				}
				return n.staged(int64(i)+1, func() layers.Module {
					b := n.mobileV2(in, n.wide(s.out), stride, s.expand)
					in = n.wide(s.out)
					return n.checkpointed(b)
				})
			})
		}
	}
	last := n.wide(mobileV2Last)
	parts = append(parts, func() layers.Module {
		return n.cna("", in, last, tape.Square(1, 1, 0), 1, layers.PointReLU6)
	})
	c.features = n.Sequential("features", parts...)
	c.mean = n.AdaptivePool(1, 1)
	c.drop = n.Dropout(n.dropRate(mobileDrop))
	n.within("classifier", func() { c.fc = n.FC("1", last, n.conv.Classes, true) })
	return c
}

// mobileV2 is an inverted residual: x + conv(x) where shapes allow.
type mobileV2 struct {
	n     *net
	conv  *layers.Sequential
	joins bool
}

func (n *net) mobileV2(in, out, stride, expand int64) *mobileV2 {
	wide := in * expand
	var parts []func() layers.Module
	if expand != 1 {
		parts = append(parts, func() layers.Module { return n.cna("", in, wide, tape.Square(1, 1, 0), 1, layers.PointReLU6) })
	}
	parts = append(parts,
		func() layers.Module { return n.cna("", wide, wide, same(n.kernel(3), stride), wide, layers.PointReLU6) },
		func() layers.Module { return n.Conv2D("", wide, out, tape.Square(1, 1, 0), 1, false) },
		func() layers.Module { return n.BatchNorm("", out) })
	return &mobileV2{n: n, joins: stride == 1 && in == out, conv: n.Sequential("conv", parts...)}
}

// Forward is the block's forward.
func (m *mobileV2) Forward(x *tape.Tensor) *tape.Tensor {
	t := m.n.T
	f := t.Frame(x)
	y := m.conv.Forward(x)
	if m.joins {
		y = t.Add(x, y)
	}
	return f.Ret(y)
}

// mobileV3Block is one row of MobileNetV3's tables: kernel, expanded width,
// width, squeeze-and-excitation, hard swish, stride.
type mobileV3Block struct {
	kernel, expanded, out int64
	squeeze, swish        bool
	stride                int64
}

// mobileV3Shape is what differs among MobileNetV3s.
type mobileV3Shape struct {
	blocks []mobileV3Block
	last   int64 // width of the classifier
}

const (
	mobileV3Stem  = 16
	mobileV3Widen = 6 // the last convolution is so many times as wide as the last block
	squeezeRatio  = 4 // of an expanded width to the squeezed one, which is rounded
)

var mobileV3s = map[string]mobileV3Shape{
	"mobilenet_v3_large": {[]mobileV3Block{
		{3, 16, 16, false, false, 1}, {3, 64, 24, false, false, 2}, {3, 72, 24, false, false, 1}, {5, 72, 40, true, false, 2},
		{5, 120, 40, true, false, 1}, {5, 120, 40, true, false, 1}, {3, 240, 80, false, true, 2}, {3, 200, 80, false, true, 1},
		{3, 184, 80, false, true, 1}, {3, 184, 80, false, true, 1}, {3, 480, 112, true, true, 1}, {3, 672, 112, true, true, 1},
		{5, 672, 160, true, true, 2}, {5, 960, 160, true, true, 1}, {5, 960, 160, true, true, 1},
	}, 1280},
	"mobilenet_v3_small": {[]mobileV3Block{
		{3, 16, 16, true, false, 2}, {3, 72, 24, false, false, 2}, {3, 88, 24, false, false, 1}, {5, 96, 40, true, true, 2},
		{5, 240, 40, true, true, 1}, {5, 240, 40, true, true, 1}, {5, 120, 48, true, true, 1}, {5, 144, 48, true, true, 1},
		{5, 288, 96, true, true, 2}, {5, 576, 96, true, true, 1}, {5, 576, 96, true, true, 1},
	}, 1024},
}

// mobileV3 is torchvision's MobileNetV3.
type mobileV3 struct {
	n          *net
	features   *layers.Sequential
	mean       layers.Module
	classifier *layers.Sequential
}

func newMobileNetV3(n *net, s mobileV3Shape) layers.Module {
	s = s.scaled(n)
	m := &mobileV3{n: n}
	in := n.wide(mobileV3Stem)
	parts := []func() layers.Module{func() layers.Module {
		return n.staged(0, func() layers.Module { return n.cna("", 3, in, same(3, 2), 1, layers.PointHardswish) })
	}}
	for i, b := range s.blocks {
		parts = append(parts, func() layers.Module {
			return n.staged(int64(i)+1, func() layers.Module {
				m := n.mobileV3(in, b)
				in = b.out
				return n.checkpointed(m)
			})
		})
	}
	wide := mobileV3Widen * s.blocks[len(s.blocks)-1].out
	parts = append(parts, func() layers.Module {
		return n.cna("", in, wide, tape.Square(1, 1, 0), 1, layers.PointHardswish)
	})
	m.features = n.Sequential("features", parts...)
	m.mean = n.AdaptivePool(1, 1)
	m.classifier = n.Sequential("classifier",
		func() layers.Module { return n.FC("", wide, s.last, true) },
		func() layers.Module { return n.Activation(layers.PointHardswish, true) },
		func() layers.Module { return n.DropoutInPlace(n.dropRate(mobileDrop)) },
		func() layers.Module { return n.FC("", s.last, n.conv.Classes, true) })
	return m
}

// Forward is the network's forward.
func (m *mobileV3) Forward(x *tape.Tensor) *tape.Tensor {
	f := m.n.T.Frame(x)
	x = layers.Chain(f, x, m.features, m.mean)
	x = f.Re(x, m.n.Flatten(x))
	x = layers.Chain(f, x, m.classifier)
	return f.Ret(x)
}

// scaled is the shape at the run's width.
func (s mobileV3Shape) scaled(n *net) mobileV3Shape {
	out := mobileV3Shape{last: n.wide(s.last)}
	for _, b := range s.blocks {
		b.expanded, b.out = n.wide(b.expanded), n.wide(b.out)
		out.blocks = append(out.blocks, b)
	}
	return out
}

func (n *net) mobileV3(in int64, b mobileV3Block) layers.Module {
	act := layers.PointReLU
	if b.swish {
		act = layers.PointHardswish
	}
	var parts []func() layers.Module
	if b.expanded != in {
		parts = append(parts, func() layers.Module { return n.cna("", in, b.expanded, tape.Square(1, 1, 0), 1, act) })
	}
	parts = append(parts, func() layers.Module {
		return n.cna("", b.expanded, b.expanded, same(n.kernel(b.kernel), b.stride), b.expanded, act)
	})
	if b.squeeze {
		parts = append(parts, func() layers.Module {
			return n.squeeze(b.expanded, divisible(float64(b.expanded/squeezeRatio)), layers.PointReLU, layers.PointHardsigmoid)
		})
	}
	parts = append(parts, func() layers.Module { return n.cna("", b.expanded, b.out, tape.Square(1, 1, 0), 1, layers.Identity) })
	return &inverted{n: n, block: n.Sequential("block", parts...), path: n.DropPath(0), joins: b.stride == 1 && in == b.out}
}
