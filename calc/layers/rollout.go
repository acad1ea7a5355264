package layers

import (
	"errors"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

var errNoRollout = errors.New("rollout transformers: generation with this model is not modelled yet; send rollout vllm-server")

// write is what happens before the first micro-batch of a step
// (grpo_trainer.py, _generate_and_score_completions): the completions of all its
// micro-batches are written at once, and scored by the reference a micro-batch
// at a time. It gives what the trainer keeps of them.
func (a *alignment) write() []*tape.Tensor {
	b, t := a.b, a.b.T
	all := b.B.Times(a.written())
	prompts, completions := []tape.Dim{all, b.prompt()}, []tape.Dim{all, b.completion()}
	if b.Alignment.Generates() {
		a.generate(all)
	}
	f := t.Frame()
	f.V(t.Make("prompts", tape.I64, prompts))
	f.V(t.Make("masks of prompts", tape.I64, prompts))
	f.V(t.Make("completions", tape.I64, completions))
	f.V(t.Make("masks of completions", tape.I64, completions))
	if !b.Alignment.Generates() {
		f.V(t.Make("log-probabilities that the server gives", tape.F32, completions))
	}
	ids := f.V(t.Make("prompts and completions", tape.I64, []tape.Dim{all, b.S}))
	f.V(t.Make("masks of tokens", tape.I64, []tape.Dim{all, b.S}))
	var scores []*tape.Tensor
	if b.Alignment.Rescores(b.Train.AccumulationSteps) {
		scores = append(scores, f.V(a.scoredBefore(ids, func(m Model, ids, labels *tape.Tensor) (y *tape.Tensor) {
			t.NoGrad(func() { y = a.run(m, ids, labels) })
			return y
		})))
	}
	if b.Alignment.Beta > 0 {
		scores = append([]*tape.Tensor{f.V(a.scoredBefore(ids, func(_ Model, ids, labels *tape.Tensor) *tape.Tensor {
			return a.compared(ids, labels)
		}))}, scores...)
	}
	kept := []*tape.Tensor{
		t.Make("prompts kept", tape.I64, prompts), t.Make("masks of prompts kept", tape.I64, prompts),
		t.Make("completions kept", tape.I64, completions), t.Make("masks of completions kept", tape.I64, completions),
		t.Make("advantages", tape.F32, []tape.Dim{all}),
	}
	for range scores {
		kept = append(kept, t.Make("log-probabilities kept", tape.F32, completions))
	}
	f.End()
	return kept
}

// written is the number of micro-batches whose completions are written at once.
func (a *alignment) written() tape.Dim {
	return a.b.T.Symbol("M", "micro-batches whose completions are written at once", a.b.Alignment.Steps)
}

// scoredBefore runs a model over the completions a micro-batch at a time. More
// than two repeat the second.
func (a *alignment) scoredBefore(ids *tape.Tensor, run func(m Model, ids, labels *tape.Tensor) *tape.Tensor) *tape.Tensor {
	b, t := a.b, a.b.T
	f := t.Frame(ids)
	var parts []*tape.Tensor
	for range min(b.Alignment.Steps, 2) {
		parts = append(parts, f.V(a.perToken(a.policy, f.V(t.Slice(ids, b.B, b.S)), run)))
	}
	return f.Ret(t.Cat([]tape.Dim{b.B.Times(a.written()), b.completion()}, parts...))
}

// generate writes the completions with the model itself: transformers'
// generate, sampling among all tokens, in training mode.
func (a *alignment) generate(all tape.Dim) {
	b, t := a.b, a.b.T
	g, ok := a.policy.(Generator)
	if !ok {
		b.Fail(errNoRollout)
		return
	}
	batch, length := b.B, b.S
	count := b.Train.Sequence - b.Alignment.Prompt
	b.B, b.S = all, b.prompt()
	f := t.Frame(t.Input("prompts to continue", tape.I64, b.B, b.S))
	c := b.newCache(b.S, count, workload.DynamicCache)
	s := &generation{b: b, model: casting{a, g}, cache: c, amongAll: true, warped: b.Alignment.Warped}
	if b.adapters() { // PEFT's generate calls the model within, past the forward with autocast
		s.model = g
	}
	b.session = s
	t.NoGrad(func() { s.run(f.Args()[0], memory.Rollout) })
	b.session = nil
	f.End()
	b.B, b.S = batch, length
}

// casting is a model under the autocast that its forward has, with its logits
// given back in fp32 (accelerate/utils/operations.py, ConvertOutputsToFp32).
type casting struct {
	a *alignment
	g Generator
}

// Next gives logits after token ids.
func (c casting) Next(ids *tape.Tensor) *tape.Tensor {
	b, t := c.a.b, c.a.b.T
	var y *tape.Tensor
	t.Autocast(b.amp(), func() { y = c.g.Next(ids) })
	if b.amp() == tape.Bool {
		return y
	}
	defer t.As(memory.Logits)()
	return t.To(y, tape.F32)
}
