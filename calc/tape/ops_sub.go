package tape

// Sub is a − b. Its backward negates the gradient for b, and passes it on for
// a.
func (t *Tape) Sub(a, b *Tensor) *Tensor {
	y := t.run(op{
		ins: []*Tensor{a, b},
		outs: func() []*Tensor {
			return []*Tensor{t.make("difference", Promote(a.dt, b.dt), broadcast(a.dims, b.dims)...)}
		},
		back: func(k *Backward) []*Tensor {
			var gb *Tensor
			if k.Need[1] {
				gb = t.like("negated gradient", k.G[0].dt, k.G[0])
			}
			return []*Tensor{k.G[0], gb}
		},
	})[0]
	t.done(a, b)
	return y
}
