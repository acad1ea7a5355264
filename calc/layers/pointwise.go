package layers

import "vramcalc/calc/tape"

// Pointwise is an activation of image models.
type Pointwise uint8

// The activations.
const (
	Identity Pointwise = iota
	PointReLU
	PointReLU6
	PointSiLU
	PointHardswish
	PointHardsigmoid
	PointSigmoid
	PointGELU
	PointTanh
)

var pointwiseNames = [...]string{"identity", "relu", "relu6", "silu", "hardswish", "hardsigmoid", "sigmoid", "gelu", "tanh"}

// Activation is an activation module.
type Activation struct {
	b       *Builder
	kind    Pointwise
	inPlace bool
}

// Activation declares an activation.
func (b *Builder) Activation(kind Pointwise, inPlace bool) *Activation {
	return &Activation{b, kind, inPlace}
}

// Forward applies the activation.
func (a *Activation) Forward(x *tape.Tensor) *tape.Tensor {
	t := a.b.T
	f := t.Frame(x)
	name := pointwiseNames[a.kind]
	switch {
	case a.kind == Identity:
		return f.Ret(x)
	case a.kind == PointReLU && a.inPlace:
		return f.Ret(t.ReLUInPlace(x))
	case a.kind == PointReLU, a.kind == PointSigmoid, a.kind == PointTanh:
		return f.Ret(t.UnaryResult(name, x))
	case a.inPlace:
		return f.Ret(t.UnaryInPlace(name, x))
	}
	return f.Ret(t.Unary(name, x))
}

// MaxPool is torch.nn.MaxPool2d.
type MaxPool struct {
	b   *Builder
	win tape.Window
}

// MaxPool declares a max pool.
func (b *Builder) MaxPool(win tape.Window) *MaxPool { return &MaxPool{b, win} }

// Forward pools.
func (p *MaxPool) Forward(x *tape.Tensor) *tape.Tensor {
	t := p.b.T
	defer t.Scope("maxpool")()
	f := t.Frame(x)
	p.b.fits(x, p.win, "a max pool")
	return f.Ret(t.MaxPool(x, p.win))
}

// AvgPool is torch.nn.AvgPool2d.
type AvgPool struct {
	b   *Builder
	win tape.Window
}

// AvgPool declares an average pool.
func (b *Builder) AvgPool(win tape.Window) *AvgPool { return &AvgPool{b, win} }

// Forward pools.
func (p *AvgPool) Forward(x *tape.Tensor) *tape.Tensor {
	t := p.b.T
	defer t.Scope("avgpool")()
	f := t.Frame(x)
	p.b.fits(x, p.win, "an average pool")
	return f.Ret(t.AvgPool(x, p.win))
}

// AdaptivePool is torch.nn.AdaptiveAvgPool2d.
type AdaptivePool struct {
	b    *Builder
	h, w int64
}

// AdaptivePool declares an adaptive average pool to a size.
func (b *Builder) AdaptivePool(h, w int64) *AdaptivePool { return &AdaptivePool{b, h, w} }

// Forward pools.
func (p *AdaptivePool) Forward(x *tape.Tensor) *tape.Tensor {
	t := p.b.T
	defer t.Scope("avgpool")()
	f := t.Frame(x)
	return f.Ret(t.AdaptivePool(x, p.h, p.w))
}
