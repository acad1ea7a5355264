package layers

import (
	"slices"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// reduce lets a unit's parameters go and reduces its gradients: copied to one
// buffer, whose sum over the ranks comes out as one buffer of the own shares
// (post_backward, foreach_reduce).
func (w *fsdp2) reduce(u *bundle) {
	t := w.b.T
	u.state = afterBackward
	if !w.sync {
		w.widen(u)
		w.empty(u)
		return
	}
	var ps []*tape.Param
	var gs []*tape.Tensor
	for _, p := range u.params {
		if g := t.TakeGrad(p.Tensor); g != nil {
			ps, gs = append(ps, p), append(gs, g)
		}
	}
	w.empty(u)
	t.Release(w.input)
	w.input = nil
	if len(ps) == 0 {
		return
	}
	w.input = w.flatOf("gradients to reduce", ps, w.reducing, w.padded)
	t.Scratch("table of the copies", t.CatTable(w.rows(ps)))
	slices.Reverse(gs) // a list lets go of its last first
	t.Release(gs...)
	w.share(ps)
}

// rows are what a rank gets of the reduced gradients, in bytes.
func (w *fsdp2) rows(ps []*tape.Param) []tape.Dim {
	var out []tape.Dim
	for _, p := range ps {
		out = append(out, p.Local.Elements().By(w.reducing(p).Size()))
	}
	return out
}

// share takes the buffer of the own shares of reduced gradients and makes views
// of it their gradients.
func (w *fsdp2) share(ps []*tape.Param) {
	t := w.b.T
	defer t.On(tape.ReduceStream)()
	own := func(p *tape.Param) tape.Dim { return p.Local.Elements() }
	flat := w.flatOf("reduced gradients", ps, w.reducing, own)
	if ps[0].Local.DType() != w.reducing(ps[0]) {
		cast := w.flatOf("reduced gradients", ps, func(p *tape.Param) tape.DType { return p.Local.DType() }, own)
		t.Release(flat)
		flat = cast
	}
	var shapes [][]tape.Dim
	for _, p := range ps {
		shapes = append(shapes, p.Local.Dims())
	}
	for i, v := range t.Views(flat, shapes...) {
		if ps[i].Local.Grad() != nil {
			t.Done(v) // added to those of the micro-batches before
			continue
		}
		t.SetGrad(ps[i].Local, v)
		t.Relabel(v, memory.GradientStorage, "reduced gradients")
	}
	t.Release(flat)
}

// reducing is the type that a parameter's gradient is reduced in.
func (w *fsdp2) reducing(p *tape.Param) tape.DType {
	if w.o.Reduce == 0 {
		return w.gathered(p)
	}
	return DType(w.o.Reduce)
}

// widen casts gradients that wait for later micro-batches to the type in which
// they are reduced.
func (w *fsdp2) widen(u *bundle) {
	t := w.b.T
	defer t.As(memory.GradientStorage)()
	for _, p := range u.params {
		if g := p.Grad(); g != nil && g.DType() != w.reducing(p) {
			t.SetGrad(p, t.Make("gradient", w.reducing(p), g.Dims()))
		}
	}
}

// reduced reduces what no hook has: the root's gradients, and those of layers
// whose input needs no gradient.
func (w *fsdp2) reduced() {
	t := w.b.T
	for _, u := range w.all() {
		if u.state != afterBackward && len(u.params) > 0 {
			t.AtParam(u.params[0], func() { w.reduce(u) })
		}
		u.state, u.at = idle, nil
		t.Release(u.flat)
		u.flat = nil
	}
	w.order = nil
	t.Release(w.input)
	w.input = nil
}
