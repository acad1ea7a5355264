package moe

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// share is the part of a run that one GPU has under pipeline and tensor
// parallelism: a stage's layers, and its part of their matrices.
func share(b *layers.Builder, c *Config) *Config {
	part := *c
	b.RingOver(c.Text, c.Parallel, c.Train.Sequence)
	part.Text = b.StageText(part.Text, c.Parallel, c.Stack.Pipeline, c.Train.AccumulationSteps)
	part.Experts.FirstDense = b.StageDense(c.Experts.FirstDense, c.Text.Layers)
	part.Train.FrozenLayers = b.StageFrozen(c.Train.FrozenLayers, c.Text.Layers)
	part.Text = b.SplitText(part.Text, c.Parallel.Tensor, c.Stack.Tensor)
	part.Experts = b.SplitExperts(part.Experts, c.Parallel.Tensor)
	return &part
}

// staged is a decoder that can be run in stages.
type staged struct {
	causal
	*layers.Causal
}

// Loss runs the model.
func (s staged) Loss(batch []*tape.Tensor) *tape.Tensor { return s.causal.Loss(batch) }

// Next gives the logits of the token after the last.
func (s staged) Next(ids *tape.Tensor) *tape.Tensor { return s.causal.Next(ids) }

// inStages is the model as a pipeline runs it, where one does.
func inStages(b *layers.Builder, m layers.Model) layers.Model {
	if d, ok := m.(causal); ok && b.Stage.Count > 1 {
		return staged{d, d.m}
	}
	return m
}
