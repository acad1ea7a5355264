package layers

import (
	"errors"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// phiMoEActive is the number of experts of a token that SparseMixer chooses.
const phiMoEActive = 2

// phiMoE is PhimoeSparseMoeBlock: SparseMixer chooses two experts one after the
// other, at random among the best.
type phiMoE struct {
	*routedExperts
}

func (b *Builder) phiMoE(leaf string, m workload.Text, e workload.Experts, h tape.Dim) *phiMoE {
	defer b.In(leaf)()
	if e.Active != phiMoEActive {
		b.Fail(errors.New("the mixture of Phi sends each token to two experts; send numActiveExperts 2"))
	}
	return &phiMoE{b.routedExperts(m, e, h, true)}
}

// Forward applies the block.
func (p *phiMoE) Forward(x *tape.Tensor) *tape.Tensor {
	t := p.b.T
	defer t.Scope("mlp")()
	f := t.Frame(x)
	d := x.Dims()
	if p.e.RouterJitter > 0 {
		x = t.NoiseInPlace(x)
	}
	rows := f.V(t.View(x, x.Rows(), p.h))
	if p.e.RouterJitter > 0 { // the router's own
		rows = f.Re(rows, t.NoiseInView(rows))
	}
	logits, weights, indices := p.routed(rows, p.mixed)
	f.V(logits)
	weights, indices = f.V(weights), f.V(indices)
	y := f.V(p.apply(rows, indices, weights))
	return f.Ret(t.View(y, d...))
}

// mixed is PhimoeTopKRouter.
func (p *phiMoE) mixed(x *tape.Tensor) (logits, weights, indices *tape.Tensor) {
	t := p.b.T
	defer t.As(memory.RoutingProbabilities)()
	defer t.Scope("router")()
	f := t.Frame(x)
	logits = f.V(t.Linear(x, p.router.Tensor, nil))
	weights, indices = p.sparseMixer(logits)
	return f.Ret3(logits, f.V(weights), f.V(indices))
}

// sparseMixer is sparsemixer: a choice of one expert, then of a second among
// the others.
func (p *phiMoE) sparseMixer(scores *tape.Tensor) (weights, indices *tape.Tensor) {
	t := p.b.T
	f := t.Frame(scores)
	var c mixerChoice
	first, firstAt := p.choose(f, &c, scores, scores)
	d := scores.Dims()
	rest := f.V(t.Make("scores without the first expert", scores.DType(), d))
	second, secondAt := p.choose(f, &c, scores, rest)
	pair := []tape.Dim{d[0], p.k}
	weights = f.Re(first, t.Cat(pair, first, second))
	indices = f.Re(firstAt, t.Make("chosen experts", tape.I64, pair))
	_ = secondAt
	return f.Ret2(weights, indices)
}

// mixerChoice are the variables that the second choice reuses.
type mixerChoice struct {
	mask, at, factor, best, bestAt *tape.Tensor
}

// choose chooses one expert a token by scores from which some may be missing,
// and gives its weight, whose gradient goes to all scores.
func (p *phiMoE) choose(f *tape.Frame, c *mixerChoice, scores, from *tape.Tensor) (weight, at *tape.Tensor) {
	t := p.b.T
	d := scores.Dims()
	column := []tape.Dim{d[0], tape.One}
	dt := scores.DType()
	threshold := f.Re(c.mask, t.Make("best score", dt, column))
	c.at = f.Re(c.at, t.Make("place of the best score", tape.I64, column))
	c.factor = f.Re(c.factor, t.Make("largest of score and best", dt, d, t.Make("absolute scores", dt, d)))
	distance := t.Make("relative distance to the best", dt, d, t.Make("distance to the best", dt, d))
	c.mask = f.Re(threshold, t.Make("too far from the best", tape.Bool, d, distance))
	gates := f.V(t.Make("scores near the best", dt, d))
	noise := t.Make("noise", dt, d, t.Make("random numbers", dt, d))
	noisy := t.Make("noisy scores", dt, d, noise)
	most := t.Make("largest noisy score", dt, []tape.Dim{d[0]})
	at = f.V(t.Make("chosen expert", tape.I64, column, noisy))
	t.Done(most)
	gates = f.Re(gates, p.b.softmaxOwn(gates))
	weight = f.V(t.Make("weight of the chosen expert", gates.DType(), column))
	best := t.Make("largest weight", gates.DType(), column)
	place := t.Make("place of the largest weight", tape.I64, column)
	f.Del(c.at)
	c.at = nil
	c.best, c.bestAt = f.Re(c.best, best), f.Re(c.bestAt, place)
	is := t.Make("is the best", tape.Bool, column)
	random := t.Make("random choice", tape.Bool, column, t.Make("random number", gates.DType(), column))
	one := f.V(t.Make("takes the whole weight", tape.Bool, column, is, random))
	one = f.Re(one, t.To(t.Make("share of the weight", tape.F32, column), gates.DType()))
	return f.V(t.MixerWeight(scores, weight, at, gates, one, c.mask)), at
}

// phiMoERotary is PhimoeRotaryEmbedding: the longest position is looked for, and
// frequencies come from the host in every forward.
func (b *Builder) phiMoERotary(positions *tape.Tensor, dim tape.Dim, dt tape.DType) (cos, sin *tape.Tensor) {
	t := b.T
	defer t.Scope("rotary_emb")()
	p := positions.Dims()
	frequencies := b.Half("half", dim)
	half := append(append([]tape.Dim(nil), p...), frequencies)
	full := append(append([]tape.Dim(nil), p...), dim)
	f := t.Frame(positions)
	f.V(t.Make("length", tape.I64, []tape.Dim{tape.One}, t.Make("longest position", tape.I64, []tape.Dim{tape.One})))
	in32 := t.Make("positions in fp32", tape.F32, p)
	f.V(t.Make("angles of a half", tape.F32, half, in32, t.Make("frequencies", tape.F32, []tape.Dim{frequencies})))
	f.V(t.Make("angles", tape.F32, full))
	cos = f.V(t.Make("cos", tape.F32, full, t.Make("cos before scaling", tape.F32, full)))
	sin = f.V(t.Make("sin", tape.F32, full, t.Make("sin before scaling", tape.F32, full)))
	return f.Ret2(t.To(cos, dt), t.To(sin, dt))
}
