package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// mnasStage is a run of inverted residuals of MNASNet.
type mnasStage struct{ kernel, stride, expand, repeats int64 }

var mnasStages = []mnasStage{{3, 2, 3, 3}, {5, 2, 3, 3}, {5, 2, 6, 3}, {3, 1, 6, 2}, {5, 2, 6, 4}, {3, 1, 6, 1}}

// mnasnets are torchvision's widths, rounded as it does: of the stem, of the
// layer after it, and of the stages.
var mnasnets = map[string][]int64{
	"mnasnet0_5":  {16, 8, 16, 24, 40, 48, 96, 160},
	"mnasnet0_75": {24, 16, 24, 32, 64, 72, 144, 240},
	"mnasnet1_0":  {32, 16, 24, 40, 80, 96, 192, 320},
	"mnasnet1_3":  {40, 24, 32, 56, 104, 128, 248, 416},
}

const (
	mnasLast = 1280
	mnasDrop = 0.2
)

// meanNet is a network whose features are averaged over the image in the
// network's own forward, and classified.
type meanNet struct {
	n        *net
	features layers.Module
	head     layers.Module
}

// Forward is the network's forward.
func (m *meanNet) Forward(x *tape.Tensor) *tape.Tensor {
	t := m.n.T
	f := t.Frame(x)
	x = f.Re(x, m.features.Forward(x))
	x = f.Re(x, t.MeanImage(x))
	return f.Ret(m.head.Forward(x))
}

// newMNASNet is torchvision's MNASNet.
func newMNASNet(n *net, widths []int64) layers.Module {
	m := &meanNet{n: n}
	w := make([]int64, len(widths))
	for i, width := range widths {
		w[i] = n.wide(width)
	}
	last := n.wide(mnasLast)
	relu := func() layers.Module { return n.Activation(layers.PointReLU, true) }
	norm := func(width int64) func() layers.Module {
		return func() layers.Module { return n.BatchNorm("", width) }
	}
	frozen := func(i int64, make func() layers.Module) func() layers.Module {
		return func() layers.Module { return n.staged(i, make) }
	}
	conv := func(in, out int64, win tape.Window, groups int64) func() layers.Module {
		return func() layers.Module { return n.Conv2D("", in, out, win, groups, false) }
	}
	var parts []func() layers.Module
	for _, p := range []func() layers.Module{
		conv(3, w[0], same(3, 2), 1), norm(w[0]), relu,
		conv(w[0], w[0], same(3, 1), w[0]), norm(w[0]), relu,
		conv(w[0], w[1], point, 1), norm(w[1]),
	} {
		parts = append(parts, frozen(0, p))
	}
	for i, s := range mnasStages {
		parts = append(parts, frozen(int64(i)+1, func() layers.Module { return n.mnasStack(w[i+1], w[i+2], s) }))
	}
	parts = append(parts, conv(w[len(w)-1], last, point, 1), norm(last), relu)
	m.features = n.Sequential("layers", parts...)
	m.head = n.Sequential("classifier",
		func() layers.Module { return n.DropoutInPlace(n.dropRate(mnasDrop)) },
		func() layers.Module { return n.FC("", last, n.conv.Classes, true) })
	return m
}

func (n *net) mnasStack(in, out int64, s mnasStage) layers.Module {
	var blocks []func() layers.Module
	for j := range s.repeats {
		stride := s.stride
		if j > 0 {
			in, stride = out, 1
		}
		from := in
		blocks = append(blocks, func() layers.Module { return n.checkpointed(n.mnasBlock(from, out, stride, s)) })
	}
	return n.Sequential("", blocks...)
}

// mnasBlock is an inverted residual: convolutions, norms and ReLUs in one
// sequence.
func (n *net) mnasBlock(in, out, stride int64, s mnasStage) layers.Module {
	wide := in * s.expand
	parts := []func() layers.Module{
		func() layers.Module { return n.Conv2D("", in, wide, point, 1, false) },
		func() layers.Module { return n.BatchNorm("", wide) },
		func() layers.Module { return n.Activation(layers.PointReLU, true) },
		func() layers.Module { return n.Conv2D("", wide, wide, same(n.kernel(s.kernel), stride), wide, false) },
		func() layers.Module { return n.BatchNorm("", wide) },
		func() layers.Module { return n.Activation(layers.PointReLU, true) },
		func() layers.Module { return n.Conv2D("", wide, out, point, 1, false) },
		func() layers.Module { return n.BatchNorm("", out) },
	}
	return &mobileV2{n: n, joins: stride == 1 && in == out, conv: n.Sequential("layers", parts...)}
}
