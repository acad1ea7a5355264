package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// pairs are the inputs of a step on preferences, of all its micro-batches at
// once: Trainer fetches them together (trainer.py, get_batch_samples).
func (a *alignment) pairs() []*tape.Tensor {
	t := a.b.T
	dims := []tape.Dim{a.micros(), a.b.B, a.b.S}
	inputs := []*tape.Tensor{t.Input("token ids", tape.I64, dims...), t.Input("mask of tokens", tape.I64, dims...)}
	if !a.b.scoresRows() {
		inputs = append(inputs, t.Input("mask of completions", tape.I64, dims...))
	}
	if a.b.Alignment.Algorithm == workload.ORPO { // whose collator gives the prompts apart too
		prompts := []tape.Dim{tape.N(2), a.micros(), a.samples(), a.b.prompt()}
		inputs = append(inputs, t.Input("prompts and their masks", tape.I64, prompts...))
	}
	return inputs
}

// samples is the number of pairs of a micro-batch.
func (a *alignment) samples() tape.Dim {
	return a.b.T.Symbol("B", "batch: samples per GPU and step", a.b.Train.Batch)
}

// micros is the number of micro-batches of a step.
func (a *alignment) micros() tape.Dim {
	return a.b.T.Symbol("A", "micro-batches of an optimizer step", a.b.Train.AccumulationSteps)
}

// ids are the token ids of the present micro-batch.
func (a *alignment) ids(f *tape.Frame) *tape.Tensor {
	return f.V(a.b.T.Slice(a.held[0], a.b.B, a.b.S))
}

// preferenceLoss is DPOTrainer._compute_loss: log-probabilities of chosen and
// rejected completions, then the reference's on top of what the policy saved.
func (a *alignment) preferenceLoss() *tape.Tensor {
	b, t := a.b, a.b.T
	rows := []tape.Dim{b.B, b.S}
	f := t.Frame()
	ids := a.ids(f)
	labels := f.V(t.Make("labels", tape.I64, rows, t.Make("before the completion", tape.Bool, rows)))
	each := f.V(a.run(a.policy, ids, labels))
	each = f.V(t.Slice(each, each.Dims()...))
	y := f.V(t.SumLast(each))
	if a.compares() {
		other := f.V(a.compared(ids, labels))
		y = f.V(t.Sub(y, f.V(t.SumLast(other))))
	}
	y = f.V(t.MulS(y))
	return f.Ret(a.balanced(t.Reduce(t.Neg(t.Unary("log sigmoid", y)), tape.One)))
}

// rewardLoss is RewardTrainer.compute_loss: the log sigmoid of what chosen rows
// score above rejected ones.
func (a *alignment) rewardLoss() *tape.Tensor {
	t := a.b.T
	f := t.Frame()
	y := f.V(t.To(f.V(a.run(a.policy, a.ids(f), nil)), tape.F32))
	return f.Ret(t.Reduce(t.Neg(t.Unary("log sigmoid", y)), tape.One))
}
