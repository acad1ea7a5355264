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
	joined   bool // the norm is of a whole square
}

func (b *Builder) qwenMerger(leaf string, s qwenSizes, v workload.Vision) *qwenMerger {
	defer b.In(leaf)()
	m := &qwenMerger{b: b, s: s, width: s.H.By(s.Merge)}
	m.norm = b.Norm(v.Norm, "ln_q", s.H)
	defer b.In("mlp")()
	m.matrices("0", "2", v)
	return m
}

// qwen3Merger is Qwen3VLVisionPatchMerger.
func (b *Builder) qwen3Merger(leaf string, s qwenSizes, v workload.Vision, joined bool) *qwenMerger {
	defer b.In(leaf)()
	m := &qwenMerger{b: b, s: s, width: s.H.By(s.Merge), joined: joined}
	normed := s.H
	if joined {
		normed = m.width
	}
	m.norm = b.Norm(v.Norm, "norm", normed)
	m.matrices("linear_fc1", "linear_fc2", v)
	return m
}

func (m *qwenMerger) matrices(first, second string, v workload.Vision) {
	m.fc1 = m.b.Linear(first, m.width, m.width, true)
	m.fc2 = m.b.Linear(second, m.width, m.b.T.Symbol("h", "hidden size", v.Projection), true)
}

// Forward merges squares of patches to tokens.
func (m *qwenMerger) Forward(x *tape.Tensor) *tape.Tensor {
	t := m.b.T
	defer t.Scope("merger")()
	f := t.Frame(x)
	if m.joined {
		x = t.View(x, m.s.Merged, m.width)
	}
	y := f.V(m.mlp(t.View(m.norm.Forward(x), m.s.Merged, m.width)))
	return f.Ret(y)
}

func (m *qwenMerger) mlp(x *tape.Tensor) *tape.Tensor {
	f := m.b.T.Frame(x)
	h := f.V(m.fc1.Forward(x))
	h = f.Re(h, m.b.Act(workload.GELU, h))
	return f.Ret(f.Re(h, m.fc2.Forward(h)))
}
