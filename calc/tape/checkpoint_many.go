package tape

// This file holds checkpointed sections with several inputs and outputs: a
// decoder layer of an encoder-decoder, whose position biases pass from layer to
// layer.

// CheckpointMany is Checkpoint for a section with several outputs, any of which
// may be nil.
func (t *Tape) CheckpointMany(f func() []*Tensor, args ...*Tensor) []*Tensor {
	var outs []*Tensor
	first := t.Checkpoint(func() *Tensor {
		ys := f()
		if outs == nil {
			outs = ys
		} else {
			t.done(ys[1:]...)
		}
		return ys[0]
	}, args...)
	outs[0] = first
	return outs
}

// CheckpointReentrantMany is CheckpointReentrant for a section with several
// inputs and outputs, any of which may be nil. An output that is an input
// becomes a view of it, and every output requires a gradient. Backward makes
// zeros for outputs that got none.
func (t *Tape) CheckpointReentrantMany(f func(xs []*Tensor) []*Tensor, xs []*Tensor, closure ...*Tensor) []*Tensor {
	if !t.grad {
		return f(xs)
	}
	amp := t.amp
	var shapes []*Tensor
	return t.run(op{
		ins:   xs,
		saves: xs,
		holds: closure,
		outs: func() []*Tensor {
			t.grad = false
			ys := f(xs)
			t.grad = true
			for i, y := range ys {
				for _, x := range xs {
					if y != nil && y == x {
						t.done(y)
						ys[i] = t.alias(x, x.dims)
					}
				}
			}
			shapes = ys
			return ys
		},
		back: func(b *Backward) []*Tensor { return t.again(b, f, xs, shapes, amp) },
	})
}

// again runs a section again and its backward.
func (t *Tape) again(b *Backward, f func(xs []*Tensor) []*Tensor, xs, shapes []*Tensor, amp DType) []*Tensor {
	gs := make([]*Tensor, len(shapes))
	for i, y := range shapes {
		switch {
		case y == nil:
		case b.G[i] == nil:
			gs[i] = own(t.like("zero gradient of an unused output", y.dt, y))
		default:
			gs[i] = hold(b.G[i])
		}
	}
	ins := make([]*Tensor, len(xs))
	for i, x := range xs {
		if x != nil {
			ins[i] = own(t.detach(b.Saved[i]))
			ins[i].req = x.req
		}
	}
	t.grad = true
	var ys []*Tensor
	t.repeating(func() {
		t.withAutocast(amp, func() {
			ys = f(ins)
			for _, y := range ys {
				own(y)
			}
		})
	})
	t.grad = false
	var roots, seeds []*Tensor
	for i, y := range ys {
		if y.Requires() {
			roots, seeds = append(roots, y), append(seeds, gs[i])
		}
	}
	t.backwardMany(roots, seeds)
	for _, y := range ys {
		t.drop(y)
	}
	for _, g := range gs {
		t.drop(g)
	}
	out := make([]*Tensor, len(ins))
	for i, x := range ins {
		if x != nil {
			g := x.grad
			x.grad = nil
			t.drop(x)
			if g != nil {
				out[i] = t.temporary(g)
			}
		}
	}
	return out
}

// backwardMany runs autograd from several tensors with their gradients.
func (t *Tape) backwardMany(roots, gs []*Tensor) {
	oldGrad := t.grad
	t.grad = false
	k := &task{t: t, deps: map[*Node]int{}, buf: map[*Node][]*Tensor{}}
	graph := &Node{}
	for _, x := range roots {
		n := t.gradEdge(x)
		n.refs++
		graph.next = append(graph.next, edge{node: n, out: x.out, dims: x.dims, dt: x.dt})
	}
	k.count(graph)
	for i, e := range graph.next {
		k.send(e, hold(gs[i]))
	}
	for len(k.ready) > 0 {
		k.step()
	}
	for _, e := range graph.next {
		t.dropNode(e.node)
	}
	t.grad = oldGrad
}
