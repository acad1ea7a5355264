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

// ClampNumbers limits a tensor between two numbers and saves it. Backward
// compares it with both.
func (t *Tape) ClampNumbers(x *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		outs:  func() []*Tensor { return []*Tensor{t.like("clamped", x.dt, x)} },
		back: func(b *Backward) []*Tensor {
			zero := t.make("zero", b.G[0].dt, One)
			above := t.like("not below", Bool, x)
			below := t.like("not above", Bool, x)
			within := t.like("within", Bool, x)
			t.done(above, below)
			g := t.like("gradient of clamp", x.dt, x)
			t.done(zero, within)
			return []*Tensor{g}
		},
	})[0]
	t.done(x)
	return y
}
