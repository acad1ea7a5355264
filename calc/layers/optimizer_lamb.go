package layers

import (
	"vramcalc/calc/tape"
)

// lamb is timm.optim.Lamb with its defaults, a rewriting of apex's FusedLAMB in
// operators: the norm of all gradients, then for each parameter a scaled
// gradient, a denominator, an update and, with weight decay, the norms of
// parameter and update. timm's foreach form takes as many parameters at once
// as fit the card's second-level cache; here it is one at a time in every
// form, which differs where a cache holds more than the largest parameter.
func (o *optimizer) lamb(ps []*tape.Param) {
	o.make(ps)
	o.clip()
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
