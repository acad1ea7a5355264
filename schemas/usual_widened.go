package schemas

import "vramcalc/calc/workload"

// What is usual depends on more than the type of model for some arguments.
const (
	adapterRate   = 5e-4 // LoRA and QLoRA, the published arguments
	prefixRate    = 3e-2 // Liu et al. 2022, P-Tuning v2; ChatGLM-6B's ptuning uses 2e-2
	sgdRate       = 0.5  // Goyal et al. 2017: 0.1 for each 256 images
	t5Rate        = 1e-3 // Raffel et al. 2020, section 3.1
	lambRate      = 1e-2 // You et al. 2020, table 2 ff.
	muonRate      = 5e-2 // Jordan et al. 2024: 0.02
	attentionRate = 1e-5 // ViT, Swin and ConvNeXt are fine-tuned at 1e-5 to 1e-4

	// torchvision's recipes: 1e-5 for MobileNetV3, 0.3 for ViT.
	leastDecay, mostDecay = 1e-5, 0.3

	contrastBatch = 32768 // Radford et al. 2021, section 2.5: negatives come from the batch

	wholeNucleus = 1.0 // topP 1 is off, as 0 is elsewhere
)

// widened is a usual range under the other arguments of the request: it never
// becomes narrower.
func (r *resolver) widened(name string, u Usual) Usual {
	switch name {
	case "learningRate":
		u.High = max(u.High, r.highestRate())
		if r.kind == workload.CNN && attends(r.model.Architecture) {
			u.Low = min(u.Low, attentionRate)
		}
	case "batchSize":
		if m := r.model.Vision.Model; m == workload.ArchCLIP || m == workload.ArchSigLIP {
			u.High = max(u.High, contrastBatch)
		}
	case "sequenceLength":
		if r.named {
			u.High = max(u.High, float64(r.model.Text.Context))
		}
	case "loraAlpha":
		rank := float64(r.args.LoRARank.Or(defaultRank))
		if a := r.args.LoRAAlpha.Or(0); a >= rank && a <= 2*rank {
			u.Low, u.High = min(u.Low, a), max(u.High, a)
		}
	case "weightDecay":
		if r.kind == workload.CNN {
			u.Low, u.High = min(u.Low, leastDecay), max(u.High, mostDecay)
		}
	case "topP":
		u.High = max(u.High, r.nucleus(u.High))
	}
	return u
}

// highestRate is the highest usual learning rate of the method and the optimizer.
func (r *resolver) highestRate() float64 {
	rate := 0.0
	switch r.method {
	case workload.LoRA, workload.QLoRA:
		rate = adapterRate
	case workload.Prefix:
		rate = prefixRate
	}
	switch r.args.Optimizer.Or(OptimizerName{}).Optimizer {
	case workload.SGD, workload.SGDMomentum:
		rate = max(rate, sgdRate)
	case workload.LAMB:
		rate = max(rate, lambRate)
	case workload.Muon:
		rate = max(rate, muonRate)
	}
	if f := r.model.Text.Family; r.kind == workload.NLP && (f == workload.T5 || f == workload.MT5) {
		rate = max(rate, t5Rate)
	}
	return rate
}

// nucleus lets the one value pass that turns nucleus sampling off.
func (r *resolver) nucleus(high float64) float64 {
	if r.args.TopP.Or(high) == wholeNucleus {
		return wholeNucleus
	}
	return high
}

// attends says whether a classifier is trained as a transformer is.
func attends(a workload.Architecture) bool {
	switch a {
	case workload.ArchViT, workload.ArchSwin, workload.ArchConvNeXt:
		return true
	}
	return false
}
