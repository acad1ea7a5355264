package layers

import (
	"fmt"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// separateExperts is MixtralSparseMoeBlock before transformers 5: every expert
// is three linear layers of its own, which quantization and adapters reach, and
// they run one after the other on the tokens that chose them. All experts are
// taken to get the same number.
type separateExperts struct {
	b       *Builder
	h, n, k tape.Dim
	count   int64
	router  *Linear
	experts []*GatedMLP
}

func (b *Builder) separateExperts(m workload.Text, e workload.Experts, h tape.Dim) *separateExperts {
	defer b.In("block_sparse_moe")()
	t := b.T
	s := &separateExperts{b: b, h: h, count: e.Count,
		n: t.Symbol(SymbolExperts, "routed experts of a layer", e.Count),
		k: t.Symbol(SymbolActive, "experts that a token visits", e.Active),
	}
	inner := t.Symbol("fe", "intermediate size of one expert", e.Intermediate)
	old := b.Component
	defer func() { b.Component = old }()
	b.Component = memory.Router
	s.router = b.Linear("gate", h, s.n, false)
	for i := range e.Count {
		b.Component = memory.InactiveExperts
		if i < e.Active {
			b.Component = memory.ActiveExperts
		}
		s.experts = append(s.experts, b.gatedMLPNamed(fmt.Sprintf("experts.%d", i), [3]string{"w1", "w3", "w2"}, h, inner, false, m.Activation))
	}
	return s
}

// Forward applies the block.
func (s *separateExperts) Forward(x *tape.Tensor) *tape.Tensor {
	t := s.b.T
	defer t.Scope("experts")()
	d := x.Dims()
	tokens := d[0].Times(d[1])
	f := t.Frame(x)
	rows := f.V(t.View(x, tokens, s.h))
	logits := f.V(s.router.Forward(rows))
	w, chosen := t.TopK(f.V(t.Softmax(logits, tape.F32)), s.k)
	weights, selected := f.V(w), f.V(chosen)
	weights = f.Re(weights, t.DivInPlace(weights, t.SumLast(weights)))
	weights = f.Re(weights, t.To(weights, x.DType()))
	final := f.V(t.Make("sum over experts", x.DType(), []tape.Dim{tokens, s.h}))
	s.b.assign(func() { f.V(t.Make("experts of the tokens, one hot", tape.I64, []tape.Dim{tokens, s.k, s.n})) })
	_ = selected
	each := s.share(tokens)
	var idx, top, state, out *tape.Tensor
	for _, expert := range s.experts {
		i := t.Make("choices", tape.I64, []tape.Dim{each})
		j := t.Make("tokens of the expert", tape.I64, []tape.Dim{each})
		idx, top = f.Re(idx, i), f.Re(top, j)
		state = f.Re(state, t.TakeRows(rows, top))
		out = f.Re(out, t.Mul(expert.Forward(state), t.TakeValues(weights, top, idx)))
		t.AddRows(final, top, t.To(out, x.DType()))
	}
	return f.Ret(t.View(final, d...))
}

// share is how many tokens an expert gets.
func (s *separateExperts) share(tokens tape.Dim) tape.Dim {
	chosen := tokens.Times(s.k)
	return s.b.T.Of("expertRows", "rows of one expert where all get the same", chosen, func(n int64) int64 { return (n + s.count - 1) / s.count })
}
