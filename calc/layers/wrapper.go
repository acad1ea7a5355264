package layers

import "vramcalc/calc/workload"

// Spread says over how many GPUs the run is spread: it picks the wrapper. It is
// called once, before the model is declared.
func (b *Builder) Spread(p workload.Parallel) error {
	if b.Software.ZeRO.Engine && !b.Inference.On {
		b.spreadZeRO(p)
	}
	return nil
}
