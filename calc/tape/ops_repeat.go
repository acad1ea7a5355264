package tape

// RepeatSamples is x.repeat(samples, 1, 1): a copy even of a single one.
// Backward sums over the samples.
func (t *Tape) RepeatSamples(x *Tensor, samples Dim, dims ...Dim) *Tensor {
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.make("repeated", x.dt, dims...)} },
		back: func(b *Backward) []*Tensor {
			if samples.IsOne() {
				return []*Tensor{t.alias(b.G[0], x.dims)}
			}
			return []*Tensor{t.like("gradient summed over samples", b.G[0].dt, x)}
		},
	})[0]
	t.done(x)
	return y
}
