package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// plainMLP is an MLP of two matrices: down(act(up(x))), each rebinding the
// hidden state.
func (b *Builder) plainMLP(x *tape.Tensor, up, down *Linear, act workload.Activation) *tape.Tensor {
	t := b.T
	defer t.Scope("mlp")()
	f := t.Frame(x)
	h := f.V(up.Forward(x))
	h = f.Re(h, b.Act(act, h))
	h = f.Re(h, down.Forward(h))
	return f.Ret(h)
}
