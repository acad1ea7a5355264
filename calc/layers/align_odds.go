package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// oddsLoss is ORPOTrainer.get_batch_loss_metrics (trl/experimental/orpo): all
// logits of chosen and rejected rows, in fp32, the cross entropy of the chosen
// ones, and the odds of one over the other from the log-probabilities of both.
func (a *alignment) oddsLoss() *tape.Tensor {
	b, t := a.b, a.b.T
	rows, pairs := []tape.Dim{b.B, b.S}, a.samples()
	f := t.Frame()
	ids := f.V(t.Make("token ids of both", tape.I64, rows))
	f.V(t.Make("mask of tokens of both", tape.I64, rows))
	labels := f.V(t.Make("labels of both", tape.I64, rows))
	defer t.As(memory.Logits)()
	defer t.Scope("odds ratio")()
	logits := f.V(t.To(a.run(a.policy, ids, labels), tape.F32))
	short, v := b.following(b.S), logits.Last()
	all := f.V(t.Make("labels of all tokens", tape.I64, rows, t.Make("copy of the ids", tape.I64, rows)))
	chosen := a.chosenLoss(logits, all, pairs, short, v)
	f.V(chosen)
	next := []tape.Dim{b.B, short}
	g := t.Frame(logits, labels)
	shifted := g.V(t.Make("copy of the next labels", tape.I64, next))
	mask := g.V(t.Make("labelled tokens", tape.Bool, next))
	shifted = g.Re(shifted, t.Make("next labels", tape.I64, next, t.Make("is no label", tape.Bool, next)))
	each := g.V(t.SelectedLogProbs(t.Slice(logits, b.B, short, v), shifted))
	mean := g.Ret(t.SumLast(t.Mul(each, mask)))
	odds := f.V(t.Unary("log sigmoid", t.MulS(mean)))
	return f.Ret(t.Sub(chosen, t.Reduce(odds, tape.One)))
}

// chosenLoss is the cross entropy of the chosen rows, whose logits are copied.
func (a *alignment) chosenLoss(logits, labels *tape.Tensor, pairs, short, v tape.Dim) *tape.Tensor {
	b, t := a.b, a.b.T
	part := t.Slice(t.Slice(logits, pairs, b.S, v), pairs, short, v)
	f := t.Frame(labels)
	x := f.V(part)
	if !pairs.IsOne() { // the tokens of one row but the last lie together
		x = f.Re(x, t.Contiguous(x))
	}
	y := f.V(t.Make("next labels of the chosen rows", tape.I64, []tape.Dim{pairs, short}))
	x = f.Re(x, t.View(x, pairs.Times(short), v))
	return f.Ret(t.NLLLoss(t.LogSoftmax(x), y))
}
