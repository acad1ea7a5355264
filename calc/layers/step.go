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
	if b.padded() && !b.hides {
		b.Fail(errors.New("sampleLengths that differ are not modelled for this model, whose mask of tokens is not written; leave them out"))
	}
	if b.flat() && !b.hides {
		b.Fail(errors.New("packing as TRL does it is not modelled for this model, whose mask of samples is not written; leave it out"))
	}
	return errors.Join(b.Errs...)
}

// Steps records training steps of a model that has been declared. What is
// measured is the last micro-batch of the last step, when optimizer states exist
// and, under accumulation, gradients do. The second step is like all later ones.
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
	if b.Software.ZeRO.Engine {
		b.zeroSteps(m, steps)
		b.generate(m)
		return
	}
	o := b.newOptimizer()
	feed := b.newFeed(m, b.micros())
	for step := range steps {
		last := step == steps-1
		if run := func() { b.step(m, o, feed, last) }; last {
			t.Steady(run)
		} else {
			run()
		}
	}
	feed.end()
	b.generate(m)
}

// micros is how many micro-batches of a step are recorded: a third repeats the
// second.
func (b *Builder) micros() int { return int(min(b.Train.AccumulationSteps, 2)) }

// step runs the micro-batches of a step and the optimizer, and measures the last
// micro-batch of the last step.
func (b *Builder) step(m Model, o *optimizer, feed *feed, last bool) {
	t := b.T
	micros := b.micros()
	if b.Stage.on() {
		b.pipelined(m, func() { b.measure(last) })
		b.T.Phase(memory.Optimizer)
		micros = 0
	} else {
		feed.next()
	}
	for micro := range micros {
		batch := feed.batch(micro)
		b.measure(last && micro == micros-1)
		graph := b.forwardBackward(m, batch, micro == micros-1)
		if micro == micros-1 {
			t.Phase(memory.Optimizer)
		}
		t.Release(graph...)
	}
	if b.Train.Clipping > 0 || b.Software.Trainer { // which wants the norm in any case
		o.clip()
	}
	o.step()
	for _, p := range b.updated() {
		t.ZeroGrad(p)
	}
	t.Mark(MarkEnd)
	if b.wrapper != nil {
		b.wrapper.stepped()
	}
}

// measure begins a micro-batch, which is the one that is measured if so.
func (b *Builder) measure(so bool) {
	b.T.Phase(memory.Load)
	if so {
		b.T.Measure()
		b.T.Mark(MarkStart)
	}
}

// forwardBackward runs one micro-batch. What is returned is still held:
// Trainer's loss, and by it the graph.
func (b *Builder) forwardBackward(m Model, batch *tape.Frame, last bool) []*tape.Tensor {
	loss := b.forward(m, batch, last)
	if b.Software.Trainer {
		return b.backwardHeld(loss)
	}
	as := func(_ *tape.Frame, loss *tape.Tensor) *tape.Tensor { return loss }
	b.backward(loss, as, func() {
		if b.wrapper != nil {
			b.wrapper.reduced()
		}
	})
	return nil
}

// forwardBackwardOf is forwardBackward of what a wrapper makes of the loss, in
// a frame of its own; after is what it does before it returns.
func (b *Builder) forwardBackwardOf(m Model, batch *tape.Frame, last bool, of func(f *tape.Frame, loss *tape.Tensor) *tape.Tensor, after func()) {
	b.backward(b.forward(m, batch, last), of, after)
}

// forward gives the loss of a micro-batch, whose inputs a frame holds: they are
// let go after forward.
func (b *Builder) forward(m Model, batch *tape.Frame, last bool) *tape.Tensor {
	t := b.T
	t.Phase(memory.Forward)
	var loss *tape.Tensor
	t.Autocast(b.amp(), func() { loss = batch.Ret(b.whole(m, last)(batch.Args())) })
	b.raiseOutputs()
	t.Mark(MarkSaved)
	t.Phase(memory.Backward)
	return loss
}

func (b *Builder) backward(loss *tape.Tensor, of func(f *tape.Frame, loss *tape.Tensor) *tape.Tensor, after func()) {
	t := b.T
	f := t.Frame(loss)
	loss = of(f, loss)
	g := f.V(t.Make("gradient of the loss", loss.DType(), []tape.Dim{tape.One}))
	t.Backward(loss, g)
	f.Del(g)
	after()
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
