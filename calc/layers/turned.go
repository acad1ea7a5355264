package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// Turned applies the layer to a batch of sequences that lies in memory with
// its first two dimensions exchanged.
func (l *FC) Turned(x *tape.Tensor) *tape.Tensor {
	t := l.b.T
	defer t.Scope(l.leaf)()
	f := t.Frame(x)
	y := t.LinearTurned(x, l.W.Tensor, l.Bias.T())
	l.b.multiply(y, l.in)
	return f.Ret(y)
}

// Turned normalizes rows of which the input, the gradient or both lie turned.
func (n *LayerNorm) Turned(x *tape.Tensor, input, gradient bool) *tape.Tensor {
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	return f.Ret(t.LayerNormTurned(x, n.W.T(), n.Bias.T(), input, gradient))
}

// Patches applies a convolution whose window is its stride and gives rows of
// patches [B, patches, out].
func (c *Conv2D) Patches(x *tape.Tensor) *tape.Tensor {
	t := c.b.T
	defer c.scope()()
	f := t.Frame(x)
	c.b.fits(x, c.win, c.name)
	y := t.Patches(x, c.W.Tensor, c.Bias.T(), c.win)
	c.b.multiply(y, c.in*c.win.Kernel[0]*c.win.Kernel[1])
	return f.Ret(y)
}

// InProjection declares the joint projection of nn.MultiheadAttention.
func (b *Builder) InProjection(width int64) *FC {
	defer b.Of(memory.FullyConnected)()
	return &FC{&Linear{
		b: b, leaf: "in_proj",
		W:    b.param("in_proj_weight", tape.LinearWeight, tape.N(3*width), tape.N(width)),
		Bias: b.param("in_proj_bias", tape.Bias, tape.N(3*width)),
	}, width}
}

// In applies the convolution to images in a layout.
func (c *Conv2D) In(x *tape.Tensor, l tape.Layout) *tape.Tensor {
	t := c.b.T
	defer c.scope()()
	f := t.Frame(x)
	c.b.fits(x, c.win, c.name)
	y := t.Conv2DIn(x, c.W.Tensor, c.Bias.T(), c.win, c.depthwise(), l)
	c.b.multiply(y, c.in/c.groups*c.win.Kernel[0]*c.win.Kernel[1])
	return f.Ret(y)
}
