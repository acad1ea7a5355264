package tape

// BeforeBackward runs f in backward when the gradient of a result is there,
// before the node that takes it runs: a hook on a tensor. Without history
// nothing is hooked.
func (t *Tape) BeforeBackward(x *Tensor, f func()) {
	if x != nil && x.req && x.node != nil {
		x.node.before = append(x.node.before, f)
	}
}

// AfterBackward passes tensors through a function that runs f in backward when
// their gradients are there, which it hands on: everything that computes with
// the results has run its backward by then. Tensors that need no gradient are
// passed as they are; hooked says whether there were others.
func (t *Tape) AfterBackward(f func(), xs ...*Tensor) (ys []*Tensor, hooked bool) {
	ys = append(ys, xs...)
	if !t.grad {
		return ys, false
	}
	var ins []*Tensor
	var at []int
	for i, x := range xs {
		if x.Requires() {
			ins, at = append(ins, x), append(at, i)
		}
	}
	if len(ins) == 0 {
		return ys, false
	}
	outs := t.run(op{
		ins: ins,
		outs: func() []*Tensor {
			var out []*Tensor
			for _, x := range ins {
				out = append(out, t.alias(x, x.dims))
			}
			return out
		},
		back: func(b *Backward) []*Tensor {
			f()
			return b.G
		},
	})
	for k, i := range at {
		ys[i] = outs[k]
	}
	return ys, true
}

// OnGrad runs f whenever a leaf has been given its gradient: a hook on its
// accumulator. There is one for the whole tape.
func (t *Tape) OnGrad(f func(p *Param)) { t.onGrad = f }
