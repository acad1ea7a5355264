package tape

// FusedLinearLoss is Liger's LigerFusedLinearCrossEntropyFunction
// (liger_kernel/ops/fused_linear_cross_entropy.py) of x [rows, h], a head
// w [V, h] with its bias, and labels: logits a chunk of rows at a time, and the
// gradients of x and of a trained w already in forward, kept for backward.
// pieces says that there is more than one chunk.
func (t *Tape) FusedLinearLoss(x, w, bias, labels *Tensor, pieces bool) *Tensor {
	rows, h, vocab := x.dims[0], x.dims[1], w.dims[0]
	gx := t.like("gradient of hidden states", x.dt, x)
	var gw, gb *Tensor
	if x.Requires() && w.Requires() {
		gw = t.like("gradient of the head", w.dt, w)
	}
	if x.Requires() && bias != nil {
		gb = t.like("gradient of the head's bias", bias.dt, bias)
	}
	loss := t.run(op{
		ins:   []*Tensor{x, w, bias},
		saves: []*Tensor{gx, gw, gb},
		outs: func() []*Tensor {
			each := t.make("losses of the rows", F32, rows)
			mask := t.make("labelled rows", Bool, rows)
			count := t.make("number of labelled rows", I64, One)
			t.Scratch("labelled rows as numbers", rows.By(I64.Size()))
			t.done(count)
			chunk := t.Of2("lossChunk", "rows of a chunk of logits", rows, t.quotient(vocab, h), func(rows, pieces int64) int64 {
				return min(rows, nextPow2(ceilDiv(rows, max(1, pieces))))
			})
			f := &linearLoss{t: t, x: x, w: w, bias: bias, gx: gx, gw: gw, gb: gb, chunk: chunk}
			f.run(pieces)
			t.workEach([]bool{true, x.Requires(), gw != nil}, f.compute(), Numel(x.dims), vocab)
			out := t.make("loss", F32, One)
			a, s := t.innerSum(rows, One)
			t.Scratch("scratch of a sum", a, s)
			t.done(mask, each)
			return []*Tensor{out}
		},
		back: func(b *Backward) []*Tensor {
			one := t.make("one", F32, One)
			t.Scratch("is the gradient one", One, One)
			t.done(one)
			return b.Saved
		},
	})[0]
	t.done(gx, gw, gb, x, w, bias, labels)
	return loss
}

// nextPow2 is the smallest power of two that is not below n.
func nextPow2(n int64) int64 {
	p := int64(1)
	for p < n {
		p *= 2
	}
	return p
}

// quotient is ⌈a/b⌉.
func (t *Tape) quotient(a, b Dim) Dim {
	return t.Of2("quotient", "quotient, rounded up", a, b, func(a, b int64) int64 { return ceilDiv(a, max(1, b)) })
}

// linearLoss is the loop over chunks of the fused loss.
type linearLoss struct {
	t          *Tape
	x, w, bias *Tensor
	gx, gw, gb *Tensor
	chunk      Dim
}

// compute is the type of the products.
func (l *linearLoss) compute() DType {
	if l.t.amp != Bool {
		return l.t.amp
	}
	return l.x.dt
}

// run goes over the chunks: the first, and a second for all others.
func (l *linearLoss) run(pieces bool) {
	t := l.t
	direct := l.x.dt == l.w.dt && (t.amp == Bool || l.x.dt == t.amp)
	var storage *Tensor
	if direct {
		storage = t.make("logits of a chunk", l.x.dt, l.chunk, l.w.dims[0])
	}
	n := 1
	if pieces {
		n = 2
	}
	for range n {
		if direct {
			l.into()
		} else {
			l.lowered()
		}
	}
	t.done(storage)
}

// into is a chunk whose products are written into what exists.
func (l *linearLoss) into() {
	t := l.t
	products := 1
	if l.x.Requires() {
		products++
	}
	if l.gw != nil && l.gw.dt != F32 {
		products++
	}
	for range products {
		t.Scratch("cuBLAS workspace", t.matmul)
	}
	if l.gw != nil && l.gw.dt == F32 { // only products of 16 bits are added in place
		t.Scratch("a chunk's gradient of the head", Numel(l.gw.dims).By(F32.Size()), t.matmul)
	}
	if l.gb != nil {
		t.Scratch("sum of a chunk's gradients", Numel(l.gb.dims).By(l.x.dt.Size()))
	}
}

// lowered is a chunk under autocast, which casts the operands: the head's
// transpose anew for every chunk, the head itself once where it is trained.
func (l *linearLoss) lowered() {
	t := l.t
	w := t.make("head cast for a chunk", t.amp, l.w.dims...)
	x := t.make("hidden states of a chunk", t.amp, l.chunk, l.x.dims[1])
	logits := t.make("logits of a chunk", t.amp, l.chunk, l.w.dims[0])
	t.Scratch("cuBLAS workspace", t.matmul)
	t.done(w, x)
	if l.bias != nil {
		biased := t.like("logits of a chunk with bias", Promote(t.amp, l.bias.dt), logits)
		t.done(logits)
		logits = biased
	}
	if l.x.Requires() {
		lw := t.lower(l.w)
		g := t.make("gradient of a chunk's hidden states", t.amp, l.chunk, l.x.dims[1])
		t.Scratch("cuBLAS workspace", t.matmul)
		if lw != l.w {
			t.done(lw)
		}
		t.done(g)
	}
	if l.gw != nil {
		c := t.make("hidden states of a chunk", t.amp, l.chunk, l.x.dims[1])
		t.Scratch("cuBLAS workspace", t.matmul)
		t.done(c)
	}
	t.done(logits)
}
