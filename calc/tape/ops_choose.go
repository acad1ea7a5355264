package tape

// This file holds choosing among scores: masks, and values by their index.

// MaskedFill is x.masked_fill(mask, number), which saves the mask; its backward
// fills the gradient.
func (t *Tape) MaskedFill(x, mask *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{mask},
		outs:  func() []*Tensor { return []*Tensor{t.like("filled", x.dt, x)} },
		back:  func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of filling", b.G[0].dt, x)} },
	})[0]
	t.done(x, mask)
	return y
}

// MaskedFillInPlace is x.masked_fill_(mask, number).
func (t *Tape) MaskedFillInPlace(x, mask *Tensor) *Tensor {
	y := t.mutate(x, op{
		ins:   []*Tensor{x},
		saves: []*Tensor{mask},
		back:  func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of filling", b.G[0].dt, x)} },
	}, false)
	t.done(mask)
	return y
}

// GatherLast is x.gather along the last dimension, which saves both; backward
// adds into zeros.
func (t *Tape) GatherLast(x, index *Tensor, dims ...Dim) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{index, x},
		outs:  func() []*Tensor { return []*Tensor{t.make("gathered", x.dt, dims...)} },
		back:  func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of gather", b.G[0].dt, x)} },
	})[0]
	t.done(x, index)
	return y
}

// MixerWeight is PhimoeMultiplier: the chosen expert's weight times a share.
// Its gradient goes to the scores past what made the weight: the weights times
// it, and added at the chosen expert. mask, which the weights were filled by,
// is saved by what made them.
func (t *Tape) MixerWeight(scores, weight, at, weights, share, mask *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{scores},
		saves: []*Tensor{weight, at, weights, mask},
		outs:  func() []*Tensor { return []*Tensor{t.like("weight of an expert", weight.dt, weight)} },
		back: func(b *Backward) []*Tensor {
			g := t.like("gradient times weight", weight.dt, weight)
			n := t.like("negated gradient", weight.dt, weight)
			all := t.like("gradient of scores", weights.dt, weights)
			t.done(n, g)
			return []*Tensor{all}
		},
	})[0]
	return y
}

// NoiseInView is NoiseInPlace of a view of a whole tensor, which is seen anew
// from the whole afterwards. Backward writes the gradient of that into the
// whole's memory (as_strided_backward), copies it, takes the view's part out and
// writes its product with the noise back (torch/csrc/autograd/functions/tensor.cpp,
// CopySlices).
func (t *Tape) NoiseInView(x *Tensor) *Tensor {
	noise := t.like("noise", x.dt, x)
	y := t.mutate(x, op{
		ins:   []*Tensor{x},
		saves: []*Tensor{noise},
		back: func(b *Backward) []*Tensor {
			whole := t.like("gradient of the whole", x.dt, x)
			part := t.like("gradient of the view", x.dt, x)
			g := t.like("gradient of noise", x.dt, x)
			t.done(part, g)
			return []*Tensor{whole}
		},
	}, false)
	t.done(noise)
	return t.run(op{
		ins:  []*Tensor{y},
		outs: func() []*Tensor { return []*Tensor{t.alias(y, y.dims)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of the view anew", b.G[0].dt, y)} },
	})[0]
}
