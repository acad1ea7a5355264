package tape

// SelectedLogProbs are the log-probabilities of labels under logits [n, m, V],
// as TRL's kernel gives them (trl/kernels/logprob_entropy.py): four numbers a
// token, of which the entropies are let go and two are saved beside the logits;
// backward makes one gradient of the logits' shape.
func (t *Tape) SelectedLogProbs(x, labels *Tensor) *Tensor {
	tokens := x.dims[:len(x.dims)-1]
	ys := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x, labels},
		keep:  []int{1, 2},
		outs: func() []*Tensor {
			y := t.make("log-probabilities", F32, tokens...)
			entropy := t.make("entropies", F32, tokens...)
			logZ, expected := t.make("log of the sum of exponentials", F32, tokens...), t.make("expected logits", F32, tokens...)
			t.done(entropy)
			return []*Tensor{y, logZ, expected}
		},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of logits", x.dt, x)} },
	})
	t.done(ys[1], ys[2], x, labels)
	return ys[0]
}
