package cnn

import (
	"fmt"
	"math"

	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// timmRegNet is timm's RegNet.
type timmRegNet struct {
	n      *net
	stem   layers.Module
	stages []layers.Module
	mean   layers.Module
	drop   *layers.Dropout
	fc     *layers.FC
}

func newTimmRegNet(n *net, s regnetShape) layers.Module {
	r := &timmRegNet{n: n}
	in := int64(regnetStem)
	n.stage(0, func() { r.stem = n.basic("stem", 3, in, same(3, 2)) })
	for i, st := range s.stages(true) {
		n.stage(int64(i)+1, func() {
			var blocks []layers.Module
			for j := range st.blocks {
				stride := int64(1)
				if j == 0 {
					stride = 2
				}
				n.within(fmt.Sprintf("s%d.b%d", i+1, j+1), func() { blocks = append(blocks, n.checkpointed(n.timmRegNetBlock(s, in, st, stride))) })
				in = st.width
			}
			r.stages = append(r.stages, n.row(blocks...))
		})
	}
	r.mean = n.AdaptivePool(1, 1)
	r.drop = n.Dropout(n.dropRate(0))
	r.fc = n.FC("head.fc", in, n.conv.Classes, true)
	return r
}

// Forward is the network's forward: the features stay until the head is done.
func (r *timmRegNet) Forward(x *tape.Tensor) *tape.Tensor {
	n, t := r.n, r.n.T
	f := t.Frame(x)
	g := t.Frame(x)
	y := layers.Chain(g, x, r.stem)
	y = layers.Chain(g, y, r.stages...)
	x = f.Re(x, g.Ret(y))
	h := t.Frame(x)
	z := h.V(r.mean.Forward(x))
	z = h.Re(z, n.Flatten(z))
	z = layers.Chain(h, z, r.drop, r.fc)
	return f.Ret(h.Ret(z))
}

// timmRegNetBlock is timm's Bottleneck of RegNet, whose last activation is not
// in place.
type timmRegNetBlock struct {
	n          *net
	modules    []layers.Module
	downsample layers.Module // nil = the identity
	path       *layers.DropPath
	act        *layers.Activation
}

func (n *net) timmRegNetBlock(s regnetShape, in int64, st regnetStage, stride int64) layers.Module {
	b := &timmRegNetBlock{n: n, path: n.DropPath(0), act: n.Activation(layers.PointReLU, false)}
	w := st.width
	add := func(m layers.Module) { b.modules = append(b.modules, m) }
	add(n.basic("conv1", in, w, point))
	n.within("conv2", func() {
		add(n.row(n.Conv2D("conv", w, w, same(n.kernel(3), stride), w/st.group, false), n.normAct("bn", w, layers.PointReLU)))
	})
	if s.squeeze {
		n.within("se", func() {
			add(n.squeeze(w, int64(math.RoundToEven(regnetSqueeze*float64(in))), layers.PointReLU, layers.PointSigmoid))
		})
	}
	plain := func(leaf string, in int64, win tape.Window) (m layers.Module) {
		n.within(leaf, func() { m = n.row(n.Conv2D("conv", in, w, win, 1, false), n.BatchNorm("bn", w)) })
		return m
	}
	add(plain("conv3", w, point))
	if stride != 1 || in != w {
		b.downsample = plain("downsample", in, tape.Square(1, stride, 0))
	}
	return b
}

// Forward is the block's forward.
func (b *timmRegNetBlock) Forward(x *tape.Tensor) *tape.Tensor {
	t := b.n.T
	f := t.Frame(x)
	shortcut := x
	y := layers.Chain(f, x, b.modules...)
	if b.downsample != nil {
		shortcut = b.downsample.Forward(shortcut)
	}
	y = f.Re(y, t.Add(b.path.Forward(y), shortcut))
	y = f.Re(y, b.act.Forward(y))
	return f.Ret(y)
}
