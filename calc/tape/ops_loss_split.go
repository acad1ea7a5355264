package tape

// Cross entropy of logits of which each GPU holds some columns
// (torch/distributed/tensor/parallel/loss.py).

// LogSoftmaxColumns is the log-softmax of a GPU's columns, whose maximum and sum
// are those of all GPUs. It saves its result; the loss's backward does its work.
func (t *Tape) LogSoftmaxColumns(x *Tensor) *Tensor {
	row := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), One)
	y := t.run(op{
		ins: []*Tensor{x},
		outs: func() []*Tensor {
			most := t.make("largest logit of a row", x.dt, row...)
			all := t.make("largest logit of a row on all GPUs", x.dt, row...)
			t.done(most)
			shifted := t.like("logits less the largest", x.dt, x)
			exp := t.like("exponentials", x.dt, x)
			sum := t.make("sum of exponentials", x.dt, row...)
			t.done(exp)
			sums := t.make("sum of exponentials on all GPUs", x.dt, row...)
			t.done(sum)
			log := t.make("log of the sum", x.dt, row...)
			y := t.like("log-softmax", x.dt, x)
			t.done(shifted, log, sums, all)
			return []*Tensor{y}
		},
		keep: []int{0},
		back: func(b *Backward) []*Tensor { return []*Tensor{b.G[0]} },
	})[0]
	t.done(x)
	return y
}

// NLLLossColumns is the mean negative log likelihood over a GPU's columns of
// log-probabilities. Its backward is that of the softmax as well.
func (t *Tape) NLLLossColumns(logp, target *Tensor) *Tensor {
	out := t.run(op{
		ins:   []*Tensor{logp},
		saves: []*Tensor{logp, target},
		outs: func() []*Tensor {
			safe := t.like("targets without ignored ones", I64, target)
			mask, local := t.ownTargets(target)
			chosen := t.like("chosen log-probabilities", logp.dt, target)
			t.done(mask)
			all := t.like("chosen log-probabilities of all GPUs", logp.dt, target)
			negated := t.like("negative log likelihoods", logp.dt, target)
			kept := t.like("negative log likelihoods of counted targets", logp.dt, target)
			t.done(negated)
			w := t.make("total weight of the loss", logp.dt, One)
			sum := t.make("summed loss", logp.dt, One)
			y := t.make("loss", logp.dt, One)
			t.done(sum, kept, local, safe, chosen, all)
			return []*Tensor{y, w}
		},
		keep: []int{1},
		back: func(b *Backward) []*Tensor {
			safe := t.like("targets without ignored ones", I64, target)
			g := t.like("gradient of log-probabilities", logp.dt, logp)
			mask, local := t.ownTargets(target)
			update := t.like("what chosen columns get", logp.dt, target)
			places := t.like("row numbers", I64, target)
			each := t.like("gradient of each row", logp.dt, target)
			exp := t.like("probabilities", logp.dt, logp)
			sum := t.like("probabilities less targets", logp.dt, logp)
			t.done(exp)
			y := t.like("gradient of logits", logp.dt, logp)
			t.done(sum, each, places, update, local, mask, g, safe)
			return []*Tensor{y}
		},
	})
	t.done(out[1], logp, target)
	return out[0]
}

// ownTargets marks targets in other GPUs' columns and shifts the others.
func (t *Tape) ownTargets(target *Tensor) (mask, local *Tensor) {
	below := t.like("targets below this GPU's columns", Bool, target)
	above := t.like("targets above this GPU's columns", Bool, target)
	mask = t.like("targets of other GPUs", Bool, target)
	t.done(below, above)
	shifted := t.like("targets from this GPU's first column", I64, target)
	local = t.like("targets within this GPU's columns", I64, target)
	t.done(shifted)
	return mask, local
}
