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

// ClampWithin limits a tensor between two plain numbers; it saves the tensor.
// Backward compares it with both and takes the gradient where it lies between
// (torch/csrc/autograd/FunctionsManual.cpp, clamp_backward).
func (t *Tape) ClampWithin(x *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		outs:  func() []*Tensor { return []*Tensor{t.like("clamped", x.dt, x)} },
		back: func(b *Backward) []*Tensor {
			zero := t.make("zero", x.dt, One)
			above, below := t.like("not below the limit", Bool, x), t.like("not above the limit", Bool, x)
			g := t.like("gradient of clamp", x.dt, x)
			t.done(below, above, zero)
			return []*Tensor{g}
		},
	})[0]
	t.done(x)
	return y
}
