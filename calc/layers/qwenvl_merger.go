package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// qwenMerger is PatchMerger: a norm of each patch, then two matrices over the
// patches of a square.
type qwenMerger struct {
	b        *Builder
	s        qwenSizes
	norm     Norm
	fc1, fc2 *Linear
	width    tape.Dim
}

func (b *Builder) qwenMerger(leaf string, s qwenSizes, v workload.Vision) *qwenMerger {
	defer b.In(leaf)()
	m := &qwenMerger{b: b, s: s, width: s.H.By(s.Merge)}
	out := b.T.Symbol("h", "hidden size", v.Projection)
	m.norm = b.Norm(v.Norm, "ln_q", s.H)
	defer b.In("mlp")()
	m.fc1 = b.Linear("0", m.width, m.width, true)
	m.fc2 = b.Linear("2", m.width, out, true)
	return m
}

// Forward merges squares of patches to tokens.
func (m *qwenMerger) Forward(x *tape.Tensor) *tape.Tensor {
	t := m.b.T
	defer t.Scope("merger")()
	f := t.Frame(x)
	y := f.V(m.mlp(t.View(m.norm.Forward(x), m.s.Merged, m.width)))
	return f.Ret(y)
}

func (m *qwenMerger) mlp(x *tape.Tensor) *tape.Tensor {
	f := m.b.T.Frame(x)
	h := f.V(m.fc1.Forward(x))
	h = f.Re(h, m.b.Act(workload.GELU, h))
	return f.Ret(f.Re(h, m.fc2.Forward(h)))
}
