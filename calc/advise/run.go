package advise

import (
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/memory"
	"vramcalc/calc/moe"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/nlp"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// roomy is the utilization up to which a card has room to vary: the upper bound
// of the documented level "acceptable".
const roomy = 0.95

// Run is a resolved and estimated run as moves see it.
type Run struct {
	*check.Pass
	Attention workload.AttentionImplementation // 0 = no attention
	Before    memory.Breakdown
	GPUs      []catalog.GPU
	Card      *catalog.GPU // nil where none is named
	usable    unit.Bytes   // of one card, 0 = no target
}

func newRun(c Case) *Run {
	r := &Run{Pass: check.NewPass(c.Workload, false, c.Given), Before: c.Before, GPUs: c.GPUs}
	switch w := c.Workload.(type) {
	case *nlp.Config:
		r.Attention = w.Attention.Implementation
	case *moe.Config:
		r.Attention = w.Attention.Implementation
	case *multimodal.Config:
		r.Attention = w.Attention.Implementation
	}
	r.usable = unit.Bytes(r.Hardware.Usable)
	for i, g := range r.GPUs {
		if r.Hardware.Target != "" && g.ID == r.Hardware.Target {
			r.Card = &r.GPUs[i]
		}
	}
	return r
}

// HasTarget says whether the run is meant for a card of known size.
func (r *Run) HasTarget() bool { return r.usable > 0 }

// Fits says whether the run fits its target, or has none.
func (r *Run) Fits() bool { return r.fits(r.Before.Low) }

func (r *Run) fits(need unit.Bytes) bool { return !r.HasTarget() || need <= r.usable }

// utilization is the need over the usable memory of the target, 0 without one.
func (r *Run) utilization(need unit.Bytes) float64 {
	if !r.HasTarget() {
		return 0
	}
	return float64(need) / float64(r.usable)
}

// Adapters says whether LoRA matrices are trained.
func (r *Run) Adapters() bool {
	return r.Train.Method == workload.LoRA || r.Train.Method == workload.QLoRA
}

// Trains says whether base weights are trained, all or some.
func (r *Run) Trains() bool {
	return r.Train.Method == workload.Full || r.Train.Method == workload.Freeze
}

// trainedShare is the part of the parameters that is trained.
func (r *Run) trainedShare() float64 {
	return float64(r.Before.Params.Trainable) / float64(max(1, r.Before.Params.Total))
}

// half is the 16-bit type of the card that the run is meant for.
func (r *Run) half() workload.Precision {
	if r.Card != nil && !r.Card.Supports.BF16 {
		return workload.FP16
	}
	return workload.BF16
}

// contrastive says whether the loss compares the samples of a micro-batch with
// each other.
func (r *Run) contrastive() bool {
	return r.Vision != nil && (r.Vision.Model == workload.ArchCLIP || r.Vision.Model == workload.ArchSigLIP)
}
