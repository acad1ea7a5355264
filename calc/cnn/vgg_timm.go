package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// timmVGG is timm's VGG, whose first linear layers are convolutions.
type timmVGG struct {
	n        *net
	features *layers.Sequential
	mlp      *vggMLP
	drop     *layers.Dropout
	fc       *layers.FC
}

func newTimmVGG(n *net, s vggShape) layers.Module {
	v := &timmVGG{n: n}
	var in int64
	v.features, in = n.vggFeatures(s)
	rate := n.dropRate(0)
	n.within("pre_logits", func() {
		v.mlp = &vggMLP{n: n,
			fc1: n.Conv2D("fc1", in, vggHidden, tape.Square(vggPooled, 1, 0), 1, true),
			fc2: n.Conv2D("fc2", vggHidden, vggHidden, point, 1, true),
			act: n.Activation(layers.PointReLU, true), drop: n.Dropout(rate)}
	})
	v.drop = n.Dropout(rate)
	v.fc = n.FC("head.fc", vggHidden, n.conv.Classes, true)
	return v
}

// Forward is the network's forward: the features stay until the head is done.
func (v *timmVGG) Forward(x *tape.Tensor) *tape.Tensor {
	n, t := v.n, v.n.T
	f := t.Frame(x)
	g := t.Frame(x)
	x = f.Re(x, g.Ret(layers.Chain(g, x, v.features)))
	h := t.Frame(x)
	y := layers.Chain(h, x, v.mlp)
	head := t.Frame(y)
	z := head.V(n.AdaptivePool(1, 1).Forward(y))
	z = head.Re(z, n.Flatten(z))
	z = layers.Chain(head, z, v.drop, v.fc)
	return f.Ret(h.Ret(head.Ret(z)))
}

// vggMLP is timm's ConvMlp: features smaller than its kernel are pooled up.
type vggMLP struct {
	n        *net
	fc1, fc2 *layers.Conv2D
	act      *layers.Activation
	drop     *layers.Dropout
}

// Forward is the module's forward.
func (m *vggMLP) Forward(x *tape.Tensor) *tape.Tensor {
	t := m.n.T
	f := t.Frame(x)
	if side, _ := x.Dims()[2].Const(); side < vggPooled {
		x = f.Re(x, t.AdaptivePool(x, vggPooled, vggPooled))
	}
	return f.Ret(layers.Chain(f, x, m.fc1, m.act, m.drop, m.fc2, m.act))
}
