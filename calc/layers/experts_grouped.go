package layers

import "vramcalc/calc/tape"

// routeInGroups is DeepseekV3TopkRouter: sigmoids in fp32, groups of experts
// chosen by the sum of their two best scores with a bias, and the token's
// experts among those of the chosen groups.
func (r *routedExperts) routeInGroups(x *tape.Tensor) (logits, weights, indices *tape.Tensor) {
	t := r.b.T
	f := t.Frame(x)
	logits = f.V(t.Linear(t.To(x, tape.F32), t.To(r.router.Tensor, tape.F32), nil))
	scores := f.V(t.UnaryResult("sigmoid", logits))
	choice := f.V(t.Add(scores, r.bias.T()))
	rows := x.Dims()[0]
	groups := tape.N(max(1, r.e.Groups))
	inGroup := tape.N(r.e.Count / max(1, r.e.Groups))
	best, bestAt := t.TopK(t.View(choice, rows, groups, inGroup), tape.N(2))
	t.Done(bestAt)
	byGroup := f.V(t.View(t.SumLast(best), rows, groups))
	chosen, chosenAt := t.TopK(byGroup, tape.N(max(1, r.e.GroupsKept)))
	t.Done(chosen)
	f.V(chosenAt)
	mask := f.V(t.Make("chosen groups", tape.F32, []tape.Dim{rows, groups}))
	whole := mask
	if r.e.Groups > 1 {
		whole = f.V(t.Make("experts of chosen groups", tape.F32, []tape.Dim{rows, r.n}))
	}
	outside := t.Make("experts of other groups", tape.Bool, []tape.Dim{rows, r.n}, t.Make("experts of chosen groups as bool", tape.Bool, []tape.Dim{rows, r.n}))
	_ = whole
	choice = f.Re(choice, t.MaskedFill(choice, outside))
	top, topAt := t.TopK(choice, r.k)
	t.Done(top)
	indices = f.V(topAt)
	weights = f.V(t.GatherLast(scores, indices, rows, r.k))
	if r.normalized {
		sum := f.V(t.AddS(t.SumLast(weights)))
		weights = f.Re(weights, t.DivInPlace(weights, sum))
	}
	weights = f.Re(weights, t.MulS(weights))
	return f.Ret3(logits, weights, indices)
}
