package layers

import "vramcalc/calc/workload"

// eagerly says whether attention is written in operators.
func (b *Builder) eagerly() bool { return b.Attention.Implementation == workload.Eager }
