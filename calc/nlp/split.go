package nlp

import "vramcalc/calc/layers"

// split is the part of a run that one GPU has under tensor parallelism.
func split(b *layers.Builder, c *Config) *Config {
	part := *c
	part.Text = b.SplitText(c.Text, c.Parallel.Tensor, c.Stack.Tensor)
	return &part
}
