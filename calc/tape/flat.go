package tape

// This file holds flat parameters: several in one piece of memory, of which a
// rank keeps an equal part whatever their bounds.

// Flat joins parameters of one type to one of all their elements, without
// memory until Fill. Their own memory goes.
func (t *Tape) Flat(ps []*Param, elements Dim) *Param {
	first := ps[0]
	x := &Tensor{st: &storage{id: first.st.id, refs: 1, empty: true}, refs: 1, dims: []Dim{elements}, dt: first.dt}
	whole := &Param{Tensor: x, Name: first.Name, Label: "flat parameters", Kind: OtherWeight, Component: first.Component, where: first.where}
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
		size: elements.By(flat.dt.Size()),
	}
	q.par = q
	p.Local, p.away = q, false
}

// Now is a dimension's number at the present sizes.
func (t *Tape) Now(d Dim) int64 {
	v := t.rec.syms.present()
	return d.eval(&v)
}
