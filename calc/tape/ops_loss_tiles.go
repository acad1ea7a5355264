package tape

// logProbTokens and logProbColumns are the tile of TRL's chunked
// log-probabilities (trl/kernels/chunked_logprob.py, trainer/utils.py).
const (
	logProbTokens  = 4096
	logProbColumns = 32768
)

// ChunkedLogProbs are TRL's per-token log-probabilities of the head
// (ChunkedLogProbFunction): logits are made in one tile that is used again and
// again, in forward and anew in backward, where gradients are added up in
// fp32. x is [rows, h], w [V, h]. Whether rows and V need one tile or more is
// structure. measured says that entropies, which are saved too, and which
// tokens were the likeliest are wanted beside: they are nil otherwise.
func (t *Tape) ChunkedLogProbs(x, w, bias, labels *Tensor, measured bool) (probs, entropy, likeliest *Tensor) {
	y := t.ChunkedScores(x, w, bias, labels, Wanted{Entropy: measured, Likeliest: measured})
	return y.Probs, y.Entropy, y.Likeliest
}

// Wanted is what is asked of each token beside its log-probability.
type Wanted struct{ Entropy, MeanLogit, Likeliest bool }

// TokenScores are one number of each token; what was not asked for is nil.
type TokenScores struct{ Probs, Entropy, MeanLogit, Likeliest *Tensor }

// ChunkedScores are ChunkedLogProbs with what is wanted beside them. Entropies
// are saved.
func (t *Tape) ChunkedScores(x, w, bias, labels *Tensor, also Wanted) TokenScores {
	rows := x.dims[0]
	vector := func(what string) *Tensor { return t.make(what, F32, rows) }
	const statistics = 7 // running_max to target_logit
	tiles := t.tilesOf(x, w)
	keep := []int{1}
	if also.Entropy {
		keep = append(keep, 2)
	}
	ys := t.run(op{
		ins:   []*Tensor{x, w, bias},
		saves: []*Tensor{x, w, bias, labels},
		outs: func() []*Tensor {
			var running []*Tensor
			for range statistics {
				running = append(running, vector("running statistics"))
			}
			left := tiles.forward()
			t.Work(tiles.compute, Numel(x.dims), w.dims[0])
			log := vector("log")
			logZ := vector("log of the sum of exponentials")
			t.done(log)
			out := []*Tensor{vector("log-probabilities"), logZ, nil, nil, nil}
			if also.Entropy {
				mean := vector("weighted logit of the tokens")
				out[2] = vector("entropy")
				t.done(mean)
			}
			if also.MeanLogit {
				out[3] = vector("mean logit")
			}
			if also.Likeliest {
				high, first := t.make("not below the largest", Bool, rows), t.make("above those before", Bool, rows)
				out[4] = t.make("likeliest", Bool, rows)
				t.done(high, first)
			}
			t.done(running...)
			t.done(left...)
			return out
		},
		keep: keep,
		back: func(b *Backward) []*Tensor {
			sums, outs := make([]*Tensor, len(b.Need)), make([]*Tensor, len(b.Need))
			for i, like := range []*Tensor{x, w, bias} {
				if b.Need[i] {
					sums[i] = t.like("gradient in fp32", F32, like)
				}
			}
			left := tiles.backward(sums[:2])
			t.repeating(func() { t.Work(tiles.compute, Numel(x.dims), w.dims[0]) })
			t.workEach(b.Need[:2], tiles.compute, Numel(x.dims), w.dims[0])
			for i, like := range []*Tensor{x, w, bias} {
				if outs[i] = sums[i]; sums[i] != nil && like.dt != F32 {
					outs[i] = t.like("gradient cast", like.dt, like)
				}
			}
			for i := range sums {
				if sums[i] != outs[i] {
					t.done(sums[i])
				}
			}
			t.done(left...)
			return outs
		},
	})
	t.done(ys[1], x, w, bias, labels)
	return TokenScores{ys[0], ys[2], ys[3], ys[4]}
}

// logProbTiles are the tiles of one call.
type logProbTiles struct {
	t              *Tape
	x, w           *Tensor
	compute        DType
	down, across   int64 // tiles of rows, tiles of the vocabulary
	tokens, spare  Dim   // rows of a whole tile, and of the last
	columns, extra Dim   // columns of a whole tile, and of the last
}

func (t *Tape) tilesOf(x, w *Tensor) *logProbTiles {
	l := &logProbTiles{t: t, x: x, w: w, compute: x.dt}
	if t.amp != Bool {
		l.compute = t.amp
	}
	v := t.rec.syms.present()
	rows, vocab := x.dims[0], w.dims[0]
	l.down, l.across = ceilDiv(rows.eval(&v), logProbTokens), ceilDiv(vocab.eval(&v), logProbColumns)
	whole := func(d Dim, most int64) Dim {
		return t.Of("tile", "rows or columns of a tile of logits", d, func(n int64) int64 { return min(n, most) })
	}
	last := func(d Dim, most int64) Dim {
		return t.Of("lastTile", "rows or columns of the last tile of logits", d, func(n int64) int64 { return (n-1)%most + 1 })
	}
	l.tokens, l.spare = whole(rows, logProbTokens), last(rows, logProbTokens)
	l.columns, l.extra = whole(vocab, logProbColumns), last(vocab, logProbColumns)
	return l
}

// buffer is the tile itself, as wide as a tile can be.
func (l *logProbTiles) buffer() *Tensor {
	return l.t.make("tile of logits", l.compute, l.tokens, N(logProbColumns))
}

// hidden are the hidden states of a tile in the type of the product, nil where
// they have it.
func (l *logProbTiles) hidden(rows Dim) *Tensor {
	if l.x.dt == l.compute {
		return nil
	}
	return l.t.make("hidden states of a tile", l.compute, rows, l.x.dims[1])
}

// head are the head's rows of a tile, likewise.
func (l *logProbTiles) head(columns Dim) *Tensor {
	if l.w.dt == l.compute {
		return nil
	}
	return l.t.make("rows of the head of a tile", l.compute, columns, l.w.dims[1])
}

// forward goes over one tile, as all others, and returns what the function
// holds to its end.
func (l *logProbTiles) forward() []*Tensor {
	t := l.t
	b, h := l.buffer(), l.hidden(l.tokens)
	w := l.head(l.columns)
	t.Scratch("cuBLAS workspace", t.matmul)
	t.done(w)
	return []*Tensor{h, b}
}

// backward goes over the tiles; the variables of the loops hold what they were
// given last until the next is there. What they hold at the end is returned.
func (l *logProbTiles) backward(sums []*Tensor) []*Tensor {
	t := l.t
	b, h := l.buffer(), l.hidden(l.tokens)
	var w *Tensor
	head := func(columns Dim) {
		old := w
		w = l.head(columns)
		t.done(old)
		t.Scratch("cuBLAS workspace", t.matmul)
		for _, g := range sums {
			if g != nil {
				t.Scratch("cuBLAS workspace", t.matmul)
			}
		}
	}
	across := func() {
		if l.across > 1 {
			head(l.columns)
		}
		if l.across > 2 {
			head(l.columns)
		}
		head(l.extra)
	}
	across()
	next := func(rows Dim) {
		old := h
		h = l.hidden(rows)
		t.done(old)
		across()
	}
	if l.down > 2 {
		next(l.tokens)
	}
	if l.down > 1 {
		next(l.spare)
	}
	return []*Tensor{w, h, b}
}
