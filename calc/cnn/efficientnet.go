package cnn

import (
	"math"

	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// mbconv is one stage of an EfficientNet: inverted bottlenecks, or fused ones
// without a depthwise convolution.
type mbconv struct {
	fused                  bool
	expand, kernel, stride int64
	in, out, repeats       int64
}

// efficientShape is what differs among EfficientNets.
type efficientShape struct {
	stages       []mbconv
	width, depth float64 // multipliers
	dropout      float64
	last         int64 // channels before the classifier, 0 = four times the last stage's
}

// efficientStages are the stages of EfficientNet-B0.
var efficientStages = []mbconv{
	{false, 1, 3, 1, 32, 16, 1}, {false, 6, 3, 2, 16, 24, 2}, {false, 6, 5, 2, 24, 40, 2}, {false, 6, 3, 2, 40, 80, 3},
	{false, 6, 5, 1, 80, 112, 3}, {false, 6, 5, 2, 112, 192, 4}, {false, 6, 3, 1, 192, 320, 1},
}

var efficientNets = map[string]efficientShape{
	"efficientnet_b0": {efficientStages, 1.0, 1.0, 0.2, 0},
	"efficientnet_b1": {efficientStages, 1.0, 1.1, 0.2, 0},
	"efficientnet_b2": {efficientStages, 1.1, 1.2, 0.3, 0},
	"efficientnet_b3": {efficientStages, 1.2, 1.4, 0.3, 0},
	"efficientnet_b4": {efficientStages, 1.4, 1.8, 0.4, 0},
	"efficientnet_b5": {efficientStages, 1.6, 2.2, 0.4, 0},
	"efficientnet_b6": {efficientStages, 1.8, 2.6, 0.5, 0},
	"efficientnet_b7": {efficientStages, 2.0, 3.1, 0.5, 0},
	"efficientnet_v2_s": {[]mbconv{
		{true, 1, 3, 1, 24, 24, 2}, {true, 4, 3, 2, 24, 48, 4}, {true, 4, 3, 2, 48, 64, 4},
		{false, 4, 3, 2, 64, 128, 6}, {false, 6, 3, 1, 128, 160, 9}, {false, 6, 3, 2, 160, 256, 15},
	}, 1, 1, 0.2, 1280},
	"efficientnet_v2_m": {[]mbconv{
		{true, 1, 3, 1, 24, 24, 3}, {true, 4, 3, 2, 24, 48, 5}, {true, 4, 3, 2, 48, 80, 5},
		{false, 4, 3, 2, 80, 160, 7}, {false, 6, 3, 1, 160, 176, 14}, {false, 6, 3, 2, 176, 304, 18}, {false, 6, 3, 1, 304, 512, 5},
	}, 1, 1, 0.3, 1280},
	"efficientnet_v2_l": {[]mbconv{
		{true, 1, 3, 1, 32, 32, 4}, {true, 4, 3, 2, 32, 64, 7}, {true, 4, 3, 2, 64, 96, 7},
		{false, 4, 3, 2, 96, 192, 10}, {false, 6, 3, 1, 192, 224, 19}, {false, 6, 3, 2, 224, 384, 25}, {false, 6, 3, 1, 384, 640, 7},
	}, 1, 1, 0.4, 1280},
}

// divisible rounds a width to a multiple of 8 that is not more than a tenth
// below it (_make_divisible of the MobileNet papers' code).
func divisible(v float64) int64 {
	const granule = 8
	n := max(granule, int64(v+granule/2)/granule*granule)
	if float64(n) < 0.9*v {
		n += granule
	}
	return n
}

func newEfficientNet(n *net, s efficientShape) layers.Module {
	width := func(w int64) int64 {
		if s.width == 1 {
			return n.wide(w)
		}
		return n.wide(divisible(float64(w) * s.width))
	}
	depth := func(repeats int64) int64 { return int64(math.Ceil(float64(repeats) * s.depth)) }
	total := int64(0)
	for _, st := range s.stages {
		total += depth(st.repeats)
	}
	c := &chainNet{n: n}
	in := width(s.stages[0].in)
	parts := []func() layers.Module{func() layers.Module {
		return n.staged(0, func() layers.Module {
			return n.cna("", 3, in, same(3, 2), 1, layers.PointSiLU)
		})
	}}
	block := int64(0)
	for i, st := range s.stages {
		out := width(st.out)
		parts = append(parts, func() layers.Module {
			var blocks []func() layers.Module
			for j := range depth(st.repeats) {
				stride := st.stride
				if j > 0 {
					stride = 1
				}
				blocks = append(blocks, func() layers.Module {
					b := n.inverted(st, in, out, stride, n.conv.StochasticDepth*float64(block)/float64(total))
					in = out
					block++
					return n.checkpointed(b)
				})
			}
			return n.staged(int64(i)+1, func() layers.Module { return n.Sequential("", blocks...) })
		})
	}
	last := s.last
	parts = append(parts, func() layers.Module {
		if last == 0 {
			last = 4 * in
		}
		return n.cna("", in, last, tape.Square(1, 1, 0), 1, layers.PointSiLU)
	})
	c.features = n.Sequential("features", parts...)
	c.mean = n.AdaptivePool(1, 1)
	c.drop = n.DropoutInPlace(n.dropRate(s.dropout))
	n.within("classifier", func() { c.fc = n.FC("1", last, n.conv.Classes, true) })
	return c
}

// staged declares one module as part of a stage that may be frozen.
func (n *net) staged(i int64, make func() layers.Module) (m layers.Module) {
	n.stage(i, func() { m = make() })
	return m
}

// inverted is an inverted bottleneck (MBConv), fused or with a depthwise
// convolution and squeeze-and-excitation.
type inverted struct {
	n     *net
	block *layers.Sequential
	path  *layers.DropPath
	joins bool
}

func (n *net) inverted(s mbconv, in, out, stride int64, rate float64) *inverted {
	m := &inverted{n: n, joins: stride == 1 && in == out, path: n.DropPath(rate)}
	wide := in * s.expand
	if s.expand != 1 {
		wide = divisible(float64(in * s.expand))
	}
	var parts []func() layers.Module
	add := func(p func() layers.Module) { parts = append(parts, p) }
	project := func() layers.Module { return n.cna("", wide, out, tape.Square(1, 1, 0), 1, layers.Identity) }
	switch {
	case s.fused && wide != in:
		add(func() layers.Module { return n.cna("", in, wide, same(s.kernel, stride), 1, layers.PointSiLU) })
		add(project)
	case s.fused:
		add(func() layers.Module { return n.cna("", in, out, same(s.kernel, stride), 1, layers.PointSiLU) })
	default:
		if wide != in {
			add(func() layers.Module { return n.cna("", in, wide, tape.Square(1, 1, 0), 1, layers.PointSiLU) })
		}
		add(func() layers.Module {
			return n.cna("", wide, wide, same(n.kernel(s.kernel), stride), wide, layers.PointSiLU)
		})
		add(func() layers.Module { return n.squeeze(wide, max(1, in/4), layers.PointSiLU, layers.PointSigmoid) })
		add(project)
	}
	m.block = n.Sequential("block", parts...)
	return m
}

// Forward is the block's forward.
func (m *inverted) Forward(x *tape.Tensor) *tape.Tensor {
	t := m.n.T
	f := t.Frame(x)
	y := f.V(m.block.Forward(x))
	if m.joins {
		y = f.Re(y, m.path.Forward(y))
		y = f.Re(y, t.AddInPlace(y, x))
	}
	return f.Ret(y)
}
