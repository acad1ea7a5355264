package layers

import "vramcalc/calc/tape"

// routeChosen is GraniteMoeTopKRouter: the best logits in fp32, and a softmax
// over them alone.
func (r *routedExperts) routeChosen(x *tape.Tensor) (logits, weights, indices *tape.Tensor) {
	t := r.b.T
	f := t.Frame(x)
	logits = f.V(t.To(t.Linear(x, r.router.Tensor, nil), tape.F32))
	best, at := t.TopK(logits, r.k)
	best, indices = f.V(best), f.V(at)
	weights = f.V(t.To(t.Softmax(best, tape.F32), x.DType()))
	return f.Ret3(logits, weights, indices)
}
