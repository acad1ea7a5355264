package memory

// Effort is why a product is computed.
type Effort uint8

// The efforts of a step.
const (
	ForwardEffort   Effort = iota // the model and its loss
	BackwardEffort                // gradients that are needed
	RecomputeEffort               // forward once more, inside backward
	UpdateEffort                  // products of the optimizer's rule
	Efforts         int    = iota
)

// Work is the multiply-adds of a run's matrix products, convolutions and
// attention kernels by effort, counted as torch's FlopCounterMode counts them:
// attention over all pairs of positions, masked ones too, and in its backward
// the scores once more. Sums, norms and activations are not products. Numbers
// are whole up to 2^53.
type Work struct {
	By   [Efforts]float64
	Wide [Efforts]float64 // those of them in fp32, for which matrix units are slower or of no use
}

// flopsOfMultiplyAdd is a multiplication and an addition.
const flopsOfMultiplyAdd = 2

// FLOPs are the floating-point operations of the work.
func (w Work) FLOPs() float64 { return flopsOfMultiplyAdd * sum(w.By) }

// WideFLOPs are those of them in fp32.
func (w Work) WideFLOPs() float64 { return flopsOfMultiplyAdd * sum(w.Wide) }

// Of is the floating-point operations of one effort.
func (w Work) Of(e Effort) float64 { return flopsOfMultiplyAdd * w.By[e] }

// Step is the work of a whole optimizer step of so many micro-batches.
func (w Work) Step(microBatches int64) Work {
	for e := range Efforts {
		if Effort(e) != UpdateEffort {
			w.By[e] *= float64(microBatches)
			w.Wide[e] *= float64(microBatches)
		}
	}
	return w
}

func sum(by [Efforts]float64) float64 {
	var n float64
	for _, x := range by {
		n += x
	}
	return n
}
