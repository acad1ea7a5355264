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
		return f.Ret(s.n.scaledImage(x, s.scale.Forward(g), false))
	}
	inner := t.Frame(x)
	g := inner.V(s.mean.Forward(x))
	g = inner.Ret(layers.Chain(inner, g, s.fc1, s.act, s.fc2, s.scale))
	g = f.V(g)
	return f.Ret(s.n.scaledImage(x, g, true))
}

// scaledImage is an image times a factor of each sample's channels. The
// factor's gradient is summed over pixels, which lie apart where channels are
// last. first says that the factor is the first operand.
func (n *net) scaledImage(x, factor *tape.Tensor, first bool) *tape.Tensor {
	t := n.T
	d := x.Dims()
	if t.ChannelsLast {
		x, factor = t.View(x, d[0], d[2].Times(d[3]), d[1]), t.View(factor, d[0], tape.One, d[1])
	}
	a, b := x, factor
	if first {
		a, b = factor, x
	}
	y := t.Mul(a, b)
	if t.ChannelsLast {
		y = t.View(y, d...)
	}
	return y
}
