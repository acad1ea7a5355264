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
func (b *Builder) FusedMLP(leaf, gateUp, down string, h, inner tape.Dim, act workload.Activation) *FusedMLP {
	defer b.In(leaf)()
	m := &FusedMLP{b: b, act: act, inner: inner}
	m.GateUp = b.Linear(gateUp, h, inner.By(2), false)
	m.Down = b.Linear(down, inner, h, false)
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
	if m.b.Software.Liger.SwiGLU {
		return f.Ret(m.Down.Forward(t.GatedFused(gate, up, true)))
	}
	up = f.Re(up, t.Mul(up, m.b.Act(m.act, gate)))
	return f.Ret(m.Down.Forward(up))
}

// gatedMLPNamed is a gated MLP whose matrices have names of their own: gate,
// up, down.
func (b *Builder) gatedMLPNamed(leaf string, names [3]string, h, inner tape.Dim, bias bool, act workload.Activation) *GatedMLP {
	defer b.In(leaf)()
	m := &GatedMLP{b: b, act: act}
	m.Gate = b.Linear(names[0], h, inner, bias)
	m.Up = b.Linear(names[1], h, inner, bias)
	m.Down = b.Linear(names[2], inner, h, bias)
	return m
}
