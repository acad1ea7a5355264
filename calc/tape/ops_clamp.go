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
