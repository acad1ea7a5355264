package cnn

import (
	"fmt"
	"math"

	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// This file writes timm's EfficientNet class and its blocks, of which timm's
// EfficientNets, V2 too, and MobileNets are made.

// timmEfficientNames gives torchvision's names of EfficientNets that timm calls
// otherwise.
var timmEfficientNames = map[string]string{
	"efficientnetv2_s": "efficientnet_v2_s", "efficientnetv2_m": "efficientnet_v2_m", "efficientnetv2_l": "efficientnet_v2_l",
}

// timmEfficientNet finds a network of timm's EfficientNet by its name.
func timmEfficientNet(name string) (efficientShape, bool) {
	if own, ok := timmEfficientNames[name]; ok {
		name = own
	}
	s, ok := efficientNets[name]
	return s, ok
}

// timmNet is timm's EfficientNet or MobileNetV3.
type timmNet struct {
	n        *net
	stem     []layers.Module
	blocks   layers.Module
	head     []layers.Module // before the pool
	top      []layers.Module // after it
	classify *layers.FC
	drop     *layers.Dropout
}

func newTimmEfficientNet(n *net, s efficientShape) layers.Module {
	width := func(w int64) int64 {
		if s.width == 1 {
			return n.wide(w)
		}
		return n.wide(divisible(float64(w) * s.width))
	}
	c := &timmNet{n: n}
	in := width(s.stages[0].in)
	n.stage(0, func() { c.stem = n.timmConv("conv_stem", "bn1", 3, in, same(3, 2), 1, layers.PointSiLU) })
	c.blocks = n.timmStages(len(s.stages), func(i int) (int64, func(j int64) layers.Module) {
		st := s.stages[i]
		out := width(st.out)
		return int64(math.Ceil(float64(st.repeats) * s.depth)), func(j int64) layers.Module {
			b := timmBlockShape{mbconv: st, act: layers.PointSiLU}
			b.in, b.out = in, out
			if j > 0 {
				b.stride = 1
			}
			if !st.fused {
				b.squeezed, b.gate = max(1, in/4), layers.PointSigmoid
			}
			in = out
			return n.timmBlockOf(b)
		}
	})
	last := s.last
	if last == 0 {
		last = 4 * in
	}
	c.head = n.timmConv("conv_head", "bn2", in, last, tape.Square(1, 1, 0), 1, layers.PointSiLU)
	c.drop = n.Dropout(n.dropRate(0))
	c.classify = n.FC("classifier", last, n.conv.Classes, true)
	return c
}

// timmStages declares blocks in stages. Checkpointing takes each block for
// itself, from one flat list.
func (n *net) timmStages(count int, stage func(i int) (int64, func(j int64) layers.Module)) layers.Module {
	var stages, flat []layers.Module
	for i := range count {
		repeats, block := stage(i)
		var own []layers.Module
		for j := range repeats {
			n.stage(int64(i)+1, func() {
				n.within(fmt.Sprintf("blocks.%d.%d", i, j), func() { own = append(own, n.checkpointed(block(j))) })
			})
		}
		flat = append(flat, own...)
		stages = append(stages, n.row(own...))
	}
	if n.Train.Checkpointing {
		return n.row(flat...)
	}
	return n.row(stages...)
}

// timmConv is a convolution and timm's BatchNormAct2d.
func (n *net) timmConv(conv, norm string, in, out int64, win tape.Window, groups int64, act layers.Pointwise) []layers.Module {
	c := n.Conv2D(conv, in, out, win, groups, false)
	return []layers.Module{c, n.normAct(norm, out, act)}
}

// normAct is a batch norm and an activation in place, one module.
func (n *net) normAct(leaf string, width int64, act layers.Pointwise) layers.Module {
	if act == layers.Identity {
		return n.BatchNorm(leaf, width)
	}
	return n.row(n.BatchNorm(leaf, width), n.Activation(act, true))
}

// Forward is the network's forward: the features stay until the head is done.
func (c *timmNet) Forward(x *tape.Tensor) *tape.Tensor {
	n, t := c.n, c.n.T
	f := t.Frame(x)
	g := t.Frame(x)
	y := layers.Chain(g, x, c.stem...)
	y = layers.Chain(g, y, c.blocks)
	y = layers.Chain(g, y, c.head...)
	x = f.Re(x, g.Ret(y))
	h := t.Frame(x)
	z := h.V(n.AdaptivePool(1, 1).Forward(x))
	z = layers.Chain(h, z, c.top...)
	z = h.Re(z, n.Flatten(z))
	z = layers.Chain(h, z, c.drop, c.classify)
	return f.Ret(h.Ret(z))
}

// timmBlockShape is a block of timm's EfficientNet: what follows from the
// stage, the activation, and the squeeze-and-excitation if it has one.
type timmBlockShape struct {
	mbconv
	act      layers.Pointwise
	squeezed int64 // channels, 0 = none
	gate     layers.Pointwise
	expanded int64 // channels, 0 = by the stage's ratio
}

// timmMBConv is InvertedResidual, DepthwiseSeparableConv, EdgeResidual or
// ConvBnAct.
type timmMBConv struct {
	n       *net
	modules []layers.Module
	path    *layers.DropPath
	joins   bool
}

func (n *net) timmBlockOf(s timmBlockShape) *timmMBConv {
	b := &timmMBConv{n: n, joins: s.stride == 1 && s.in == s.out, path: n.DropPath(0)}
	add := func(m ...layers.Module) { b.modules = append(b.modules, m...) }
	wide := s.expanded
	if wide == 0 {
		wide = divisible(float64(s.in * s.expand))
	}
	point := tape.Square(1, 1, 0)
	spatial := same(n.kernel(s.kernel), s.stride)
	squeeze := func() {
		if s.squeezed > 0 {
			n.within("se", func() { add(n.squeezeOf("conv_reduce", "conv_expand", wide, s.squeezed, s.squeezeAct(), s.gate)) })
		}
	}
	switch {
	case s.fused && s.expand == 1:
		add(n.timmConv("conv", "bn1", s.in, s.out, spatial, 1, s.act)...)
	case s.fused:
		add(n.timmConv("conv_exp", "bn1", s.in, wide, spatial, 1, s.act)...)
		add(n.timmConv("conv_pwl", "bn2", wide, s.out, point, 1, layers.Identity)...)
	case s.expand == 1:
		add(n.timmConv("conv_dw", "bn1", s.in, s.in, spatial, s.in, s.act)...)
		squeeze()
		add(n.timmConv("conv_pw", "bn2", s.in, s.out, point, 1, layers.Identity)...)
	default:
		add(n.timmConv("conv_pw", "bn1", s.in, wide, point, 1, s.act)...)
		add(n.timmConv("conv_dw", "bn2", wide, wide, spatial, wide, s.act)...)
		squeeze()
		add(n.timmConv("conv_pwl", "bn3", wide, s.out, point, 1, layers.Identity)...)
	}
	return b
}

// squeezeAct is the activation inside the squeeze-and-excitation: MobileNetV3
// has ReLU there whatever the block's.
func (s timmBlockShape) squeezeAct() layers.Pointwise {
	if s.gate == layers.PointHardsigmoid {
		return layers.PointReLU
	}
	return s.act
}

// Forward is the block's forward.
func (b *timmMBConv) Forward(x *tape.Tensor) *tape.Tensor {
	t := b.n.T
	f := t.Frame(x)
	shortcut := x
	y := layers.Chain(f, x, b.modules...)
	if b.joins {
		y = f.Re(y, t.Add(b.path.Forward(y), shortcut))
	}
	return f.Ret(y)
}
