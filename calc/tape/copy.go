package tape

import "vramcalc/calc/memory"

// Flatten makes one buffer of n elements that parameters become views of; their
// own memory goes.
func (t *Tape) Flatten(label string, n Dim, ps []*Param) *Tensor {
	defer t.As(ps[0].Component)()
	buf := own(t.make(label, ps[0].dt, n))
	for _, p := range ps {
		p.size = t.Bytes(p)
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
	p := &Param{Tensor: x, Name: label, Label: label, Kind: OtherWeight, Component: memory.OptimizerStates, Trainable: true}
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
