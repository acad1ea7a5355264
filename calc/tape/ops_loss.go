package tape

// Softmax is over the last dimension; to is the type it is computed and given
// in. It saves its result; backward takes the result times the gradient as
// scratch.
func (t *Tape) Softmax(x *Tensor, to DType) *Tensor {
	in := x
	if to != x.dt && !(x.dt == F16 && to == F32) { // fp16 to fp32 is one kernel
		x = t.cast(x, to)
	}
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.like("softmax output", to, x)} },
		keep: []int{0},
		back: func(b *Backward) []*Tensor {
			g := t.like("gradient of softmax", x.dt, x)
			p := t.like("softmax times gradient", b.G[0].dt, x)
			t.done(p)
			return []*Tensor{g}
		},
	})[0]
	t.done(x, in)
	return y
}

// LogSoftmax is the log-softmax inside cross_entropy, which names its input's
// type, so that autocast leaves it. It saves its result.
func (t *Tape) LogSoftmax(x *Tensor) *Tensor {
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.like("log-softmax", x.dt, x)} },
		keep: []int{0},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of logits", x.dt, x)} },
	})[0]
	t.done(x)
	return y
}

// NLLLoss is the mean negative log likelihood: a scalar and the total weight.
// It saves the log-probabilities and the targets.
func (t *Tape) NLLLoss(logp, target *Tensor) *Tensor {
	in := logp
	logp = t.raise(logp)
	out := t.run(op{
		ins:   []*Tensor{logp},
		saves: []*Tensor{logp, target},
		outs: func() []*Tensor {
			y := t.make("loss", logp.dt, One)
			w := t.make("total weight of the loss", logp.dt, One)
			return []*Tensor{y, w}
		},
		keep: []int{1},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of log-probabilities", logp.dt, logp)} },
	})
	t.done(out[1], logp, in, target)
	return out[0]
}
