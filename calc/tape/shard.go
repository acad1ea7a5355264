package tape

import "vramcalc/calc/memory"

// This file holds what data-parallel wrappers do with a parameter's memory: a
// rank keeps a part of it, and the whole comes and goes.

// Part declares what this rank keeps of a parameter: memory of its own, which
// is what the optimizer sees. The parameter goes on being what the model
// computes with; its memory is then emptied and filled as it is gathered.
func (t *Tape) Part(p *Param, dt DType, dims ...Dim) *Param {
	q := &Param{
		Tensor: &Tensor{refs: 1, dims: dims, dt: dt, req: p.Trainable},
		Name:   p.Name, Label: p.Label, Kind: p.Kind, Component: p.Component, Trainable: p.Trainable, where: p.where,
		bytes: Numel(dims).By(dt.Size()),
	}
	t.atParam(p, func() { q.st = t.take(Numel(dims).By(dt.Size()), p.Component, p.Label, dims, dt) })
	q.st.refs = 1
	q.par = q
	p.Local = q
	return q
}

// kept is the parameter as this rank keeps it.
func (p *Param) kept() *Param {
	if p.Local != nil {
		return p.Local
	}
	return p
}

// Empty gives a tensor's memory back and keeps the tensor, as resizing its
// storage to 0 does: views and saved copies of it see the memory that Fill
// takes.
func (t *Tape) Empty(x *Tensor) {
	if !x.st.empty {
		t.give(x.st)
		x.st.empty = true
	}
}

// Fill takes memory for an emptied tensor: bytes, which may be more than its
// elements need, in a type.
func (t *Tape) Fill(x *Tensor, dt DType, bytes Dim) {
	if !x.st.empty {
		return
	}
	c := t.rec.classes[t.rec.stores[x.st.id].class]
	st := t.take(bytes, c.comp, c.label, x.dims, dt)
	x.st.id, x.st.empty, x.dt = st.id, false, dt
}

// Filled says whether a tensor has its memory.
func (x *Tensor) Filled() bool { return !x.st.empty }

// TakeGrad takes a leaf's gradient away from it, nil if it has none: it is held
// until Release.
func (t *Tape) TakeGrad(x *Tensor) *Tensor {
	g := x.grad
	x.grad = nil
	return g
}

// SetGrad makes a tensor, such as a view of a reduced buffer, the gradient of a
// parameter, which lets its last go.
func (t *Tape) SetGrad(p *Param, g *Tensor) {
	own(g)
	t.ZeroGrad(p)
	p.grad = g
}

// Views gives tensors of some shapes on the memory of one, which goes with the
// last of them.
func (t *Tape) Views(x *Tensor, shapes ...[]Dim) []*Tensor {
	var out []*Tensor
	for _, dims := range shapes {
		x.st.refs++
		out = append(out, t.temporary(&Tensor{st: x.st, refs: 1, dims: dims, dt: x.dt}))
	}
	return out
}

// Relabel moves a tensor's memory to another component and label, from its
// birth on.
func (t *Tape) Relabel(x *Tensor, c memory.Component, label string) { t.relabel(x.st, c, label) }

// Packed says whether a parameter's memory has another size than its elements.
func (t *Tape) Packed(p *Param) bool { return t.Bytes(p) != p.Elements().By(p.dt.Size()) }
