package tape

// CheckpointReentrant2 is CheckpointReentrant of a section with two results.
// No gradient comes to the second, so that backward starts with zeros for it.
func (t *Tape) CheckpointReentrant2(f func(x *Tensor) (y, second *Tensor), x *Tensor, closure ...*Tensor) (y, second *Tensor) {
	if !t.grad {
		return f(x)
	}
	amp := t.amp
	outs := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		holds: closure,
		outs: func() []*Tensor {
			t.grad = false
			y, second := f(x)
			t.grad = true
			return []*Tensor{y, second}
		},
		back: func(b *Backward) []*Tensor {
			in := own(t.detach(b.Saved[0]))
			in.req = x.req
			zeros := b.G[1]
			if zeros == nil {
				zeros = own(t.make("zero gradient of the second result", second.dt, second.dims...))
			}
			t.grad = true
			var y, s *Tensor
			t.repeating(func() {
				t.withAutocast(amp, func() {
					y, s = f(in)
					own(y)
					own(s)
				})
			})
			t.grad = false
			roots, gs := []*Tensor{y}, []*Tensor{b.G[0]}
			if s.req {
				roots, gs = append(roots, s), append(gs, zeros)
			}
			t.backward(roots, gs)
			t.drop(y)
			t.drop(s)
			if b.G[1] == nil {
				t.drop(zeros)
			}
			g := in.grad
			in.grad = nil
			t.drop(in)
			return []*Tensor{t.temporary(g)}
		},
	})
	second = outs[1]
	return outs[0], outs[1]
}
