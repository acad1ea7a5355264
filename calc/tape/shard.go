package tape

// TakeGrad takes a parameter's gradient away from it, nil if it has none: it
// is held until Release.
func (t *Tape) TakeGrad(p *Param) *Tensor {
	g := p.grad
	p.grad = nil
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
