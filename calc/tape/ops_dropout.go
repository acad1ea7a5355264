package tape

// DropoutInPlace is F.dropout(inplace=True): the input times noise of its own
// type, which is kept; the fused kernel with a byte mask is for the form that
// is not in place.
func (t *Tape) DropoutInPlace(x *Tensor, rate float64) *Tensor {
	if rate <= 0 || t.evaluating {
		return x
	}
	noise := t.like("dropout noise", x.dt, x)
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{noise},
		outs:  func() []*Tensor { return []*Tensor{t.detach(x)} },
		back:  func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of dropout", x.dt, x)} },
	})[0]
	t.done(noise, x)
	return y
}
