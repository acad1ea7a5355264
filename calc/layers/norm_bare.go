package layers

import "vramcalc/calc/tape"

// bareNorm is OlmoLayerNorm: a layer norm in fp32 without weight and bias.
type bareNorm struct {
	b    *Builder
	leaf string
}

// Forward applies the norm.
func (n bareNorm) Forward(x *tape.Tensor) *tape.Tensor {
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	return f.Ret(t.To(t.LayerNorm(t.To(x, tape.F32), nil, nil), x.DType()))
}

// offsetNorm is NemotronLayerNorm1P: the weight is an offset from one, which is
// added before the norm. Under autocast it runs in the lower type.
type offsetNorm struct{ *LayerNorm }

// Forward applies the norm.
func (n offsetNorm) Forward(x *tape.Tensor) *tape.Tensor {
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	if !t.IsAutocast() {
		return f.Ret(t.LayerNorm(x, t.AddS(n.W.T()), n.Bias.T()))
	}
	shifted := t.AddS(n.W.T())
	in, w, bias := f.V(t.Lower(x)), f.V(t.Lower(shifted)), f.V(t.Lower(n.Bias.T()))
	t.Done(shifted)
	var y *tape.Tensor
	t.Autocast(tape.Bool, func() { y = f.V(t.LayerNorm(in, w, bias)) })
	return f.Ret(y)
}
