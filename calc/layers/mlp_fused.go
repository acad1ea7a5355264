package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// FusedMLP is a gated MLP whose gate and up projections are one matrix
// (Phi3MLP).
type FusedMLP struct {
	b            *Builder
	GateUp, Down *Linear
	inner        tape.Dim
	act          workload.Activation
}

// FusedMLP declares a gated MLP with one matrix for gate and up.
func (b *Builder) FusedMLP(leaf string, h, inner tape.Dim, act workload.Activation) *FusedMLP {
	defer b.In(leaf)()
	m := &FusedMLP{b: b, act: act, inner: inner}
	m.GateUp = b.Linear("gate_up_proj", h, inner.By(2), false)
	m.Down = b.Linear("down_proj", inner, h, false)
	return m
}

// Forward applies the MLP.
func (m *FusedMLP) Forward(x *tape.Tensor) *tape.Tensor {
	t := m.b.T
	defer t.Scope("mlp")()
	f := t.Frame(x)
	up := f.V(m.GateUp.Forward(x))
	d := x.Dims()
	half := []tape.Dim{d[0], d[1], m.inner}
	parts := t.Split(up, half, half)
	gate := f.V(parts[0])
	up = f.Re(up, parts[1])
	up = f.Re(up, t.Mul(up, m.b.Act(m.act, gate)))
	return f.Ret(m.Down.Forward(up))
}
