package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// prompt is the part of a row that is not scored.
func (b *Builder) prompt() tape.Dim {
	return b.T.Symbol("p", "tokens of the prompt", b.Alignment.Prompt)
}

// completion is the part of a row that is scored.
func (b *Builder) completion() tape.Dim {
	return b.T.Of2("completion", "tokens of a row after the prompt", b.S, b.prompt(), func(s, p int64) int64 { return max(1, s-p) })
}

// following is the number of tokens of a row that have one before them.
func (b *Builder) following(length tape.Dim) tape.Dim {
	return b.T.Of("scored", "tokens of a sample that have a next one", length, func(n int64) int64 { return max(1, n-1) })
}

// wanted is what TRL asks of the fused head for each token beside its
// log-probability. Of a reference that is a copy it asks nothing more.
func (b *Builder) wanted() tape.Wanted {
	pairs := b.Alignment.Pairs()
	return tape.Wanted{Entropy: !b.besides, MeanLogit: pairs && !b.besides, Likeliest: pairs && !b.besides}
}

// tokenScores is TRL's fused head (trainer/utils.py, add_fused_lm_head): of the
// labelled tokens the log-probabilities, put back among the others. The output
// holds what else was wanted.
func (b *Builder) tokenScores(head *Linear, hidden, labels *tape.Tensor) *tape.Tensor {
	t := b.T
	defer t.As(memory.Logits)()
	defer t.Scope("log-probabilities")()
	f := t.Frame(hidden, labels)
	if !b.plainHead(head) {
		return f.Ret(t.Reduce(hidden, tape.One))
	}
	d := hidden.Dims()
	short := b.following(d[1])
	rows := d[0].Times(b.completion())
	mask := f.V(t.Make("labelled tokens", tape.Bool, []tape.Dim{d[0], short}))
	x := t.MaskedRows(t.Slice(hidden, d[0], short, d[2]), mask, rows)
	kept := t.Make("labels of the scored tokens", tape.I64, []tape.Dim{rows}, t.Make("places of the labels", tape.I64, []tape.Dim{tape.N(2), rows}))
	each := t.ChunkedScores(x, head.W.T(), head.Bias.T(), kept, b.wanted())
	g := t.Frame(each.Probs, each.Entropy, each.MeanLogit, each.Likeliest)
	y := f.V(t.MaskedValues(each.Probs, mask))
	for _, more := range []*tape.Tensor{each.Entropy, each.MeanLogit, each.Likeliest} {
		if more != nil {
			b.aligning.scores = append(b.aligning.scores, t.Keep(t.MaskedValues(more, mask)))
		}
	}
	g.End()
	t.Done(t.NegativeMean(y, mask)) // the output's own loss, which the trainers leave alone
	b.aligning.balance(d[0].Times(d[1]))
	return f.Ret(y)
}
