package layers

import "vramcalc/calc/tape"

// What the trainer holds of completions, by place (grpo_trainer.py,
// _buffered_inputs).
const (
	heldPrompts = iota
	heldPromptMasks
	heldCompletions
	heldCompletionMasks
	heldAdvantages
	heldReference // log-probabilities of the reference, or of the policy that wrote
)

// row is what the trainer holds for the completions of one micro-batch.
func (a *alignment) row(f *tape.Frame, place int, dims ...tape.Dim) *tape.Tensor {
	return f.V(a.b.T.Slice(a.held[place], dims...))
}

// policyLoss is GRPOTrainer._compute_loss with its default loss (dapo): the
// clipped ratio to the policy that wrote the completions, times the advantages,
// and the divergence from the reference where beta is not 0.
func (a *alignment) policyLoss() *tape.Tensor {
	b, t := a.b, a.b.T
	tokens := []tape.Dim{b.B, b.completion()}
	f := t.Frame()
	ids := f.V(t.Make("prompts and completions", tape.I64, []tape.Dim{b.B, b.S}))
	f.V(t.Make("mask of tokens", tape.I64, []tape.Dim{b.B, b.S}))
	mask := a.row(f, heldCompletionMasks, tokens...)
	y := f.V(a.perToken(a.policy, ids, a.run))
	f.V(t.Make("entropies", tape.F32, tokens))
	ratio := f.V(t.Sub(y, t.Detach(y)))
	ratio = f.V(t.UnaryResult("exp", ratio))
	var divergence *tape.Tensor
	if b.Alignment.Beta > 0 {
		divergence = a.divergence(f, y)
	}
	clipped := f.V(t.ClampWithin(ratio))
	advantages := a.row(f, heldAdvantages, b.B, tape.One)
	first, second := f.V(t.Mul(ratio, advantages)), f.V(t.Mul(clipped, advantages))
	each := f.V(t.Neg(t.Smaller(first, second)))
	if divergence != nil {
		each = f.Re(each, t.Add(each, t.MulS(divergence)))
	}
	return f.Ret(a.balanced(t.Reduce(t.Mul(each, mask), tape.One)))
}

// divergence is exp(q − p) − (q − p) − 1 for log-probabilities p of the policy
// and q of the reference.
func (a *alignment) divergence(f *tape.Frame, y *tape.Tensor) *tape.Tensor {
	t := a.b.T
	other := a.row(f, heldReference, y.Dims()...)
	first := t.UnaryResult("exp", t.Sub(other, y))
	return f.V(t.AddS(t.Sub(first, t.Sub(other, y))))
}

// perToken is _get_per_token_logps_and_entropies: log-probabilities of the
// completions' tokens, copied once.
func (a *alignment) perToken(m Model, ids *tape.Tensor, run func(m Model, ids, labels *tape.Tensor) *tape.Tensor) *tape.Tensor {
	b, t := a.b, a.b.T
	rows := []tape.Dim{b.B, b.S}
	tokens := []tape.Dim{b.B, b.completion()}
	f := t.Frame(ids)
	labels := f.V(t.Make("labels", tape.I64, rows, t.Make("is no token", tape.Bool, rows)))
	y := f.V(run(m, ids, labels))
	y = f.V(t.Slice(y, tokens...))
	y = f.Ret(t.Cat(tokens, y))
	a.forget()
	return y
}
