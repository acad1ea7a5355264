package schemas

import (
	"vramcalc/calc/report"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Documented defaults of training experts.
const (
	defaultLoadBalance    = 0.01
	defaultAuxiliary      = 0.001
	capacityOfPapers      = 1.25 // Switch Transformer and GLaM
	defaultRegularization = 0.01
	defaultSpecialization = 0.8
)

// experts completes the experts of the shape with how they are run.
func (r *resolver) experts() workload.Experts {
	a, e := r.args, r.model.Experts
	if e.Routing == 0 {
		e.Routing = byDefault(r, "routingStrategy", a.RoutingStrategy, workload.TopK)
	}
	capacity, form, why := 0.0, workload.Grouped, say.F("transformers 5")
	if f := r.model.Text.Family; f == workload.Switch || f == workload.GLaM {
		capacity, form, why = capacityOfPapers, workload.Capacity, say.F("the architecture's paper")
	}
	e.CapacityFactor = byDefault(r, "expertCapacityFactor", a.ExpertCapacityFactor, capacity)
	if e.CapacityFactor > 0 && form != workload.Capacity {
		form, why = workload.Capacity, say.F("expertCapacityFactor is given")
	}
	e.Implementation = take(r, "expertsImplementation", a.ExpertsImplementation, form, report.Derived, why)
	e.LoadBalanceLoss = byDefault(r, "loadBalanceLossWeight", a.LoadBalanceLossWeight, defaultLoadBalance)
	e.AuxiliaryLoss = byDefault(r, "auxiliaryLossWeight", a.AuxiliaryLossWeight, defaultAuxiliary)
	e.Dropout = byDefault(r, "expertDropoutRate", a.ExpertDropoutRate, 0)
	e.Init = byDefault(r, "expertInitStrategy", a.ExpertInitStrategy, workload.RandomInit)
	byDefault(r, "expertRegularization", a.ExpertRegularization, defaultRegularization)
	byDefault(r, "expertSpecialization", a.ExpertSpecialization, defaultSpecialization)
	return e
}

// visionExperts are those of a multimodal model's language model, as the
// library runs them.
func (r *resolver) visionExperts() workload.Experts {
	e := r.model.Experts
	if e.Count > 0 && e.Implementation == 0 {
		e.Implementation = workload.Grouped
	}
	return e
}
