package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// chain is modules in a row, called as one.
type chain struct {
	n  *net
	ms []layers.Module
}

// Forward applies the modules in order.
func (c chain) Forward(x *tape.Tensor) *tape.Tensor {
	f := c.n.T.Frame(x)
	return f.Ret(layers.Chain(f, x, c.ms...))
}

// row is modules called in a row as one.
func (n *net) row(ms ...layers.Module) layers.Module { return chain{n, ms} }

// chainNet is a network whose features are a chain, pooled and classified.
type chainNet struct {
	n          *net
	features   layers.Module
	mean, drop layers.Module
	fc         *layers.FC
	flatHead   bool // dropout and classifier are called one after the other, not as one module
}

// Forward is the network's forward.
func (c *chainNet) Forward(x *tape.Tensor) *tape.Tensor {
	f := c.n.T.Frame(x)
	x = layers.Chain(f, x, c.features, c.mean)
	x = f.Re(x, c.n.Flatten(x))
	if c.flatHead {
		x = layers.Chain(f, x, c.drop, c.fc)
	} else {
		x = f.Re(x, c.n.row(c.drop, c.fc).Forward(x))
	}
	return f.Ret(x)
}
