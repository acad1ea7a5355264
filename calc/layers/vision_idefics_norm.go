package layers

import "vramcalc/calc/tape"

// ideficsNorm is IdeficsRMSNorm: the variance in fp32, the product with the
// input in its own type, cast to the weight's if that is a half type.
type ideficsNorm struct {
	b    *Builder
	leaf string
	W    *tape.Param
}

func (b *Builder) ideficsNorm(leaf string, width tape.Dim) *ideficsNorm {
	return &ideficsNorm{b: b, leaf: leaf, W: b.param(leaf+".weight", tape.NormWeight, width)}
}

// Forward applies the norm.
func (n *ideficsNorm) Forward(x *tape.Tensor) *tape.Tensor {
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	v := f.V(t.Mean(t.Pow(t.To(x, tape.F32))))
	h := f.V(t.Mul(x, t.Rsqrt(t.AddS(v))))
	if w := n.W.T().DType(); w != tape.F32 {
		h = f.Re(h, t.To(h, w))
	}
	return f.Ret(t.Mul(n.W.T(), h))
}
