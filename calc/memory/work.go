package memory

// Effort is why a product is computed.
type Effort uint8

// The efforts of a step.
const (
	ForwardEffort   Effort = iota // the model and its loss
	BackwardEffort                // gradients that are needed
	RecomputeEffort               // forward once more, inside backward
	UpdateEffort                  // the optimizer's rule
	Efforts         int    = iota
)

// Products counts multiply-adds by effort. Numbers are whole up to 2^53.
type Products [Efforts]float64

// flopsOfMultiplyAdd is a multiplication and an addition.
const flopsOfMultiplyAdd = 2

// FLOPs are the floating-point operations of the products.
func (p Products) FLOPs() float64 {
	var n float64
	for _, x := range p {
		n += x
	}
	return flopsOfMultiplyAdd * n
}

// Work is what a step on one GPU computes and moves.
//
// Products are those of matrix products, convolutions and attention kernels,
// counted as torch's FlopCounterMode counts them: attention over all pairs of
// positions, masked ones too, and in its backward the scores once more. Sums,
// norms and activations are not products.
type Work struct {
	All       Products
	Wide      Products // those in fp32, but for convolutions
	WideConvs Products // convolutions in fp32

	Made     float64 // bytes of the tensors that forward and backward make
	Weights  float64 // bytes of the weights that forward and backward read
	Updating float64 // bytes that the optimizer reads and writes
}

// FLOPs are all floating-point operations of the work.
func (w Work) FLOPs() float64 { return w.All.FLOPs() }

// Of is the floating-point operations of one effort.
func (w Work) Of(e Effort) float64 { return flopsOfMultiplyAdd * w.All[e] }

// Step is the work of a whole optimizer step of so many micro-batches.
func (w Work) Step(microBatches int64) Work {
	n := float64(microBatches)
	for _, p := range []*Products{&w.All, &w.Wide, &w.WideConvs} {
		for e := range p {
			if Effort(e) != UpdateEffort {
				p[e] *= n
			}
		}
	}
	w.Made *= n
	w.Weights *= n
	return w
}
