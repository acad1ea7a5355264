package tape

// LayerNorm is native_layer_norm over the last dimension: the result, and each
// row's mean and reciprocal deviation in fp32. It saves those two, its input,
// weight and bias. Autocast runs it in fp32, and then it saves fp32 copies of
// weight and bias too. Weight and bias may be nil.
func (t *Tape) LayerNorm(x, w, bias *Tensor) *Tensor {
	in, iw, ib := x, w, bias
	bias = t.raise(bias)
	w = t.raise(w)
	x = t.raise(x)
	rows := x.dims[:len(x.dims)-1]
	out := t.run(op{
		ins:   []*Tensor{x, w, bias},
		saves: []*Tensor{bias, x, w},
		outs: func() []*Tensor {
			y := t.like("normalized", x.dt, x)
			mean := t.make("mean", F32, rows...)
			return []*Tensor{y, mean, t.make("1/deviation", F32, rows...)}
		},
		keep: []int{1, 2},
		back: func(b *Backward) []*Tensor {
			out := make([]*Tensor, 3)
			for i, what := range []string{"gradient of input", "gradient of weight", "gradient of bias"} {
				if b.Need[i] {
					like := []*Tensor{x, w, bias}[i]
					out[i] = t.like(what, like.dt, like)
				}
			}
			return out
		},
	})
	t.done(out[1:]...)
	t.done(x, w, bias, in, iw, ib)
	return out[0]
}
