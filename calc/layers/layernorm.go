package layers

import "vramcalc/calc/tape"

// LayerNorm is torch.nn.LayerNorm.
type LayerNorm struct {
	b       *Builder
	leaf    string
	W, Bias *tape.Param
}

// LayerNorm declares a layer norm of the present module.
func (b *Builder) LayerNorm(leaf string, width tape.Dim) *LayerNorm {
	return &LayerNorm{
		b: b, leaf: leaf,
		W:    b.param(dotted(leaf, "weight"), tape.NormWeight, width),
		Bias: b.param(dotted(leaf, "bias"), tape.Bias, width),
	}
}

// Forward applies the norm.
func (n *LayerNorm) Forward(x *tape.Tensor) *tape.Tensor { return n.b.module(n.W, x, n.forward) }

func (n *LayerNorm) forward(x *tape.Tensor) *tape.Tensor {
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	return f.Ret(t.LayerNorm(x, n.W.T(), n.Bias.T()))
}
