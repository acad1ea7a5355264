package tape

// A LateHead holds what a head whose matrix is also the embedding leaves of
// its backward, until the embedding's backward adds both gradients in one
// product (addmm).
type LateHead struct {
	gradient, input *Tensor
}

// EmbeddingCompiled looks rows up. Its backward adds rows up in a table in
// fp32, which it then casts, and adds a tied head's gradient.
func (t *Tape) EmbeddingCompiled(ids, w *Tensor, tied *LateHead) *Tensor {
	dims := append(append([]Dim(nil), ids.dims...), w.dims[1])
	y := t.run(op{
		ins:   []*Tensor{w},
		saves: []*Tensor{ids},
		outs:  func() []*Tensor { return []*Tensor{t.make("embedding output", w.dt, dims...)} },
		back: func(b *Backward) []*Tensor {
			table := t.like("gradient of embedding in fp32", F32, w)
			g := t.To(table, w.dt)
			if tied == nil || tied.gradient == nil {
				return []*Tensor{g}
			}
			sum := t.product("gradient of embedding and head", w)
			t.done(g)
			t.drop(tied.gradient)
			t.drop(tied.input)
			tied.gradient, tied.input = nil, nil
			return []*Tensor{t.unviewed(sum)}
		},
	})[0]
	t.done(ids)
	return y
}

// HeadCompiled is the product with an embedding's matrix, whose gradient is
// made late.
func (t *Tape) HeadCompiled(x, w *Tensor, late *LateHead) *Tensor {
	dims := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), w.dims[0])
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{w, x},
		outs: func() []*Tensor {
			y := t.make("output", x.dt, dims...)
			t.Scratch("cuBLAS workspace", t.matmul)
			t.Work(x.dt, Numel(x.dims), w.dims[0])
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor {
			t.workEach([]bool{true, true}, x.dt, Numel(x.dims), w.dims[0])
			late.gradient, late.input = hold(b.G[0]), hold(b.Saved[1])
			return []*Tensor{t.product("gradient of input", x)}
		},
	})[0]
	t.done(x, w)
	return y
}

// Inductor pads rows longer than paddingThreshold elements to a multiple of
// paddingBytes (torch/_inductor/config.py: padding_stride_threshold,
// padding_alignment_bytes).
const (
	paddingThreshold = 1024
	paddingBytes     = 128
)

// CrossEntropyCompiled is the mean cross entropy of 16-bit logits [rows, V]: it
// keeps them, the greatest of a row and the logarithm of its sum in fp32. Since
// the model gives logits beside the loss, autograd makes zeros for their
// gradient.
func (t *Tape) CrossEntropyCompiled(x, labels *Tensor) *Tensor {
	rows := x.Rows()
	out := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x, labels},
		outs: func() []*Tensor {
			return []*Tensor{
				t.make("loss", F32, One),
				t.make("greatest logits", F32, rows),
				t.make("logarithms of sums", F32, rows),
				t.make("total weight of the loss", F32, One),
			}
		},
		keep: []int{1, 2, 3},
		back: func(b *Backward) []*Tensor {
			zeros := t.like("zeros for the gradient of returned logits", x.dt, x)
			align := paddingBytes / x.dt.Size()
			padded := t.Of2("paddedLogits", "elements of logits whose rows inductor pads", rows, x.Last(), func(rows, n int64) int64 {
				if n <= paddingThreshold || rows < 1 {
					return mulCap(rows, n)
				}
				return mulCap(rows-1, ceilDiv(n, align)*align) + n // the last row ends where its numbers do
			})
			g := t.make("gradient of logits", x.dt, padded)
			t.done(zeros)
			return []*Tensor{t.alias(g, x.dims)}
		},
	})
	t.done(out[1:]...)
	t.done(x, labels)
	return out[0]
}
