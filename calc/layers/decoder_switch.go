package layers

import "vramcalc/calc/workload"

// eagerly says whether attention is written in operators.
func (b *Builder) eagerly() bool { return b.Attention.Implementation == workload.Eager }

// attending takes a form of attention until the returned function is called:
// the two sides of a model may differ.
func (b *Builder) attending(form workload.AttentionImplementation) func() {
	old := b.Attention.Implementation
	b.Attention.Implementation = form
	return func() { b.Attention.Implementation = old }
}
