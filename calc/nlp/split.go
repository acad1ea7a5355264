package nlp

import "vramcalc/calc/layers"

// share is the part of a run that one GPU has under pipeline and tensor
// parallelism: a stage's layers, and its part of their matrices.
func share(b *layers.Builder, c *Config) *Config {
	part := *c
	b.RingOver(c.Text, c.Parallel, c.Train.Sequence)
	part.Text = b.StageText(part.Text, c.Parallel, c.Stack.Pipeline, c.Train.AccumulationSteps)
	part.Train.FrozenLayers = b.StageFrozen(c.Train.FrozenLayers, c.Text.Layers)
	part.Text = b.SplitText(part.Text, c.Parallel.Tensor, c.Stack.Tensor)
	return &part
}

// staged is a decoder that can be run in stages.
type staged struct {
	causal
	layers.Staged
}

// inStages is the model as a pipeline runs it, where one does.
func inStages(b *layers.Builder, m layers.Model) layers.Model {
	d, ok := m.(causal)
	if !ok || b.Stage.Count <= 1 {
		return m
	}
	if s, ok := d.m.(layers.Staged); ok {
		return staged{d, s}
	}
	return m
}
