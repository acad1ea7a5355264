package tape

import "fmt"

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

// LogSoftmax saves its result.
func (t *Tape) LogSoftmax(x *Tensor) *Tensor {
	in := x
	x = t.raise(x)
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.like("log-softmax", x.dt, x)} },
		keep: []int{0},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of logits", x.dt, x)} },
	})[0]
	t.done(x, in)
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

// sortThreshold is the number of indices above which embedding's backward
// sorts them (aten/src/ATen/native/cuda/Embedding.cu).
const sortThreshold = 3072

// rowsPerThread is the length of a partial segment in the sorted form.
const rowsPerThread = 10

// Embedding looks rows up in a table of [rows, width] and saves the indices.
// Its backward makes a whole table, and sorts above 3072 indices.
func (t *Tape) Embedding(ids, w *Tensor) *Tensor {
	dims := append(append([]Dim(nil), ids.dims...), w.dims[1])
	n := Numel(ids.dims)
	y := t.run(op{
		ins:   []*Tensor{w},
		saves: []*Tensor{ids},
		outs:  func() []*Tensor { return []*Tensor{t.make("embedding output", w.dt, dims...)} },
		back: func(b *Backward) []*Tensor {
			g := t.make("gradient of embedding", w.dt, w.dims...)
			t.sortScratch(n, w.dims[0], w.dims[1])
			return []*Tensor{g}
		},
	})[0]
	t.done(ids)
	return y
}

// sortScratch is what the sorted form of embedding's backward takes: sorted
// and original indices, segment offsets, and partial sums in fp32. The radix
// sort's own buffers (a few bytes an index) are not modelled.
func (t *Tape) sortScratch(n, rows, width Dim) {
	sorts := func(v *Values) bool { return n.eval(v) > sortThreshold }
	partial := func(v *Values) int64 { return min(n.eval(v), rows.eval(v)) + n.eval(v)/rowsPerThread }
	args := "(" + t.text(n) + "," + t.text(rows) + "," + t.text(width) + ")"
	when := fmt.Sprintf("embedding backward of %s indices, sorted above %d", t.text(n), sortThreshold)
	symbol := func(name, doc string, f func(v *Values) int64) Dim {
		return t.kernel(name, doc+"; "+when+", bytes", args, func(v *Values) int64 {
			if !sorts(v) {
				return 0
			}
			return min(maxSize, f(v))
		})
	}
	const index, accumulator = 8, 4 // bytes of an int64 index and of an fp32 sum
	t.Scratch("embedding backward scratch",
		symbol("sortedIndices", "sorted indices", func(v *Values) int64 { return index * n.eval(v) }),
		symbol("originalIndices", "positions of the sorted indices", func(v *Values) int64 { return index * n.eval(v) }),
		symbol("segmentOffsets", "offsets of the segments", func(v *Values) int64 { return index * min(n.eval(v), rows.eval(v)) }),
		symbol("partialOffsets", "offsets of the partial segments", func(v *Values) int64 { return index * partial(v) }),
		symbol("partialSums", "partial sums in fp32", func(v *Values) int64 {
			return mulCap(mulCap(partial(v), width.eval(v)), accumulator)
		}),
	)
}
