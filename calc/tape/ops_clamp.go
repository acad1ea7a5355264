package tape

// Clamp limits a tensor between two limits that are tensors of one element,
// the lower of which is given; it saves the tensor and the limits.
func (t *Tape) Clamp(x, limit *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x, limit},
		outs:  func() []*Tensor { return []*Tensor{t.like("clamped", x.dt, x)} },
		back:  func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of clamp", x.dt, x)} },
	})[0]
	t.done(x, limit)
	return y
}

// ClampTo limits a tensor by numbers, above or on both sides, and saves it.
// Backward compares and chooses.
func (t *Tape) ClampTo(x *Tensor, both bool) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		outs:  func() []*Tensor { return []*Tensor{t.like("clamped", x.dt, x)} },
		back: func(b *Backward) []*Tensor {
			zero := t.make("zero", b.G[0].dt, One)
			within := t.like("within the limit", Bool, x)
			var other *Tensor
			if both {
				other = t.like("within the other limit", Bool, x)
			}
			g := t.like("gradient of clamp", b.G[0].dt, x)
			t.done(within, other, zero)
			return []*Tensor{g}
		},
	})[0]
	t.done(x)
	return y
}
