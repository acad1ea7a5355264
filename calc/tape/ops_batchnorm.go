package tape

// BatchNorm is batch_norm over the channels of a [B, C, H, W] tensor. It saves
// its input and weight, and in training each channel's mean and reciprocal
// deviation in fp32. ATen's own kernels, which take bf16 and weights of 16 bits,
// keep those two with running statistics as well (batch_norm_cuda). Over channels-last images they
// make the gradients of weight and bias first, from two sums a channel, and
// blocks share channels through scratch.
func (t *Tape) BatchNorm(x, w, bias *Tensor, training bool) *Tensor {
	channels := x.dims[1]
	pixels := x.dims[2].Times(x.dims[3])
	native := x.dt == BF16 || w.dt != F32
	rows := native && (t.ChannelsLast || pixels.IsOne())
	shared := func(numbers int64) {
		if n, ok := channels.Const(); ok && rows && training {
			a, s := t.sharedNorm(x.dims[0].Times(pixels), n, numbers)
			t.Scratch("scratch of a batch norm", a, s)
		}
	}
	ins := []*Tensor{x, w, bias}
	y := t.run(op{
		ins:   ins,
		saves: []*Tensor{x, w},
		outs: func() []*Tensor {
			y := t.like("normalized", x.dt, x)
			if !training && !native {
				return []*Tensor{y, nil, nil}
			}
			mean, dev := t.make("batch mean", F32, channels), t.make("batch 1/deviation", F32, channels)
			shared(normForward)
			return []*Tensor{y, mean, dev}
		},
		keep: []int{1, 2},
		back: func(b *Backward) []*Tensor {
			out := make([]*Tensor, 3)
			grad := func(i int, what string) {
				if b.Need[i] {
					out[i] = t.like(what, ins[i].dt, ins[i])
				}
			}
			if !rows {
				grad(0, "gradient of input")
			}
			var sums [2]*Tensor
			if rows {
				sums = [2]*Tensor{t.make("sum of gradients", F32, channels), t.make("sum of weighted gradients", F32, channels)}
			}
			grad(1, "gradient of weight")
			grad(2, "gradient of bias")
			if rows {
				shared(normBackward)
				grad(0, "gradient of input")
			}
			t.done(sums[:]...)
			return out
		},
	})
	t.done(y[1:]...)
	t.done(x, w, bias)
	return y[0]
}
