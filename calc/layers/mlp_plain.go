package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// plainMLP is an MLP of two matrices: down(act(up(x))), each rebinding the
// hidden state.
func (b *Builder) plainMLP(x *tape.Tensor, up, down *Linear, act workload.Activation) *tape.Tensor {
	t := b.T
	defer t.Scope("mlp")()
	f := t.Frame(x)
	h := f.V(up.Forward(x))
	h = f.Re(h, b.Act(act, h))
	h = f.Re(h, down.Forward(h))
	return f.Ret(h)
}

// TwoMatrices is an MLP module of two matrices, with dropout at its end.
type TwoMatrices struct {
	b        *Builder
	Up, Down *Linear
	act      workload.Activation
	drop     float64
}

// TwoMatrices declares an MLP of two matrices.
func (b *Builder) TwoMatrices(leaf, up, down string, h, inner tape.Dim, m workload.Text, drop float64) *TwoMatrices {
	defer b.In(leaf)()
	return &TwoMatrices{
		b: b, act: m.Activation, drop: drop,
		Up:   b.Linear(up, h, inner, m.MLPBias),
		Down: b.Linear(down, inner, h, m.MLPBias),
	}
}

// Forward applies the MLP.
func (m *TwoMatrices) Forward(x *tape.Tensor) *tape.Tensor {
	t := m.b.T
	defer t.Scope("mlp")()
	f := t.Frame(x)
	h := f.V(m.Up.Forward(x))
	h = f.Re(h, m.b.Act(m.act, h))
	h = f.Re(h, m.Down.Forward(h))
	h = f.Re(h, t.Dropout(h, m.drop))
	return f.Ret(h)
}
