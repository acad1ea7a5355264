package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// GatedMLP is down(act(gate(x)) · up(x)).
type GatedMLP struct {
	b              *Builder
	Gate, Up, Down *Linear
	act            workload.Activation
}

// GatedMLP declares a gated MLP with Llama's names.
func (b *Builder) GatedMLP(leaf string, h, inner tape.Dim, bias bool, act workload.Activation) *GatedMLP {
	defer b.In(leaf)()
	m := &GatedMLP{b: b, act: act}
	m.Gate = b.Linear("gate_proj", h, inner, bias)
	m.Up = b.Linear("up_proj", h, inner, bias)
	m.Down = b.Linear("down_proj", inner, h, bias)
	return m
}

// Forward applies the MLP.
func (m *GatedMLP) Forward(x *tape.Tensor) *tape.Tensor {
	t := m.b.T
	defer t.Scope("mlp")()
	f := t.Frame(x)
	x = m.b.assembled(f, x)
	if m.b.Software.Liger.SwiGLU {
		gate := m.Gate.Forward(x)
		return f.Ret(m.Down.Forward(t.GatedFused(gate, m.Up.Forward(x), false)))
	}
	gate := m.b.Act(m.act, m.Gate.Forward(x))
	y := f.V(m.Down.Forward(t.Mul(gate, m.Up.Forward(x))))
	return f.Ret(y)
}

// Act applies an activation as a module call.
func (b *Builder) Act(a workload.Activation, x *tape.Tensor) *tape.Tensor {
	return b.beside("act_fn", x, func(x *tape.Tensor) *tape.Tensor { return b.act(a, x) })
}

func (b *Builder) act(a workload.Activation, x *tape.Tensor) *tape.Tensor {
	t := b.T
	f := t.Frame(x)
	switch a {
	case workload.ReLU:
		return f.Ret(t.UnaryResult("relu", x))
	case workload.QuickGELU:
		return f.Ret(t.Mul(x, t.UnaryResult("sigmoid", t.MulS(x))))
	case workload.GELUNew:
		return f.Ret(b.geluNew(x))
	case workload.ReLU2:
		r := f.V(t.UnaryResult("relu", x))
		return f.Ret(t.Pow(r))
	case workload.SiLU:
		return f.Ret(t.Unary("silu", x))
	}
	return f.Ret(t.Unary("gelu", x))
}

// geluNew is the tanh form written in operators:
// 0.5 · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))).
func (b *Builder) geluNew(x *tape.Tensor) *tape.Tensor {
	t := b.T
	half := t.MulS(x)
	inner := t.MulS(t.Add(x, t.MulS(t.Pow(x))))
	return t.Mul(half, t.AddS(t.UnaryResult("tanh", inner)))
}
