package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// The rule by which timm's foreach form of LAMB takes parameters together
// (timm/optim/_helpers.py, _foreach_chunk_elements): as many elements as keep
// four tensors in the card's second-level cache, and all at once where that
// would be fewer than 2^22. The cache is taken as an A100's, so that fp32
// parameters go all at once; an H100's gives the same, and chunks a quarter
// longer in 16 bits.
const (
	lambStreams   = 4
	lambLeast     = 1 << 22
	lambCacheSize = 40 << 20 // bytes
)

// lamb is timm.optim.Lamb with its defaults, a rewriting of apex's FusedLAMB in
// operators: the norm of all gradients, then for each parameter (loop) or for
// many at once (foreach, which fused falls back to) a scaled gradient, a
// denominator, an update and, with weight decay, the norms of parameter and
// update.
func (o *optimizer) lamb(ps []*tape.Param) {
	o.make(ps)
	o.clip()
	if o.b.Train.Implementation == workload.Loop {
		o.lambLoop(ps)
		return
	}
	for _, g := range groups(ps) {
		o.lambTogether(g)
	}
}

// lambTogether takes parameters of one type together.
func (o *optimizer) lambTogether(ps []*tape.Param) {
	t, dt := o.b.T, ps[0].DType()
	budget := lambCacheSize / (lambStreams * dt.Size())
	if budget < lambLeast {
		grads := o.copies(ps, "scaled gradient")
		roots := o.copies(ps, "denominator")
		updates := o.copies(ps, "update")
		if o.b.Train.WeightDecay > 0 {
			o.letNorms(ps, o.norms(ps), o.norms(ps))
		}
		o.let(ps, grads)
		o.let(ps, roots)
		o.let(ps, updates)
		return
	}
	chunk := t.Of("chunk", "elements of LAMB's chunk, if no parameter is larger", t.TotalElements(ps), func(n int64) int64 { return min(n, budget) })
	for _, p := range ps {
		chunk = t.Of2("chunk", "the larger", chunk, p.Elements(), func(m, n int64) int64 { return max(m, n) })
	}
	f := t.Frame()
	for _, label := range []string{"scaled gradients", "denominators", "updates"} {
		f.V(t.Make(label+" of a chunk", dt, []tape.Dim{chunk}))
	}
	f.End()
}

// letNorms frees lists of norms.
func (o *optimizer) letNorms(ps []*tape.Param, lists ...[]*tape.Tensor) {
	for _, norms := range lists {
		o.let(ps, norms)
	}
}

func (o *optimizer) lambLoop(ps []*tape.Param) {
	var grad, denom, update held
	for _, p := range ps {
		o.b.T.AtParam(p, func() {
			dt, dims := p.DType(), p.Dims()
			o.bind(&grad, nil)
			o.bind(&grad, o.temp("scaled gradient", dt, dims...))
			root := o.temp("sqrt of exp_avg_sq", dt, dims...)
			quotient := o.temp("denominator", dt, dims...)
			o.b.T.Free(nil, root)
			o.bind(&denom, quotient)
			o.bind(&update, o.temp("update", dt, dims...))
			if o.b.Train.WeightDecay > 0 {
				o.trust(p)
			}
		})
	}
	o.bind(&grad, nil)
	o.bind(&denom, nil)
	o.bind(&update, nil)
}

// trust is the ratio of the norms of a parameter and its update.
func (o *optimizer) trust(p *tape.Param) {
	t := o.b.T
	w := o.norm(p.Elements(), p.DType())
	g := o.norm(p.Elements(), p.DType())
	ratio := o.temp("trust ratio", p.DType())
	t.Free(nil, w)
	t.Free(nil, g)
	t.Free(nil, ratio)
}
