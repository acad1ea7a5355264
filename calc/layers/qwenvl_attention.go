package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// viewsLater says whether query, key and value are all projected before they
// are seen by head, so that backward copies their gradients first.
func (l *llamaLayer) viewsLater() bool {
	return l.m.Family == workload.Qwen2VLText || l.m.Family == workload.Qwen25VLText
}

// projected is the three projections, then seen by head.
func (l *llamaLayer) projected(f *tape.Frame, x *tape.Tensor) (q, k, v *tape.Tensor) {
	s, d := l.s, x.Dims()
	q, k, v = f.V(l.q.Forward(x)), f.V(l.k.Forward(x)), f.V(l.v.Forward(x))
	t := l.b.T
	q = f.Re(q, t.View(t.CopyBack(q, d[0], d[1], s.Heads, s.D), d[0], s.Heads, d[1], s.D))
	k = f.Re(k, t.View(t.CopyBack(k, d[0], d[1], s.KV, s.D), d[0], s.KV, d[1], s.D))
	return q, k, f.Re(v, l.b.heads(v, s.KV, s.D))
}
