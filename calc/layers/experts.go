package layers

import (
	"math"
	"strings"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// The symbols of a layer's experts and of those a token visits.
const (
	SymbolExperts = "E"
	SymbolActive  = "top_k"
)

// FeedForward is the part of a decoder layer after attention.
type FeedForward interface {
	Forward(x *tape.Tensor) *tape.Tensor
}

// routedExperts are a router and the experts' matrices, fused over experts as
// transformers keeps them: gate_up_proj [E, 2·f, h] and down_proj [E, h, f].
// The share of a token's experts counts as active, the rest as inactive; all
// are resident.
type routedExperts struct {
	b            *Builder
	e            workload.Experts
	act          workload.Activation
	h, f, n, k   tape.Dim
	router       *tape.Param
	gateUp, down *tape.Param
	normalized   bool // top-k weights sum to one
	cast         bool // top-k weights take the router logits' type
	wide         bool // the router computes in fp32
	chosenFirst  bool // experts are chosen by logits, whose softmax follows (Granite)
	scaled       bool // top-k weights are multiplied by a number
	bias         *tape.Param
	gateUpBias   *tape.Param // gpt-oss: a bias of every expert
	downBias     *tape.Param
	routerBias   *tape.Param
	gateOf       func(x *tape.Tensor) *tape.Tensor // what follows the first product
	plain        bool                              // two matrices an expert, no gate
	capacity     float64                           // rows of all experts, of the tokens' choices; 0 = as many as chosen
}

// routedExperts declares router and experts of the present module, in the
// order of the library's modules.
func (b *Builder) routedExperts(m workload.Text, e workload.Experts, h tape.Dim, routerFirst bool) *routedExperts {
	t := b.T
	r := &routedExperts{b: b, e: e, act: m.Activation, h: h,
		f: t.Symbol("fe", "intermediate size of one expert", e.Intermediate),
		n: t.Symbol(SymbolExperts, "routed experts of a layer", e.Count),
		k: t.Symbol(SymbolActive, "experts that a token visits", e.Active),
	}
	r.plain = m.Family == workload.GLaM
	r.capacity = e.CapacityFactor
	router := func() {
		old := b.Component
		b.Component = memory.Router
		if m.Family == workload.DeepSeekV2 || e.CorrectionBias && !b.Software.ZeRO.Engine { // kept in fp32 whatever the model's type
			old := b.Weights
			b.Weights = tape.F32
			defer func() { b.Weights = old }()
		}
		r.router = b.param(r.routerName(m)+".weight", tape.OtherWeight, r.n, h)
		if e.RouterBias {
			r.routerBias = b.param(r.routerName(m)+".bias", tape.Bias, r.n)
		}
		if e.CorrectionBias { // learned without a gradient
			r.bias = b.T.Param(b.Name("gate.e_score_correction_bias"), tape.OtherWeight, tape.F32, false, r.n)
		}
		b.Component = old
	}
	if routerFirst {
		router()
	}
	switch {
	case r.plain:
		r.gateUp = b.experts("experts.up_proj", r.n, r.f, h)
		r.down = b.experts("experts.down_proj", r.n, h, r.f)
	case e.ExpertBias: // matrices lie transposed
		r.gateUp = b.experts("experts.gate_up_proj", r.n, h, r.f.By(2))
		r.gateUpBias = b.experts("experts.gate_up_proj_bias", r.n, r.f.By(2))
		r.down = b.experts("experts.down_proj", r.n, r.f, h)
		r.downBias = b.experts("experts.down_proj_bias", r.n, h)
		r.gateUpBias.Share(r.k, r.n)
		r.downBias.Share(r.k, r.n)
	default:
		r.gateUp = b.experts("experts.gate_up_proj", r.n, r.f.By(2), h)
		r.down = b.experts("experts.down_proj", r.n, h, r.f)
	}
	r.gateUp.Share(r.k, r.n)
	r.down.Share(r.k, r.n)
	if !routerFirst {
		router()
	}
	return r
}

// routerName is the router's name in its module.
func (r *routedExperts) routerName(m workload.Text) string {
	if m.Family == workload.PhiMoE || m.Family == workload.GPTOSS || m.Family == workload.GraniteMoE {
		return "router"
	}
	return "gate"
}

// experts declares a fused matrix over experts.
func (b *Builder) experts(leaf string, dims ...tape.Dim) *tape.Param {
	old := b.Component
	b.Component = memory.ActiveExperts
	if n := len(dims); n > 2 && b.packsExperts() {
		p := b.packServed(leaf, tape.ExpertWeight, dims[n-2], dims[n-1], dims[:n-2]...)
		b.Component = old
		return p
	}
	p := b.param(leaf, tape.ExpertWeight, dims...)
	b.Component = old
	return p
}

// route gives weights and indices of a token's experts, and the logits, which
// the caller's frame keeps to its end. x is [n, h].
func (r *routedExperts) route(x *tape.Tensor) (logits, weights, indices *tape.Tensor) {
	t := r.b.T
	defer t.As(memory.RoutingProbabilities)()
	defer t.Scope("router")()
	if r.bias != nil {
		return r.routeInGroups(x)
	}
	if r.chosenFirst {
		return r.routeChosen(x)
	}
	f := t.Frame(x)
	if r.wide {
		logits = f.V(t.Linear(t.To(x, tape.F32), t.To(r.router.Tensor, tape.F32), nil))
	} else {
		logits = f.V(t.Linear(x, r.router.Tensor, nil))
	}
	w, i := t.TopK(f.V(t.Softmax(logits, tape.F32)), r.k)
	weights, indices = f.V(w), f.V(i)
	if r.normalized {
		weights = f.Re(weights, t.DivInPlace(weights, t.SumLast(weights)))
	}
	if r.cast {
		weights = f.Re(weights, t.To(weights, logits.DType()))
	}
	if r.scaled {
		weights = f.Re(weights, t.MulS(weights))
	}
	return f.Ret3(logits, weights, indices)
}

// apply runs the experts with grouped matrix products over rows sorted by
// expert: grouped_mm_experts_forward.
func (r *routedExperts) apply(x, indices, weights *tape.Tensor) *tape.Tensor {
	if z := r.b.gathers; z != nil {
		ws := []*tape.Param{r.gateUp, r.gateUpBias, r.down, r.downBias}
		return z.callOf(holder(r.down), ws, []*tape.Tensor{x, indices, weights}, func(xs []*tape.Tensor) []*tape.Tensor {
			return []*tape.Tensor{r.applied(xs[0], xs[1], xs[2])}
		})[0]
	}
	return r.applied(x, indices, weights)
}

// holder is the path of the module that has a parameter.
func holder(p *tape.Param) string { return p.Name[:max(0, strings.LastIndex(p.Name, "."))] }

// routed runs a router as the module that it is.
func (r *routedExperts) routed(x *tape.Tensor, route func(x *tape.Tensor) (logits, weights, indices *tape.Tensor)) (logits, weights, indices *tape.Tensor) {
	z := r.b.gathers
	if z == nil {
		return route(x)
	}
	ys := z.callOf(holder(r.router), []*tape.Param{r.router, r.routerBias, r.bias}, []*tape.Tensor{x}, func(xs []*tape.Tensor) []*tape.Tensor {
		logits, weights, indices := route(xs[0])
		return []*tape.Tensor{logits, weights, indices}
	})
	return ys[0], ys[1], ys[2]
}

func (r *routedExperts) applied(x, indices, weights *tape.Tensor) *tape.Tensor {
	if r.b.stepsAlone() && r.capacity <= 0 && !r.b.packsExperts() {
		return r.batched(x, indices, weights)
	}
	t := r.b.T
	defer t.Scope("experts")()
	f := t.Frame(x, indices, weights)
	tokens := x.Dims()[0]
	rows := r.rows(tokens)
	done := t.As(memory.ExpertAssignment)
	flatWeights := f.V(t.View(weights, rows))
	flat := f.V(t.View(indices, rows))
	sorted, perm := t.SortIndices(flat)
	f.V(sorted)
	f.V(perm)
	token := t.Make("token of each row", tape.I64, []tape.Dim{rows})
	done()
	selected := f.V(t.Gather(x, token, rows, r.h))
	scale := f.V(t.Gather(flatWeights, perm, rows))
	done = t.As(memory.ExpertAssignment)
	f.V(t.Make("experts as int32", tape.I32, []tape.Dim{rows}))
	f.V(t.Make("tokens of each expert", tape.I32, []tape.Dim{r.n}))
	offsets := f.V(t.Make("offsets of each expert", tape.I32, []tape.Dim{r.n}))
	t.Scratch("cumulative sum scratch", tape.N(scanScratch))
	done()
	var y *tape.Tensor
	switch {
	case r.plain:
		y = f.V(r.grouped(selected, r.gateUp, offsets, r.f))
		y = f.Re(y, r.b.Act(r.act, y))
		y = f.Re(y, r.grouped(y, r.down, offsets, r.h))
	case r.gateUpBias != nil:
		bias := f.V(t.Gather(r.gateUpBias.T(), sorted, rows, r.f.By(2)))
		y = f.V(t.AddInPlace(r.grouped(selected, r.gateUp, offsets, r.f.By(2)), bias))
		y = f.Re(y, r.gateOf(y))
		bias = f.Re(bias, t.Gather(r.downBias.T(), sorted, rows, r.h))
		y = f.Re(y, t.AddInPlace(r.grouped(y, r.down, offsets, r.h), bias))
	default:
		y = f.V(r.grouped(selected, r.gateUp, offsets, r.f.By(2)))
		y = f.Re(y, r.gate(y))
		y = f.Re(y, r.grouped(y, r.down, offsets, r.h))
	}
	out := f.V(t.Mul(y, t.View(scale, rows, tape.One)))
	inverse := f.V(t.Make("inverse permutation", tape.I64, []tape.Dim{rows}))
	t.Scratch("range", rows.By(8))
	out = f.Re(out, t.Gather(out, inverse, rows, r.h))
	sum := f.V(t.SumExperts(out, tokens))
	return f.Ret(t.To(sum, x.DType()))
}

// rows are what the experts compute: one for each choice of a token, or with a
// capacity factor as many slots as the experts have together.
func (r *routedExperts) rows(tokens tape.Dim) tape.Dim {
	chosen := tokens.Times(r.k)
	if r.capacity <= 0 {
		return chosen
	}
	factor := r.capacity
	return r.b.T.Derived("expertSlots", "slots of all experts: choices of all tokens times the capacity factor", func(v *tape.Values) int64 {
		return int64(math.Ceil(float64(chosen.Value(v)) * factor))
	})
}

// scanScratch is CUB's scratch of a cumulative sum over a few experts, bytes.
const scanScratch = 1023

// grouped is one grouped product; its input takes the weights' type.
func (r *routedExperts) grouped(x *tape.Tensor, w *tape.Param, offsets *tape.Tensor, out tape.Dim) *tape.Tensor {
	t := r.b.T
	f := t.Frame(x)
	if r.b.packsExperts() {
		if r.b.Adapter.Quantization == workload.FP8 {
			f.V(t.Make("input in fp8", tape.U8, x.Dims()))
		}
		return f.Ret(t.Make("output of experts", x.DType(), []tape.Dim{x.Dims()[0], out}))
	}
	return f.Ret(t.GroupedMM(t.To(x, w.DType()), w.Tensor, offsets, out))
}

// gate is act(gate) · up of a fused projection.
func (r *routedExperts) gate(x *tape.Tensor) *tape.Tensor {
	t := r.b.T
	f := t.Frame(x)
	d := []tape.Dim{x.Dims()[0], r.f}
	parts := t.Split(x, d, d)
	gate, up := f.V(parts[0]), f.V(parts[1])
	return f.Ret(t.Mul(r.b.Act(r.act, gate), up))
}

// SparseMoE is the feed-forward part with routed experts, and shared ones
// where the model has them.
type SparseMoE struct {
	routed *routedExperts
	shared *GatedMLP
	gate   *Linear // Qwen2-MoE: a sigmoid gate on the shared expert
	late   bool    // the shared experts run after the routed ones
	whole  bool    // ZeRO fetches the block as a whole (deepspeed/runtime/zero/leaf_module_config.py)
}

// SparseMoE declares a block of routed experts.
func (b *Builder) SparseMoE(leaf string, m workload.Text, e workload.Experts, h tape.Dim) *SparseMoE {
	defer b.In(leaf)()
	s := &SparseMoE{routed: b.routedExperts(m, e, h, m.Family == workload.Mixtral || m.Family == workload.GraniteMoE || m.Family == workload.Qwen2MoE || m.Family == workload.OLMoE)}
	s.routed.normalized = e.NormTopK
	s.whole = m.Family == workload.Mixtral || m.Family == workload.Qwen2MoE || m.Family == workload.Qwen3MoE
	s.routed.chosenFirst = m.Family == workload.GraniteMoE
	switch m.Family {
	case workload.DeepSeekMoE, workload.DeepSeekV2, workload.DeepSeekV3, workload.GLM4MoE:
		s.routed.wide, s.routed.scaled, s.late = true, true, true
	case workload.Mixtral, workload.GraniteMoE:
	default:
		s.routed.cast = true
	}
	if e.SharedIntermediate > 0 {
		inner := b.T.Symbol("fs", "intermediate size of the shared experts", e.SharedIntermediate)
		name := "shared_expert"
		if s.late {
			name = "shared_experts"
		}
		s.shared = b.GatedMLP(name, h, inner, false, m.Activation)
		if e.SharedGate {
			s.gate = b.Linear("shared_expert_gate", h, tape.One, false)
		}
	}
	return s
}

// Forward applies the block.
func (s *SparseMoE) Forward(x *tape.Tensor) *tape.Tensor {
	if z := s.routed.b.gathers; z != nil && s.whole {
		z.runsIn([]*tape.Param{s.routed.router})
		return z.leaf(holder(s.routed.router)[:strings.LastIndex(holder(s.routed.router), ".")], x, s.forward)
	}
	return s.forward(x)
}

func (s *SparseMoE) forward(x *tape.Tensor) *tape.Tensor {
	r := s.routed
	t := r.b.T
	defer t.Scope("mlp")()
	f := t.Frame(x)
	d := x.Dims()
	seen := func() *tape.Tensor { return f.V(t.View(x, x.Rows(), r.h)) }
	rows := seen()
	var shared *tape.Tensor
	if s.shared != nil && !s.late {
		shared = f.V(s.shared.Forward(rows))
	}
	logits, weights, indices := r.routed(rows, r.route)
	f.V(logits)
	r.notesBalance(logits)
	weights, indices = f.V(weights), f.V(indices)
	if s.late { // the experts see the rows anew
		rows = seen()
	}
	y := f.V(r.apply(rows, indices, weights))
	if s.late && s.shared != nil {
		y = f.Re(y, t.View(y, d...))
		return f.Ret(t.Add(y, s.shared.Forward(x)))
	}
	if s.shared != nil {
		if s.gate != nil {
			shared = f.Re(shared, t.Mul(t.UnaryResult("sigmoid", s.gate.Forward(rows)), shared))
		}
		y = f.Re(y, t.Add(y, shared))
	}
	return f.Ret(t.View(y, d...))
}
