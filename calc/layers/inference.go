package layers

import (
	"errors"
	"fmt"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// Encodes is a model that writes nothing: it is run once for its scores.
type Encodes interface {
	Model
	// Inputs makes the inputs on the card, without labels; Loss takes nil for them.
	Inputs() []*tape.Tensor
}

// encode records one forward of a model that writes nothing.
func (b *Builder) encode(m Encodes) {
	t := b.T
	t.EmptyCache()
	t.Phase(memory.Load)
	inputs := m.Inputs()
	f := t.Frame(inputs...)
	t.Measure()
	t.Mark(MarkStart)
	t.Phase(memory.Prefill)
	b.encoding = true
	t.Evaluate(func() {
		t.Autocast(b.amp(), func() {
			g := t.Frame()
			g.V(m.Loss(inputs))
			t.Mark(MarkPrefilled)
			g.End()
		})
	})
	b.encoding = false
	f.End()
	t.Mark(MarkEnd)
}

// Prompter is a model whose prompt is more than token ids.
type Prompter interface {
	Generator
	// Prompt makes the inputs on the card, token ids first.
	Prompt() []*tape.Tensor
}

// Serve checks a model that has been declared and records inference: its
// weights, the prompt, and the tokens after it. The error names everything
// that the run asks for and the model cannot be.
func (b *Builder) Serve(m Model) error {
	g, generates := m.(Generator)
	e, encodes := m.(Encodes)
	if !generates && !encodes {
		b.Fail(fmt.Errorf("inference with this model is not modelled yet: how it goes on after its prompt is not written"))
	}
	if err := b.Check(); err != nil {
		return err
	}
	if generates {
		b.serve(g)
	} else {
		b.encode(e)
	}
	return errors.Join(b.Errs...)
}

// serve records the run. What is alive at its start are the weights and the
// prompt's token ids.
func (b *Builder) serve(g Generator) {
	t := b.T
	t.EmptyCache() // the model exists: loading's leftovers are given back
	t.Phase(memory.Load)
	var inputs []*tape.Tensor
	if p, ok := g.(Prompter); ok {
		inputs = p.Prompt()
	} else {
		inputs = []*tape.Tensor{t.Input("token ids", tape.I64, b.B, b.S)}
	}
	f := t.Frame(inputs...)
	ids := inputs[0]
	t.Measure()
	t.Mark(MarkStart)
	t.Phase(memory.Prefill)
	c := b.newCache(ids.Dims()[1], b.Inference.NewTokens, b.Inference.Cache)
	if b.Inference.NewTokens == 0 {
		b.reads(g, ids, c)
	} else {
		b.continues(g, ids, c, memory.Decode)
	}
	f.End()
	t.Mark(MarkEnd)
}

// reads records one forward of a prompt that fills a cache, as a caller who
// wants the logits runs it. The caller holds them and the cache.
func (b *Builder) reads(m Generator, ids *tape.Tensor, c *cache) {
	t := b.T
	b.session = &generation{b: b, model: m, cache: c}
	t.Evaluate(func() {
		t.Autocast(b.amp(), func() {
			f := t.Frame()
			f.V(m.Next(ids))
			t.Mark(MarkPrefilled)
			c.drop()
			t.Release(b.session.seen...)
			t.Release(b.session.once...)
			f.End()
		})
	})
	b.session = nil
}

// Execute records what the run is: inference, alignment, or training.
func (b *Builder) Execute(m Model) error {
	switch {
	case b.Inference.On:
		return b.Serve(m)
	case b.Alignment.On():
		return b.align(m)
	}
	return b.Run(m)
}
