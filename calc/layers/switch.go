package layers

import (
	"fmt"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Switch declares a SwitchTransformersForConditionalGeneration: a T5 whose
// every n-th layer sends each token to one expert. The library has eager
// attention only.
func (b *Builder) Switch(m workload.Text, e workload.Experts, frozen int64) *Seq2Seq {
	b.Attention.Implementation = workload.Eager
	step := max(1, e.LayerFrequency)
	decoderStep := step
	if e.DecoderFrequency > 0 {
		decoderStep = e.DecoderFrequency
	}
	ff := func(s Sizes, side t5Side, at int) forward {
		every := step
		if side.decoder {
			every = decoderStep
		}
		if every == 1 || at == 1 {
			return b.switchMLP(m, e, s, side)
		}
		return b.t5Dense("mlp", m, s)
	}
	q := b.seq2seq(b.S, m, frozen, ff, step, decoderStep)
	q.encoder.masked, q.decoder.masked = true, true
	return q
}

// switchMLP is SwitchTransformersSparseMLP: a router in fp32 and a loop over
// experts, each of which is a module of its own.
type switchMLP struct {
	b       *Builder
	e       workload.Experts
	router  *Linear
	experts []*t5Dense
	rows    tape.Dim // tokens of each expert
	count   tape.Dim
}

func (b *Builder) switchMLP(m workload.Text, e workload.Experts, s Sizes, side t5Side) *switchMLP {
	defer b.In("mlp")()
	l := &switchMLP{b: b, e: e, count: b.T.Symbol("E", "experts of a layer", e.Count)}
	l.rows = b.expertRows(e, side)
	old, weights, adapters := b.Component, b.Weights, b.Adapters
	defer func() { b.Component, b.Weights = old, weights }()
	func() {
		defer b.In("router")()
		b.Component, b.Weights, b.Adapters = memory.Router, tape.F32, tape.F32 // cast at the first forward
		l.router = b.Linear("classifier", s.H, l.count, e.RouterBias)
	}()
	b.Weights, b.Adapters = weights, adapters
	defer b.In("experts")()
	for i := range e.Count {
		b.Component = memory.InactiveExperts
		if i < e.Active {
			b.Component = memory.ActiveExperts
		}
		l.experts = append(l.experts, b.t5Dense(fmt.Sprintf("expert_%d", i), m, s))
	}
	return l
}

// expertRows is the number of tokens that an expert gets where all get the
// same: of each sequence an even share, but no more than its capacity.
func (b *Builder) expertRows(e workload.Experts, side t5Side) tape.Dim {
	name, doc := "expertTokens", "tokens of a batch that one expert takes"
	if side.decoder {
		name, doc = name+"Decoder", doc+" in the decoder"
	}
	count, capacity, batch, length := e.Count, e.Capacity, b.B, side.length
	return b.T.Derived(name, doc, func(v *tape.Values) int64 {
		share := (length.Value(v) + count - 1) / count
		if capacity > 0 {
			share = min(share, capacity)
		}
		return batch.Value(v) * share
	})
}

// Forward is the module's forward.
func (l *switchMLP) Forward(x *tape.Tensor) *tape.Tensor {
	t := l.b.T
	defer t.Scope("experts")()
	d := x.Dims()
	tokens := d[0].Times(d[1])
	f := t.Frame(x)
	selected, weights, logits := l.route(x)
	f.V(selected)
	f.V(logits)
	weights = f.V(t.View(weights, tokens, tape.One))
	flat := f.V(t.View(x, tokens, d[2]))
	final := f.V(t.Make("sum over experts", x.DType(), []tape.Dim{tokens, d[2]}))
	var idx, top, state *tape.Tensor
	for _, expert := range l.experts {
		i := t.Make("choices", tape.I64, []tape.Dim{l.rows})
		j := t.Make("tokens of the expert", tape.I64, []tape.Dim{l.rows})
		idx, top = f.Re(idx, i), f.Re(top, j)
		state = f.Re(state, t.TakeRows(flat, top))
		state = f.Re(state, t.Mul(expert.Forward(state), t.TakeValues(weights, top, idx)))
		t.AddRows(final, top, t.To(state, x.DType()))
	}
	return f.Ret(t.View(final, d...))
}

// route is SwitchTransformersTop1Router.
func (l *switchMLP) route(x *tape.Tensor) (selected, probability, logits *tape.Tensor) {
	b, t := l.b, l.b.T
	defer t.As(memory.RoutingProbabilities)()
	defer t.Scope("router")()
	d := x.Dims()
	each := []tape.Dim{d[0], d[1], l.count}
	f := t.Frame(x)
	h := f.V(t.To(x, tape.F32))
	if l.e.RouterJitter > 0 {
		h = t.NoiseInPlace(h)
	}
	logits = f.V(l.router.Forward(h))
	probs := f.V(t.To(t.Softmax(logits, tape.F32), x.DType()))
	b.assign(func() {
		index := f.V(t.Make("chosen expert", tape.I64, d[:2]))
		index = f.Re(index, t.Make("chosen expert, one hot", tape.I64, each))
		f.V(t.Make("place in the expert's queue", tape.I64, each))
		f.V(t.Make("within capacity", tape.Bool, each))
		selected = f.Re(index, t.Make("dispatched", tape.I64, each))
	})
	probs = f.Re(probs, t.MaxLast(probs))
	return f.Ret3(selected, probs, logits)
}

// assign runs what decides which token goes to which expert.
func (b *Builder) assign(f func()) {
	defer b.T.As(memory.ExpertAssignment)()
	f()
}
