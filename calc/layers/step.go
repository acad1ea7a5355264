package layers

import (
	"errors"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// Model is what a training step needs: its inputs, and the loss of a batch.
type Model interface {
	// Batch makes the inputs of one micro-batch on the card.
	Batch() []*tape.Tensor
	// Loss runs forward on them.
	Loss(batch []*tape.Tensor) *tape.Tensor
}

// The instants of a step that can be asked for: before forward, after it,
// after backward, and after the gradients have gone.
const (
	MarkStart     = "start"
	MarkSaved     = "saved"
	MarkGradients = "gradients"
	MarkEnd       = "end"
	MarkPrefilled = "prefilled" // the prompt has been run
)

// Run checks a model that has been declared and records its training. The
// error names everything that the run asks for and the model cannot be.
func (b *Builder) Run(m Model) error {
	if err := b.Check(); err != nil {
		return err
	}
	b.Steps(m)
	return errors.Join(b.Errs...)
}

// Steps records training steps of a model that has been declared. A folded
// tape measures the last micro-batch of the last step, when optimizer states
// exist and, under accumulation, gradients do; a tape of all steps keeps every
// step whole.
func (b *Builder) Steps(m Model) {
	t := b.T
	steps := 2
	if t.Whole() {
		steps = 3
	}
	if b.wrapper != nil {
		b.wrapper.wrap()
	}
	t.EmptyCache() // the model exists: loading's leftovers are given back
	o := b.newOptimizer()
	micros := int(min(b.Train.AccumulationSteps, 2)) // a third micro-batch repeats the second
	for step := range steps {
		for micro := range micros {
			batch := t.Frame(m.Batch()...)
			t.Phase(memory.Load)
			if step == steps-1 && micro == micros-1 {
				t.Measure()
				t.Mark(MarkStart)
			}
			b.forwardBackward(m, batch, micro == micros-1)
		}
		t.Phase(memory.Optimizer)
		if b.Train.Clipping > 0 {
			o.clip()
		}
		o.step()
		for _, p := range b.updated() {
			t.ZeroGrad(p)
		}
		t.Mark(MarkEnd)
	}
	b.generate(m)
}

// forwardBackward runs one micro-batch, whose inputs a frame holds: they are
// let go after forward.
func (b *Builder) forwardBackward(m Model, batch *tape.Frame, last bool) {
	t := b.T
	t.Phase(memory.Forward)
	var loss *tape.Tensor
	t.Autocast(b.amp(), func() { loss = batch.Ret(b.whole(m, last)(batch.Args())) })
	t.Mark(MarkSaved)
	t.Phase(memory.Backward)
	f := t.Frame(loss)
	g := f.V(t.Make("gradient of the loss", loss.DType(), []tape.Dim{tape.One}))
	t.Backward(loss, g)
	if b.wrapper != nil {
		b.wrapper.reduced()
	}
	f.End()
	t.Mark(MarkGradients)
}

// amp is the type of autocast, Bool where it is off.
func (b *Builder) amp() tape.DType {
	if b.Train.IsAutocast() || b.underAutocast {
		return DType(b.Train.Compute())
	}
	return tape.Bool
}
