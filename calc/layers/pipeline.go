package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Stage is the part of a model that one GPU has under pipeline parallelism.
type Stage struct {
	Count, Index int64 // stages, and which of them; Count 1 = no pipeline
	Micros       int64 // micro-batches of a step
	workload.Pipeline
}

func (s Stage) on() bool { return s.Count > 1 }

// enters and leaves say whether the stage has the embedding, and the last norm
// and the head.
func (s Stage) enters() bool { return s.Index == 0 }
func (s Stage) leaves() bool { return s.Index >= s.Count-1 }

// Staged is a model that can be run in stages.
type Staged interface {
	Width() tape.Dim                     // of what passes between stages
	Through(x *tape.Tensor) *tape.Tensor // what the stage makes of token ids, or of the stage's before
	Score(logits, labels *tape.Tensor) *tape.Tensor
}

// mostInFlight bounds the micro-batches in flight that are recorded one by one.
const mostInFlight = 256

// StageText makes the part of a text model that one stage has: layers in order,
// the first stages one more where they do not divide.
func (b *Builder) StageText(m workload.Text, p workload.Parallel, how workload.Pipeline, accumulation int64) workload.Text {
	if p.Pipeline <= 1 {
		return m
	}
	switch {
	case b.Inference.On:
		b.Fail(say.Errorf("pipelineParallelSize of inference is not modelled; send tensorParallelSize, or 1"))
		return m
	case b.wrapper != nil || b.Software.ZeRO.Engine || b.aligning != nil:
		b.Fail(say.Errorf("pipelineParallelSize is modelled for one replica in a plain loop; send numGpus equal to tensorParallelSize × pipelineParallelSize and trainingStack pytorch"))
		return m
	}
	index := min(max(0, how.Rank), p.Pipeline-1)
	b.Stage = Stage{Count: p.Pipeline, Index: index, Micros: how.Micros, Pipeline: how}
	if b.Stage.Micros == 0 {
		b.Stage.Micros = max(accumulation, p.Pipeline)
	}
	each, extra := m.Layers/p.Pipeline, m.Layers%p.Pipeline
	m.Layers = each
	if index < extra {
		m.Layers++
	}
	if m.Layers == 0 {
		b.Fail(say.Errorf("pipelineParallelSize %d: the model has fewer layers", p.Pipeline))
		m.Layers = 1
	}
	switch {
	case b.Stage.inFlight() > mostInFlight:
		b.Fail(say.Errorf("the schedule has %d micro-batches in flight, and more than %d are not written out; send stackOptions {\"schedule\":\"1f1b\"} or fewer microbatches", b.Stage.inFlight(), mostInFlight))
	case !how.GPipe && b.Stage.Micros < p.Pipeline:
		b.Fail(say.Errorf("1F1B needs as many microbatches as stages; send stackOptions {\"microbatches\":%d} or more", p.Pipeline))
	}
	return m
}

// StageDense is how many of a model's leading dense layers the stage has.
func (b *Builder) StageDense(dense, layers int64) int64 {
	return max(0, dense-b.Stage.before(layers))
}

// StageFrozen is how many of the stage's layers are among the frozen ones that
// lead the model; it keeps what means that none were asked for.
func (b *Builder) StageFrozen(frozen, layers int64) int64 {
	if frozen <= 0 {
		return frozen
	}
	return max(0, frozen-b.Stage.before(layers))
}

// before is how many layers the stages before have.
func (s Stage) before(layers int64) int64 {
	if !s.on() {
		return 0
	}
	return s.Index*(layers/s.Count) + min(s.Index, layers%s.Count)
}

// inFlight is the most micro-batches whose forward waits for its backward.
func (s Stage) inFlight() int64 {
	if s.GPipe {
		return s.Micros
	}
	return min(s.Micros, s.Count-s.Index)
}

// pipeline is a step of a schedule (torch/distributed/pipelining/schedules.py).
type pipeline struct {
	b      *Builder
	m      Staged
	ids    *tape.Tensor // of all micro-batches
	states []*chunk

	arrived *tape.Tensor   // what came last from the stage before: its receipt holds it until the next
	kept    []*tape.Tensor // logits that are returned
	losses  []*tape.Tensor
}

// chunk is a micro-batch on its way: what came in, what went out.
type chunk struct {
	input, output *tape.Tensor
	edge          tape.Edge
	loss          *tape.Tensor
}

// pipelined runs the micro-batches of a step. Of a long schedule the steady
// part is recorded twice, for it repeats.
func (b *Builder) pipelined(m Model, start func()) {
	t := b.T
	s, ok := m.(Staged)
	if !ok {
		b.Fail(say.Errorf("pipelineParallelSize: stages of this model are not written; send 1"))
		return
	}
	p := &pipeline{b: b, m: s}
	micros := tape.One
	if b.Stage.Micros > 1 {
		micros = t.Symbol("M", "micro-batches of a pipeline's step", b.Stage.Micros)
	}
	p.ids = t.Keep(t.Input("token ids of all micro-batches", tape.I64, micros.Times(b.B), b.S))
	start()
	p.heldByLosses()
	if b.Stage.GPipe {
		p.fillAndDrain()
	} else {
		p.oneForwardOneBackward()
	}
	t.Release(p.kept...)
	t.Release(p.losses...)
	t.Release(p.ids)
	t.Mark(MarkSaved)
	t.Mark(MarkGradients)
}

