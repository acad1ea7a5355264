package schemas

import (
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/calc/workload"
)

// resolveMethod settles the fine-tuning method, on which the meaning of other
// arguments depends.
func (r *resolver) resolveMethod() {
	given, ok := r.args.FineTuningMethod.Get()
	switch {
	case r.inference.On:
		r.method = r.servedMethod()
	case !ok:
		var origin report.Origin
		var why string
		r.method, origin, why = r.impliedMethod()
		r.assume("fineTuningMethod", r.method, origin, why)
	case given == workload.LoRA && r.storedQuantized() && r.kind != workload.CNN:
		r.method = workload.QLoRA
		r.assume("fineTuningMethod", r.method, report.Derived, "lora over quantized weights is qlora")
	default:
		r.method = given
	}
}

// servedMethod says whether adapters are beside the weights where nothing is
// trained.
func (r *resolver) servedMethod() workload.Method {
	given := r.args.FineTuningMethod.Or(workload.Full)
	if given == workload.LoRA || given == workload.QLoRA || r.args.LoRARank.IsSet() {
		return workload.LoRA
	}
	return workload.Full
}

// impliedMethod is the method that the other arguments mean.
func (r *resolver) impliedMethod() (workload.Method, report.Origin, string) {
	a := r.args
	switch {
	case a.FrozenLayers.IsSet() || a.FrozenModules.IsSet() || a.TrainableModules.IsSet():
		return workload.Freeze, report.Derived, "what is frozen or trained is named"
	case r.storedQuantized() && r.kind != workload.CNN:
		return workload.QLoRA, report.Derived, "quantized weights cannot be trained themselves"
	case a.LoRARank.IsSet():
		return workload.LoRA, report.Derived, "loraRank is given"
	}
	return workload.Full, report.Default, "documented default"
}

// storedQuantized says whether the arguments store weights in 4 or 8 bits.
func (r *resolver) storedQuantized() bool {
	if q, given := r.args.Quantization.Get(); given {
		return q != workload.NoQuantization
	}
	p := r.args.Precision.Or(0)
	return p == workload.INT8 || p == workload.INT4
}

// quantization is how frozen weights are stored.
func (r *resolver) quantization() workload.Quantization {
	q, why := workload.NoQuantization, "neither precision nor method asks for it"
	switch p := r.args.Precision.Or(0); {
	case p == workload.INT8:
		q, why = workload.Int8, "precision int8 names LLM.int8"
	case p == workload.INT4:
		q, why = workload.NF4, "precision int4 names nf4"
	case r.method == workload.QLoRA:
		q, why = workload.NF4, "the usual storage of qlora"
	}
	if r.inference.On && r.served != 0 {
		return workload.Quantization(r.served)
	}
	return take(r, "quantization", r.args.Quantization, q, report.Derived, why)
}

// mode settles where fp32 and 16-bit copies are. For classifiers
// mixedPrecisionTraining is another name of autocast.
func (r *resolver) mode() workload.PrecisionMode {
	a := r.args
	mode, origin, why := workload.Pure, report.Default, "documented default"
	if r.kind == workload.CNN {
		sixteen := a.Precision.Or(workload.FP32) != workload.FP32
		mixed := take(r, "mixedPrecisionTraining", a.MixedPrecisionTraining, sixteen, report.Derived, "on unless precision is fp32")
		if mixed {
			mode = workload.Autocast
		}
		if a.MixedPrecisionTraining.IsSet() {
			origin, why = report.Derived, "mixedPrecisionTraining"
			r.mixedAgrees(mode)
		}
	}
	return byStackOr(r, "precisionMode", a.PrecisionMode, mode, origin, why)
}

func (r *resolver) mixedAgrees(mixed workload.PrecisionMode) {
	given, ok := r.args.PrecisionMode.Get()
	if !ok || given == mixed {
		return
	}
	r.report(check.MixedPrecisionConflict, []string{"mixedPrecisionTraining", "precisionMode"}, check.Told{
		Message: "mixedPrecisionTraining means precisionMode " + mixed.String() + ", and precisionMode is " + given.String(),
		Fix:     "Send one of the two.",
		Change:  map[string]any{"mixedPrecisionTraining": nil},
	})
}

// half is the 16-bit type in which quantized weights compute.
func (r *resolver) half() workload.Precision {
	if r.card != nil && !r.card.Supports.BF16 {
		return workload.FP16
	}
	return workload.BF16
}
