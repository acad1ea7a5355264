package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// squeezeExcite scales channels by a small network over their means.
type squeezeExcite struct {
	n          *net
	mean       layers.Module
	fc1, fc2   *layers.Conv2D
	act, scale *layers.Activation
}

func (n *net) squeeze(channels, squeezed int64, act, scale layers.Pointwise) *squeezeExcite {
	return n.squeezeOf("fc1", "fc2", channels, squeezed, act, scale)
}

// squeezeOf is squeeze with the names of its convolutions.
func (n *net) squeezeOf(first, second string, channels, squeezed int64, act, scale layers.Pointwise) *squeezeExcite {
	return &squeezeExcite{
		n:     n,
		mean:  n.AdaptivePool(1, 1),
		fc1:   n.Conv2D(first, channels, squeezed, tape.Square(1, 1, 0), 1, true),
		act:   n.Activation(act, true),
		fc2:   n.Conv2D(second, squeezed, channels, tape.Square(1, 1, 0), 1, true),
		scale: n.Activation(scale, false),
	}
}

// Forward scales a tensor.
func (s *squeezeExcite) Forward(x *tape.Tensor) *tape.Tensor {
	t := s.n.T
	defer t.Scope("squeeze_excite")()
	f := t.Frame(x)
	if s.n.conv.TIMM {
		g := f.V(t.MeanPixels(x))
		g = layers.Chain(f, g, s.fc1, s.act, s.fc2)
		return f.Ret(t.Mul(x, s.scale.Forward(g)))
	}
	inner := t.Frame(x)
	g := inner.V(s.mean.Forward(x))
	g = inner.Ret(layers.Chain(inner, g, s.fc1, s.act, s.fc2, s.scale))
	g = f.V(g)
	return f.Ret(t.Mul(g, x))
}
