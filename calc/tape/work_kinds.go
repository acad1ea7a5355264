package tape

// workEach notes one product for each gradient that is needed: the gradients
// of a product's two operands cost what the product did.
func (t *Tape) workEach(need []bool, dt DType, sizes ...Dim) {
	for _, n := range need {
		if n {
			t.Work(dt, sizes...)
		}
	}
}

// convWork notes a convolution with a weight of [out, in/groups, ...]: every
// output takes one multiply-add for each weight of its channel.
func (t *Tape) convWork(w *Tensor, out []Dim) {
	t.note(work{wide: w.dt == F32, conv: true}, []Dim{Numel(out), Numel(w.dims[1:])})
}

// convWorkEach notes one for each gradient that is needed.
func (t *Tape) convWorkEach(need []bool, w *Tensor, out []Dim) {
	for _, n := range need {
		if n {
			t.convWork(w, out)
		}
	}
}

// attentionWork notes the two products of an attention kernel.
func (t *Tape) attentionWork(dt DType, h Heads) {
	pairs := h.Batch.Times(h.Heads, h.Queries, h.Keys)
	t.Work(dt, pairs, h.Dim)
	t.Work(dt, pairs, h.ValueDim)
}

// attentionBackwardWork notes the five products of its backward: the scores
// once more, the gradients of weights and of value, of query and of key.
func (t *Tape) attentionBackwardWork(dt DType, h Heads) {
	pairs := h.Batch.Times(h.Heads, h.Queries, h.Keys)
	for _, width := range []Dim{h.Dim, h.ValueDim, h.ValueDim, h.Dim, h.Dim} {
		t.Work(dt, pairs, width)
	}
}
