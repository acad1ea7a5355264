package tape

// This file holds operators on tensors that lie in memory with their first two
// dimensions exchanged: a batch of sequences that nn.MultiheadAttention keeps
// with the sequence first. With one sample both orders are one.

// LinearTurned is Linear of rows that lie transposed or apart. A product with a
// weight that needs a gradient copies them into rows and saves the copy
// (at::matmul, should_fold); the bias is added to the result in place.
func (t *Tape) LinearTurned(x, w, bias *Tensor) *Tensor {
	lb := t.lower(bias)
	lw := t.lower(w)
	lx := t.lower(x)
	rows := lx
	if lw.Requires() {
		rows = t.copied(lx)
	}
	y := t.linear([3]*Tensor{x, w, nil}, [3]*Tensor{rows, lw, nil}, w.dims[0], true)
	if bias != nil {
		y = t.AddInPlace(y, lb)
	}
	t.done(lx, lb, bias)
	return y
}

// LayerNormTurned is LayerNorm where the input, the gradient or both lie
// turned: each is copied into rows for as long as the kernel runs.
func (t *Tape) LayerNormTurned(x, w, bias *Tensor, input, gradient bool) *Tensor {
	in, iw, ib := x, w, bias
	bias = t.raise(bias)
	w = t.raise(w)
	x = t.raise(x)
	copied := func(turned bool) *Tensor {
		if !turned {
			return nil
		}
		return t.like("rows made contiguous", x.dt, x)
	}
	rows := x.dims[:len(x.dims)-1]
	out := t.run(op{
		ins:   []*Tensor{x, w, bias},
		saves: []*Tensor{bias, x, w},
		outs: func() []*Tensor {
			c := copied(input)
			y := t.like("normalized", x.dt, x)
			mean := t.make("mean", F32, rows...)
			dev := t.make("1/deviation", F32, rows...)
			t.done(c)
			return []*Tensor{y, mean, dev}
		},
		keep: []int{1, 2},
		back: func(b *Backward) []*Tensor {
			c := copied(input)
			out := make([]*Tensor, 3)
			for i, what := range []string{"gradient of input", "gradient of weight", "gradient of bias"} {
				if b.Need[i] {
					like := []*Tensor{x, w, bias}[i]
					out[i] = t.like(what, like.dt, like)
				}
			}
			t.done(copied(gradient), c)
			return out
		},
	})
	t.done(out[1:]...)
	t.done(x, w, bias, in, iw, ib)
	return out[0]
}
