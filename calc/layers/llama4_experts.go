package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// llama4Experts is Llama4TextMoe: every expert computes every token, with an
// input scaled by the token's score for the expert, and a shared one is added.
type llama4Experts struct {
	b            *Builder
	h, f, n, k   tape.Dim
	act          workload.Activation
	gateUp, down *tape.Param
	router       *tape.Param
	shared       *GatedMLP
}

func (b *Builder) llama4Experts(leaf string, m workload.Text, e workload.Experts, h tape.Dim) *llama4Experts {
	defer b.In(leaf)()
	t := b.T
	r := &llama4Experts{b: b, h: h, act: m.Activation,
		f: t.Symbol("fe", "intermediate size of one expert", e.Intermediate),
		n: t.Symbol(SymbolExperts, "routed experts of a layer", e.Count),
		k: t.Symbol(SymbolActive, "experts that a token visits", e.Active),
	}
	r.gateUp = b.experts("experts.gate_up_proj", r.n, h, r.f.By(2))
	r.down = b.experts("experts.down_proj", r.n, r.f, h)
	r.gateUp.Share(r.k, r.n)
	r.down.Share(r.k, r.n)
	func() {
		old := b.Component
		b.Component = memory.Router
		defer func() { b.Component = old }()
		r.router = b.param("router.weight", tape.OtherWeight, r.n, h)
	}()
	inner := t.Symbol("fs", "intermediate size of the shared experts", e.SharedIntermediate)
	r.shared = b.GatedMLP("shared_expert", h, inner, false, m.Activation)
	return r
}

// forward applies the block and gives the router's logits too.
func (r *llama4Experts) forward(x *tape.Tensor) (out, logits *tape.Tensor) {
	t := r.b.T
	defer t.Scope("feed_forward")()
	f := t.Frame(x)
	h := f.V(t.View(x, x.Rows(), r.h))
	tokens := x.Rows()
	rows := r.n.Times(tokens)
	scores, logits := r.route(h)
	scores, logits = f.V(scores), f.V(logits)
	in := f.V(t.RepeatRows(h, rows, r.h))
	in = f.Re(in, t.Mul(in, t.TurnedColumn(scores, rows, tape.One)))
	all := f.V(r.apply(in, tokens))
	out = f.V(r.shared.Forward(h))
	out = f.Re(out, t.AddInPlace(out, t.SumFirst(all, tokens)))
	return f.Ret2(out, logits)
}

// route is Llama4Router: sigmoids of the largest logits, 0 for the others.
func (r *llama4Experts) route(x *tape.Tensor) (scores, logits *tape.Tensor) {
	t := r.b.T
	defer t.As(memory.RoutingProbabilities)()
	defer t.Scope("router")()
	f := t.Frame(x)
	logits = f.V(t.Linear(x, r.router.T(), nil))
	top, at := t.TopK(logits, r.k)
	top, at = f.V(top), f.V(at)
	scores = f.V(t.ScatterLast(logits, top, at))
	scores = f.Re(scores, t.To(t.UnaryResult("sigmoid", t.To(scores, tape.F32)), scores.DType()))
	return f.Ret2(scores, logits)
}

// apply is Llama4TextExperts.
func (r *llama4Experts) apply(x *tape.Tensor, tokens tape.Dim) *tape.Tensor {
	t := r.b.T
	defer t.Scope("experts")()
	f := t.Frame(x)
	h := f.V(t.View(x, r.n, tokens, r.h))
	both := f.V(t.MatMul(h, r.gateUp.T(), r.n, tokens, r.f.By(2)))
	half := []tape.Dim{r.n, tokens, r.f}
	parts := t.Split(both, half, half)
	gate, up := f.V(parts[0]), f.V(parts[1])
	y := f.V(t.MatMul(t.Mul(up, r.b.Act(r.act, gate)), r.down.T(), r.n, tokens, r.h))
	return f.Ret(f.Re(y, t.View(y, r.n.Times(tokens), r.h)))
}
