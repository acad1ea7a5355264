package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// squeezeShape is what differs between SqueezeNets: the first convolution, and
// the widths of the Fire modules, 0 for a pool between them.
type squeezeShape struct {
	stem, kernel int64
	squeezed     []int64
}

var squeezenets = map[string]squeezeShape{
	"squeezenet1_0": {96, 7, []int64{0, 16, 16, 32, 0, 32, 48, 48, 64, 0, 64}},
	"squeezenet1_1": {64, 3, []int64{0, 16, 16, 0, 32, 32, 0, 48, 48, 64, 64}},
}

const (
	squeezeDrop   = 0.5
	squeezeExpand = 4 // each of a Fire module's two results is so many times as wide as what it squeezes to
)

// squeezeNet is torchvision's SqueezeNet, which classifies each pixel and
// averages.
type squeezeNet struct {
	n                    *net
	features, classifier *layers.Sequential
}

func newSqueezeNet(n *net, s squeezeShape) layers.Module {
	m := &squeezeNet{n: n}
	stem := n.wide(s.stem)
	in := stem
	relu := func() layers.Module { return n.Activation(layers.PointReLU, true) }
	parts := []func() layers.Module{
		func() layers.Module {
			return n.staged(0, func() layers.Module { return n.Conv2D("", 3, stem, tape.Square(s.kernel, 2, 0), 1, true) })
		},
		relu,
	}
	stage := int64(0)
	for _, squeezed := range s.squeezed {
		if squeezed == 0 {
			stage++
			parts = append(parts, func() layers.Module { return n.pool(workload.MaxPool, rounding(tape.Square(3, 2, 0))) })
			continue
		}
		from, width, at := in, n.wide(squeezed), stage
		in = 2 * squeezeExpand * width
		parts = append(parts, func() layers.Module {
			return n.staged(at, func() layers.Module { return n.checkpointed(n.fire(from, width)) })
		})
	}
	m.features = n.Sequential("features", parts...)
	m.classifier = n.Sequential("classifier",
		func() layers.Module { return n.Dropout(n.dropRate(squeezeDrop)) },
		func() layers.Module { return n.Conv2D("", in, n.conv.Classes, point, 1, true) },
		relu,
		func() layers.Module { return n.AdaptivePool(1, 1) })
	return m
}

// Forward is the network's forward.
func (m *squeezeNet) Forward(x *tape.Tensor) *tape.Tensor {
	f := m.n.T.Frame(x)
	x = layers.Chain(f, x, m.features, m.classifier)
	return f.Ret(m.n.Flatten(x))
}

// fire is a Fire module: a narrow convolution, then two whose results are
// joined.
type fire struct {
	n                   *net
	squeeze, one, three *layers.Conv2D
	relu                [3]layers.Module
}

func (n *net) fire(in, width int64) layers.Module {
	m := &fire{n: n}
	m.squeeze = n.Conv2D("squeeze", in, width, point, 1, true)
	m.one = n.Conv2D("expand1x1", width, squeezeExpand*width, point, 1, true)
	m.three = n.Conv2D("expand3x3", width, squeezeExpand*width, same(n.kernel(3), 1), 1, true)
	for i := range m.relu {
		m.relu[i] = n.Activation(layers.PointReLU, true)
	}
	return m
}

// Forward is the module's forward.
func (m *fire) Forward(x *tape.Tensor) *tape.Tensor {
	f := m.n.T.Frame(x)
	x = f.Re(x, m.relu[0].Forward(m.squeeze.Forward(x)))
	one := m.relu[1].Forward(m.one.Forward(x))
	three := m.relu[2].Forward(m.three.Forward(x))
	return f.Ret(m.n.joined([]*tape.Tensor{one, three}))
}
