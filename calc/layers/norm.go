package layers

import (
	"vramcalc/calc/tape"
)

// RMSNorm is transformers' LlamaRMSNorm: computed in fp32, the normalized
// input cast back before the weight.
type RMSNorm struct {
	b    *Builder
	leaf string
	W    *tape.Param
}

// RMSNorm declares an RMS norm of the present module.
func (b *Builder) RMSNorm(leaf string, width tape.Dim) *RMSNorm {
	return &RMSNorm{b: b, leaf: leaf, W: b.param(leaf+".weight", tape.NormWeight, width)}
}

// Forward applies the norm.
func (n *RMSNorm) Forward(x *tape.Tensor) *tape.Tensor { return n.b.module(n.W, x, n.forward) }

func (n *RMSNorm) forward(x *tape.Tensor) *tape.Tensor {
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	if n.b.Software.Liger.RMSNorm {
		return f.Ret(n.b.fusedNorm(x, n.W, false))
	}
	if n.b.compiles() {
		return f.Ret(t.NormCompiled(x, n.W.Tensor))
	}
	dt := x.DType()
	h := f.V(t.To(x, tape.F32))
	v := f.V(t.Mean(t.Pow(h)))
	h = f.Re(h, t.Mul(h, t.Rsqrt(t.AddS(v))))
	return f.Ret(t.Mul(n.W.Tensor, t.To(h, dt)))
}
