package tape

import "vramcalc/calc/memory"

// This file holds flat parameters: several in one piece of memory, of which a
// rank keeps an equal part whatever their bounds.

// Flat joins parameters of one type to one of all their elements, without
// memory until Fill. Their own memory goes.
func (t *Tape) Flat(ps []*Param, elements Dim) *Param {
	first := ps[0]
	x := &Tensor{st: &storage{id: first.st.id, refs: 1, empty: true}, refs: 1, dims: []Dim{elements}, dt: first.dt}
	whole := &Param{Tensor: x, Name: first.Name, Label: "flat parameters", Kind: OtherWeight, Component: first.Component, where: first.where, bytes: elements.By(first.dt.Size())}
	x.par = whole
	for _, p := range ps {
		x.req = x.req || p.Trainable
		whole.Trainable = x.req
		p.away = true
		t.atParam(p, func() { t.drop(p.Tensor) })
		p.Tensor = &Tensor{st: x.st, refs: 1, dims: p.dims, dt: p.dt}
		x.st.refs++
	}
	return whole
}

// Unflatten makes parameters views of their flat parameter, as a forward does
// anew each time.
func (t *Tape) Unflatten(whole *Param, ps []*Param) {
	var parts [][]Dim
	for _, p := range ps {
		parts = append(parts, []Dim{p.Elements()})
	}
	views := t.Split(whole.Tensor, parts...)
	for i, p := range ps {
		v := own(t.View(views[i], p.dims...))
		t.done(views[i])
		old := p.Tensor
		p.Tensor = v
		t.drop(old)
	}
}

// PartOf says that a rank keeps some elements of a parameter, which lie in the
// memory of a flat one.
func (t *Tape) PartOf(p *Param, flat *Tensor, elements Dim) {
	flat.st.refs++
	q := &Param{
		Tensor: &Tensor{st: flat.st, refs: 1, dims: []Dim{elements}, dt: flat.dt, req: p.Trainable},
		Name:   p.Name, Label: p.Label, Kind: p.Kind, Component: p.Component, Trainable: p.Trainable, where: p.where,
		bytes: elements.By(flat.dt.Size()),
	}
	q.par = q
	p.Local, p.away = q, false
}

// Now is a dimension's number at the present sizes.
func (t *Tape) Now(d Dim) int64 {
	v := t.rec.syms.present()
	return d.eval(&v)
}

// Flatten makes one buffer of n elements that parameters become views of; their
// own memory goes.
func (t *Tape) Flatten(label string, n Dim, ps []*Param) *Tensor {
	defer t.As(ps[0].Component)()
	buf := own(t.make(label, ps[0].dt, n))
	for _, p := range ps {
		old := p.st
		buf.st.refs++
		p.st = buf.st
		if old.refs--; old.refs == 0 {
			t.give(old)
		}
	}
	return buf
}

// Copy is a parameter that the model does not have and no forward uses: the
// copy that an optimizer updates. Its memory is optimizer state.
func (t *Tape) Copy(label string, dt DType, dims ...Dim) *Param {
	defer t.As(memory.OptimizerStates)()
	x := own(t.make(label, dt, dims...))
	p := &Param{Tensor: x, Name: label, Label: label, Kind: OtherWeight, Component: memory.OptimizerStates, Trainable: true, bytes: Numel(dims).By(dt.Size())}
	x.par = p
	return p
}

// GradInto moves a parameter's gradient into a buffer, of which it becomes a
// view: its own memory goes unless something else holds it.
func (t *Tape) GradInto(p *Param, buf *Tensor) {
	if p.grad != nil {
		t.SetGrad(p, t.Views(buf, p.grad.dims)[0])
	}
}
