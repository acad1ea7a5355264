package tape

// mutate runs an operator in place: its result is the tensor itself, whose
// history the new node continues. keep says that the result is saved.
func (t *Tape) mutate(x *Tensor, o op, keep bool) *Tensor {
	need := false
	for _, in := range o.ins {
		need = need || in.Requires()
	}
	if !need || !t.grad {
		return x
	}
	o.outs = nil
	n := t.newNode(o)
	if keep {
		t.save(n, x)
	}
	n.outs, n.keeps = 1, keep
	t.building = t.building[:len(t.building)-1]
	old := x.node
	x.req, x.node, x.out = true, n, 0
	n.refs++
	if old != nil {
		t.dropNode(old)
	}
	return x
}

// UnaryInPlace is an activation in place whose backward needs its input: a
// copy of it is made first, if a gradient is needed.
func (t *Tape) UnaryInPlace(name string, x *Tensor) *Tensor {
	if !x.Requires() || !t.grad {
		return x
	}
	in := t.like(name+" input", x.dt, x)
	y := t.mutate(x, op{
		ins:   []*Tensor{x},
		saves: []*Tensor{in},
		back:  func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of "+name, x.dt, x)} },
	}, false)
	t.done(in)
	return y
}

// ReLUInPlace saves its result, which is its operand.
func (t *Tape) ReLUInPlace(x *Tensor) *Tensor {
	return t.mutate(x, op{
		ins:  []*Tensor{x},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of relu", x.dt, x)} },
	}, true)
}

// ZeroPart is x[a:b].zero_() of a number of elements. Backward copies the
// gradient and zeros the part of it (torch/csrc/autograd/functions/tensor.cpp,
// CopySlices).
func (t *Tape) ZeroPart(x *Tensor, part Dim) *Tensor {
	return t.mutate(x, op{
		ins: []*Tensor{x},
		back: func(b *Backward) []*Tensor {
			g := t.like("gradient around the zeros", b.G[0].dt, x)
			copied, zeros := t.make("gradient of the part", b.G[0].dt, part), t.make("zeros", b.G[0].dt, part)
			t.done(copied, zeros)
			return []*Tensor{g}
		},
	}, false)
}

// AddInPlace is a += b.
func (t *Tape) AddInPlace(a, b *Tensor) *Tensor {
	y := t.mutate(a, op{
		ins:  []*Tensor{a, b},
		back: func(k *Backward) []*Tensor { return []*Tensor{k.G[0], k.G[0]} },
	}, false)
	t.done(b)
	return y
}
