package tape

// Smaller is min(a, b) element by element; it saves both. Backward splits the
// gradient by comparisons (tools/autograd/derivatives.yaml, minimum).
func (t *Tape) Smaller(a, b *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{a, b},
		saves: []*Tensor{b, a},
		outs: func() []*Tensor {
			return []*Tensor{t.make("smaller", Promote(a.dt, b.dt), broadcast(a.dims, b.dims)...)}
		},
		back: func(k *Backward) []*Tensor {
			part := func(need bool) *Tensor {
				if !need {
					return nil
				}
				half := t.like("half of the gradient", k.G[0].dt, k.G[0])
				equal := t.like("equal", Bool, k.G[0])
				shared := t.like("gradient where equal", k.G[0].dt, k.G[0])
				t.done(equal, half)
				other := t.like("is the larger", Bool, k.G[0])
				g := t.like("gradient of the smaller", k.G[0].dt, k.G[0])
				t.done(other, shared)
				return g
			}
			return []*Tensor{part(k.Need[0]), part(k.Need[1])}
		},
	})[0]
	t.done(a, b)
	return y
}
