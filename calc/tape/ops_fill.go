package tape

// MaskedFill is x.masked_fill(mask, number): a copy of x with the number where
// the mask holds. It saves the mask; backward fills a copy of the gradient with
// zeros (derivatives.yaml, masked_fill.Scalar).
func (t *Tape) MaskedFill(x, mask *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{mask},
		outs:  func() []*Tensor { return []*Tensor{t.like("filled", x.dt, x)} },
		back:  func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of fill", b.G[0].dt, x)} },
	})[0]
	t.done(x, mask)
	return y
}
