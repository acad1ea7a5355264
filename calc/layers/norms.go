package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Norm is a normalization layer of any kind.
type Norm interface {
	Forward(x *tape.Tensor) *tape.Tensor
}

// Norm declares a norm of the model's kind.
func (b *Builder) Norm(kind workload.Norm, leaf string, width tape.Dim) Norm {
	switch kind {
	case workload.LayerNorm:
		return b.LayerNorm(leaf, width)
	case workload.LayerNormNoBias:
		return &LayerNorm{b: b, leaf: leaf, W: b.param(leaf+".weight", tape.NormWeight, width)}
	case workload.GemmaRMSNorm:
		return &GemmaNorm{b: b, leaf: leaf, W: b.param(leaf+".weight", tape.NormWeight, width)}
	case workload.LayerNormNoWeight:
		return bareNorm{b, leaf}
	}
	return b.RMSNorm(leaf, width)
}

// GemmaNorm is GemmaRMSNorm: the weight is an offset from one, and everything
// is multiplied in fp32.
type GemmaNorm struct {
	b    *Builder
	leaf string
	W    *tape.Param
}

// Forward applies the norm.
func (n *GemmaNorm) Forward(x *tape.Tensor) *tape.Tensor { return n.b.module(n.W, x, n.forward) }

func (n *GemmaNorm) forward(x *tape.Tensor) *tape.Tensor {
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	if n.b.Software.Liger.RMSNorm {
		return f.Ret(n.b.fusedNorm(x, n.W, len(x.Dims()) > 3))
	}
	dt := x.DType()
	y := f.V(n.norm(t.To(x, tape.F32)))
	y = f.Re(y, t.Mul(y, t.AddS(t.To(n.W.Tensor, tape.F32))))
	return f.Ret(t.To(y, dt))
}

func (n *GemmaNorm) norm(x *tape.Tensor) *tape.Tensor {
	t := n.b.T
	f := t.Frame(x)
	return f.Ret(t.Mul(x, t.Rsqrt(t.AddS(t.Mean(t.Pow(x))))))
}

// wideRMSNorm is Olmo2RMSNorm: the weight is multiplied in fp32, before the
// result is cast back.
type wideRMSNorm struct{ *RMSNorm }

// Forward applies the norm.
func (n wideRMSNorm) Forward(x *tape.Tensor) *tape.Tensor { return n.b.module(n.W, x, n.forward) }

func (n wideRMSNorm) forward(x *tape.Tensor) *tape.Tensor {
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	dt := x.DType()
	h := f.V(t.To(x, tape.F32))
	v := f.V(t.Mean(t.Pow(h)))
	h = f.Re(h, t.Mul(h, t.Rsqrt(t.AddS(v))))
	return f.Ret(t.To(t.Mul(n.W.Tensor, h), dt))
}

// CohereNorm is CohereLayerNorm: a layer norm without bias, in operators and
// in fp32.
type CohereNorm struct {
	b    *Builder
	leaf string
	W    *tape.Param
}

// Forward applies the norm.
func (n *CohereNorm) Forward(x *tape.Tensor) *tape.Tensor { return n.b.module(n.W, x, n.forward) }

func (n *CohereNorm) forward(x *tape.Tensor) *tape.Tensor {
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	dt := x.DType()
	h := f.V(t.To(x, tape.F32))
	mean := f.V(t.Mean(h))
	v := f.V(t.Mean(t.Pow(t.Sub(h, mean))))
	h = f.Re(h, t.Mul(t.Sub(h, mean), t.Rsqrt(t.AddS(v))))
	h = f.Re(h, t.Mul(t.To(n.W.Tensor, tape.F32), h))
	return f.Ret(t.To(h, dt))
}
