package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// adam is torch.optim.Adam and AdamW. foreach takes the square roots of all
// second moments at once; loop takes one and its quotient, the quotient
// living until the next parameter's is made; fused takes nothing. Adam's weight
// decay is added to a copy of the gradients, AdamW's is applied in place.
func (o *optimizer) adam(ps []*tape.Param) {
	o.make(ps)
	decays := o.b.Train.Optimizer == workload.Adam && o.b.Train.WeightDecay > 0
	switch o.b.Train.Implementation {
	case workload.Foreach:
		var roots list
		for _, g := range groups(ps) {
			if decays {
				o.let(g, o.copies(g, "gradient with decay"))
			}
			o.set(&roots, g, o.copies(g, "sqrt of exp_avg_sq"))
		}
		o.set(&roots, nil, nil)
	case workload.Loop:
		var grad, denom held
		for _, p := range ps {
			o.b.T.AtParam(p, func() {
				o.decayed(&grad, p, decays)
				root := o.temp("sqrt of exp_avg_sq", p.DType(), p.Dims()...)
				quotient := o.temp("denominator", p.DType(), p.Dims()...)
				o.b.T.Free(nil, root)
				o.bind(&denom, quotient)
			})
		}
		o.bind(&grad, nil)
		o.bind(&denom, nil)
	}
}

// decayed is what a loop does first with a parameter: the variable of the
// gradient is the parameter's own, then a copy with decay.
func (o *optimizer) decayed(grad *held, p *tape.Param, decays bool) {
	o.bind(grad, nil)
	if decays {
		o.bind(grad, o.temp("gradient with decay", p.DType(), p.Dims()...))
	}
}

// sgd is torch.optim.SGD. Weight decay is added to a copy of the gradients,
// which momentum lets go once it has been added to the buffers.
func (o *optimizer) sgd(ps []*tape.Param) {
	momentum := o.b.Train.Optimizer == workload.SGDMomentum
	decays := o.b.Train.WeightDecay > 0
	o.make(ps)
	switch {
	case !decays:
	case o.b.Train.Implementation == workload.Foreach:
		var grads list
		for _, g := range groups(ps) {
			o.set(&grads, g, o.copies(g, "gradient with decay"))
			if momentum {
				o.set(&grads, nil, nil)
			}
		}
		o.set(&grads, nil, nil)
	case o.b.Train.Implementation == workload.Loop:
		var grad held
		for _, p := range ps {
			o.b.T.AtParam(p, func() {
				o.decayed(&grad, p, true)
				if momentum {
					o.bind(&grad, nil)
				}
			})
		}
		o.bind(&grad, nil)
	}
}

// rmsprop is torch.optim.RMSprop with its defaults: no momentum, not centered.
// It has no fused form: fused runs as foreach.
func (o *optimizer) rmsprop(ps []*tape.Param) {
	decays := o.b.Train.WeightDecay > 0
	o.make(ps)
	if o.b.Train.Implementation != workload.Loop {
		var grads, roots list
		for _, g := range groups(ps) {
			if decays {
				o.set(&grads, g, o.copies(g, "gradient with decay"))
			}
			o.set(&roots, g, o.copies(g, "sqrt of averaged square"))
		}
		o.set(&grads, nil, nil)
		o.set(&roots, nil, nil)
		return
	}
	var grad, root held
	for _, p := range ps {
		o.b.T.AtParam(p, func() {
			o.decayed(&grad, p, decays)
			o.bind(&root, o.temp("sqrt of averaged square", p.DType(), p.Dims()...))
		})
	}
	o.bind(&grad, nil)
	o.bind(&root, nil)
}
