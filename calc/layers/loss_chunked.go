package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// chunkedLoss is TRL's add_fused_lm_head: log-probabilities of the labelled
// tokens, put back among the others, and their mean.
func (b *Builder) chunkedLoss(head *Linear, hidden, labels *tape.Tensor) *tape.Tensor {
	t := b.T
	defer t.As(memory.Logits)()
	defer t.Scope("loss")()
	f := t.Frame(hidden, labels)
	if !b.plainHead(head) {
		return f.Ret(t.Reduce(hidden, tape.One))
	}
	d := hidden.Dims()
	short := b.T.Of("scored", "tokens of a sample that have a next one", d[1], func(n int64) int64 { return n - 1 })
	rows := b.scored(d[0], short)
	mask := f.V(t.Make("labelled tokens", tape.Bool, []tape.Dim{d[0], short}))
	x := t.MaskedRows(t.Slice(hidden, d[0], short, d[2]), mask, rows)
	kept := t.Make("labels of the scored tokens", tape.I64, []tape.Dim{rows}, t.Make("places of the labels", tape.I64, []tape.Dim{tape.N(2), rows}))
	measured := b.Software.SFT.Measures
	scores, entropy, top := t.ChunkedLogProbs(x, head.W.T(), head.Bias.T(), kept, measured)
	if !measured {
		all := f.V(t.MaskedValues(f.V(scores), mask))
		return f.Ret(t.NegativeMean(all, mask))
	}
	g := t.Frame(scores, entropy, top)
	scores = f.V(t.MaskedValues(scores, mask))
	f.V(t.MaskedValues(entropy, mask))
	f.V(t.MaskedValues(top, mask))
	g.End()
	t.Done(t.NegativeMean(scores, mask)) // the output's own loss, which the trainer leaves alone
	return f.Ret(b.tokenLosses(scores))
}

// scored is how many tokens have a label: all that have a next one, but padding.
func (b *Builder) scored(batch, short tape.Dim) tape.Dim {
	if b.flat() {
		row := b.flatRow()
		return b.T.Symbol("N", "tokens of the row that have a label", row.Tokens-row.Samples)
	}
	if !b.padded() {
		return batch.Times(short)
	}
	n := int64(0)
	for _, l := range b.lengths() {
		n += l - 1
	}
	return b.T.Symbol("N", "tokens of the batch that have a label", n)
}

// tokenLosses is SFTTrainer.compute_loss: the sum of the tokens' losses, over
// the number of labels. dft weighs each by its probability.
func (b *Builder) tokenLosses(scores *tape.Tensor) *tape.Tensor {
	t := b.T
	f := t.Frame()
	each := f.V(t.Neg(scores))
	if b.Software.SFT.WeighsTokens {
		weights := t.Make("probabilities", scores.DType(), scores.Dims())
		each = f.Re(each, t.Mul(each, weights))
	}
	return f.Ret(t.MulS(t.MulS(t.SumAll(each))))
}
