package layers

import (
	"errors"
	"fmt"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// This file and those beside it (align_*.go, rollout.go) hold what TRL's
// trainers of preferences, rewards and a model's own completions do around a
// model: trl/trainer/{dpo,reward,grpo}_trainer.py, version 1.16.

// Aligned says that the run is one of alignment. Where a sample is a pair, the
// model sees two rows of it at once.
func (b *Builder) Aligned(a workload.Alignment) {
	b.Alignment = a
	if a.Pairs() {
		b.B = b.B.By(2)
	}
}

// Beside declares the reference: a second copy of the model without adapters, if
// the run has one. It never gets a gradient, but nothing freezes it either, so
// that autocast keeps the casts of its weights.
func (b *Builder) Beside(declare func() (Model, error)) error {
	if b.Alignment.Reference != workload.ReferenceCopy {
		return nil
	}
	frozen, bare := b.Frozen, b.NoAdapters
	b.Frozen, b.NoAdapters, b.besides = false, true, true
	defer b.In("reference")()
	var err error
	b.T.Beside(func() { b.reference, err = declare() })
	b.Frozen, b.NoAdapters, b.besides = frozen, bare, false
	return err
}

// alignment is a training run of this kind.
type alignment struct {
	b      *Builder
	policy Model
	held   []*tape.Tensor // inputs that the trainer keeps from one step to the next
	scores []*tape.Tensor // what the output of the model holds beside log-probabilities

	routers   []routerLogits // of the layers of a forward
	active    int64          // experts that a token visits
	imbalance *tape.Tensor   // the loss of balance, until it is added
}

// align checks a model that has been declared and records its training.
func (b *Builder) align(m Model) error {
	if !b.TakesMask {
		b.Fail(fmt.Errorf("algorithm %v is modelled for decoders of text only; send another model", b.Alignment.Algorithm))
	}
	if b.Train.Method == workload.Prefix {
		b.Fail(fmt.Errorf("algorithm %v with fineTuningMethod prefix is not modelled yet; send lora", b.Alignment.Algorithm))
	}
	if b.Alignment.Algorithm == workload.ORPO && b.quantizes() {
		b.Fail(errors.New("algorithm orpo over quantized weights is not modelled: its trainer casts parts of the model to and fro; send quantization none, or algorithm dpo"))
	}
	if err := b.Check(); err != nil {
		return err
	}
	b.Notes = append(b.Notes, "all rows are taken to have the full length: in a padded batch attention gets a mask of every row, and its kernel takes more")
	if b.Alignment.Writes() {
		b.Notes = append(b.Notes, "time and cost are of learning: writing the completions is not timed")
	}
	a := &alignment{b: b, policy: m}
	b.aligning = a
	if b.Alignment.Algorithm == workload.GRPO {
		a.steps()
	} else { // TRL sets every rate of dropout to 0 here (disable_dropout)
		b.T.WithoutDropout(a.steps)
	}
	return errors.Join(b.Errs...)
}

// steps records training steps. What is measured begins with the last
// micro-batch of a step, as in any training, and ends with the completions of
// the next step, which are written when the states of the last are there.
func (a *alignment) steps() {
	b, t := a.b, a.b.T
	steps := 2
	if t.Whole() {
		steps = 3
	}
	if b.wrapper != nil {
		b.wrapper.wrap()
	}
	t.EmptyCache()
	o := b.newOptimizer()
	a.prepare()
	for range steps - 1 {
		a.step(o, false)
	}
	t.Steady(func() { a.step(o, true) })
}

// step runs the micro-batches of a step and the optimizer, and makes the inputs
// of the next.
func (a *alignment) step(o *optimizer, last bool) {
	b, t := a.b, a.b.T
	micros := b.micros()
	for micro := range micros {
		b.measure(last && micro == micros-1)
		a.learn()
	}
	o.clip() // Trainer wants the norm in any case
	o.step()
	for _, p := range b.updated() {
		t.ZeroGrad(p)
	}
	t.Mark(MarkEnd)
	if b.wrapper != nil {
		b.wrapper.stepped()
	}
	a.prepare()
}

// prepare makes the inputs of the next step, and lets those of the last go.
func (a *alignment) prepare() {
	t := a.b.T
	if a.b.Alignment.Writes() {
		t.Phase(memory.Rollout)
		a.hold(a.write()...)
		return
	}
	t.Phase(memory.Load)
	a.hold(a.pairs()...)
}

// hold keeps inputs in place of the last.
func (a *alignment) hold(inputs ...*tape.Tensor) {
	for _, x := range inputs {
		a.b.T.Keep(x)
	}
	a.b.T.Release(a.held...)
	a.held = inputs
}

// learn runs one micro-batch forward and back.
func (a *alignment) learn() {
	b, t := a.b, a.b.T
	t.Phase(memory.Forward)
	loss := a.loss()
	t.Mark(MarkSaved)
	t.Phase(memory.Backward)
	graph := b.backwardHeld(loss)
	t.Phase(memory.Optimizer)
	t.Release(graph...)
}

// loss is the trainer's compute_loss.
func (a *alignment) loss() *tape.Tensor {
	defer a.forget()
	switch a.b.Alignment.Algorithm {
	case workload.RewardModel:
		return a.rewardLoss()
	case workload.GRPO:
		return a.policyLoss()
	case workload.ORPO:
		return a.oddsLoss()
	}
	return a.preferenceLoss()
}

// run is the model's forward, which has an autocast of its own
// (accelerate/accelerator.py, prepare_model). Its output holds scores beside
// what it returns, until forget.
func (a *alignment) run(m Model, ids, labels *tape.Tensor) *tape.Tensor {
	b := a.b
	var y *tape.Tensor
	b.T.Autocast(b.amp(), func() { y = m.Loss([]*tape.Tensor{ids, labels}) })
	return y
}

// forget lets go of what outputs of models hold.
func (a *alignment) forget() {
	a.b.T.Release(a.scores...)
	a.scores = nil
}

// compared runs the reference without gradients: the copy, or the policy with
// its adapters switched off.
func (a *alignment) compared(ids, labels *tape.Tensor) *tape.Tensor {
	b := a.b
	m := a.policy
	if b.reference != nil {
		m, b.besides = b.reference, true
	}
	b.unadapted = true
	var y *tape.Tensor
	b.T.NoGrad(func() { y = a.run(m, ids, labels) })
	b.unadapted, b.besides = false, false
	return y
}

// compares says whether a step runs a reference.
func (a *alignment) compares() bool { return a.b.Alignment.Reference != workload.NoReference }