// heldByLosses is what the schedule's list of losses keeps of the micro-batches
// that are not written out: a loss holds its graph's nodes, and the last of them
// what came from the stage before. All are there when the last one runs.
func (p *pipeline) heldByLosses() {
	b, t := p.b, p.b.T
	rest := b.Stage.Micros - int64(b.Stage.recorded())
	if rest <= 0 || !b.Stage.leaves() {
		return
	}
	n := t.Symbol("M_before", "micro-batches of the step before those of its end", rest)
	p.losses = append(p.losses,
		t.Keep(t.Make("activations of the stage before, held by losses", b.sentType(), []tape.Dim{n.Times(b.B), b.S, p.m.Width()})),
		t.Keep(t.Make("losses", tape.F32, []tape.Dim{n})))
}

// recorded is how many micro-batches are written out.
func (s Stage) recorded() int {
	const steady = 2 // a round of the steady part, and one that repeats it
	if s.GPipe {
		return int(s.Micros)
	}
	return int(min(s.Micros, s.inFlight()+steady))
}

// oneForwardOneBackward is Schedule1F1B.
func (p *pipeline) oneForwardOneBackward() {
	n, warm := p.b.Stage.recorded(), int(p.b.Stage.inFlight())
	var gone *tape.Tensor // the gradient that was last sent to the stage before
	for i := range warm {
		p.forward(p.received())
		if i > 0 {
			p.sent(i - 1)
		}
	}
	last := warm - 1
	for i := range n {
		g := p.arriving()
		if last >= i {
			p.sent(last)
		}
		back := p.backward(i, g)
		p.b.T.Release(gone)
		gone = back
		if next := warm + i; next < n {
			p.forward(p.received())
			last = next
		}
	}
	p.b.T.Release(gone, p.arrived)
}

// fillAndDrain is ScheduleGPipe: outputs stay until all forwards are done, and
// so do gradients on their way until all backwards are.
func (p *pipeline) fillAndDrain() {
	n := p.b.Stage.recorded()
	for range n {
		p.forward(p.received())
	}
	for i := range n {
		p.sent(i)
	}
	var gone []*tape.Tensor
	for i := range n {
		gone = append(gone, p.backward(i, p.arriving()))
	}
	p.b.T.Release(gone...)
	p.b.T.Release(p.arrived)
}

// received is what the stage before sends, nil for the first stage.
func (p *pipeline) received() *tape.Tensor {
	if p.b.Stage.enters() {
		return nil
	}
	t := p.b.T
	x := t.Keep(t.Make("activations of the stage before", p.b.sentType(), []tape.Dim{p.b.B, p.b.S, p.m.Width()}))
	t.RequireGrad(x)
	t.Release(p.arrived)
	p.arrived = t.Keep(x)
	return x
}

// arriving is the gradient that the stage after sends, nil for the last stage.
func (p *pipeline) arriving() *tape.Tensor {
	if p.b.Stage.leaves() {
		return nil
	}
	t := p.b.T
	return t.Keep(t.Make("gradient of the stage after", p.b.sentType(), []tape.Dim{p.b.B, p.b.S, p.m.Width()}))
}

// sentType is the type of what stages send.
func (b *Builder) sentType() tape.DType { return b.Weights }

// sent lets go of what a stage has sent on: the graph stays.
func (p *pipeline) sent(i int) {
	if c := p.states[i]; !p.b.Stage.leaves() && c.output != nil {
		p.b.T.Release(c.output)
		c.output = nil
	}
}

// forward runs a micro-batch through the stage, and the loss after the last.
func (p *pipeline) forward(input *tape.Tensor) {
	b, t := p.b, p.b.T
	t.Phase(memory.Forward)
	c := &chunk{input: input}
	p.states = append(p.states, c)
	x := input
	if x == nil {
		x = t.View(p.ids, b.B, b.S)
	}
	t.Autocast(b.amp(), func() {
		f := t.Frame(x)
		c.output = t.Keep(f.Ret(p.m.Through(x)))
		if b.Stage.leaves() {
			f := t.Frame(c.output)
			c.loss = t.Keep(f.Ret(p.m.Score(c.output, f.V(t.View(p.ids, b.B, b.S)))))
			return
		}
		c.edge = t.EdgeOf(c.output)
	})
}

// backward runs a micro-batch back and gives the gradient for the stage before,
// nil in the first.
func (p *pipeline) backward(i int, g *tape.Tensor) *tape.Tensor {
	b, t, c := p.b, p.b.T, p.states[i]
	t.Phase(memory.Backward)
	if b.Stage.leaves() {
		f := t.Frame(c.loss)
		ones := f.V(t.Make("gradient of the loss", c.loss.DType(), []tape.Dim{tape.One}))
		t.Backward(c.loss, ones)
		f.End()
		p.losses = append(p.losses, c.loss)
		if b.Stage.ReturnOutputs {
			p.kept = append(p.kept, c.output)
		} else {
			t.Release(c.output)
		}
	} else {
		t.BackwardFrom(c.edge, g)
		t.Release(g)
	}
	if c.input == nil {
		return nil
	}
	back := t.TakeGrad(c.input)
	t.Release(c.input)
	return back
}
