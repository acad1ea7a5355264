package cost

import (
	"math"

	"vramcalc/calc/catalog"
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// ceilings are the shares of the dense bf16 peak that the best matrix product
// of any shape reached (Bekman, Machine Learning Engineering, compute/
// accelerator, maximum achievable matmul FLOPS).
var ceilings = map[string]float64{
	"a100-40gb-pcie": 0.811,
	"a100-40gb-sxm":  0.869,
	"a100-80gb-pcie": 0.811,
	"a100-80gb-sxm":  0.869,
	"b200":           0.776,
	"b300":           0.786,
	"gaudi2":         0.969,
	"gaudi3":         0.741,
	"gb200":          0.729,
	"gh200-144gb":    0.838,
	"gh200-96gb":     0.838,
	"h100-sxm":       usualCeiling,
	"h200-sxm":       usualCeiling,
	"mi300x":         0.514,
	"mi325x":         0.604,
	"mi355x":         0.680,
}

// usualCeiling is that of an H100, taken for cards that nobody has measured.
const usualCeiling = 0.803

// usualShape is the share of the ceiling that the products of real models reach
// at the slow end: few of them have the best shape. Found in published runs that
// are mostly products (Qwen-72B and Qwen-1.8B on an A100).
const usualShape = 0.85

// How often each byte that a step makes passes through the card's memory:
// written once, read by what follows and again in backward, and more where
// kernels are small or poor. The ranges are those of published runs.
var (
	textPasses  = Range{1.4, 4.0}
	imagePasses = Range{2.4, 9.5}
)

// shortMicro is the number of tokens of a micro-batch below which launching
// kernels takes longer than running them, and fine-tuning runs at half its
// usual rate (Qwen-7B's published speeds at 256 and at 1024 tokens).
const (
	shortMicro = 512
	shortSlow  = 2
)

// tf32OfHalf is the rate of TF32 products over that of 16-bit ones (data sheet
// of A100: 156 and 312 TFLOPS; the same on every later NVIDIA card).
const tf32OfHalf = 0.5

const (
	tera = 1e12
	giga = 1e9
)

// timing is how long a step takes.
type timing struct {
	step  Range   // seconds
	ideal float64 // seconds of the products at the dense peak
	notes []say.Text
}

// stepOf adds up a step's products at the rates of their types, and the
// traffic of its tensors.
func stepOf(r Run, g catalog.GPU) (timing, error) {
	var t timing
	if g.BandwidthGBs <= 0 {
		return t, say.Errorf("the memory bandwidth of %s is not known", g.Name)
	}
	half, note := halfRate(g, r.Precision)
	if !note.IsZero() {
		t.notes = append(t.notes, note)
	}
	w := r.Work
	wide, convs := w.Wide.FLOPs(), w.WideConvs.FLOPs()
	for _, part := range []struct{ flops, rate float64 }{
		{w.FLOPs() - wide - convs, half},
		{wide, g.FP32TFLOPS},
		{convs, convRate(g)},
	} {
		if part.flops <= 0 {
			continue
		}
		if part.rate <= 0 {
			return t, say.Errorf("the rate of %s in the precision of the run is not known", g.Name)
		}
		t.ideal += part.flops / (part.rate * tera)
	}
	ceiling, measured := ceilings[g.ID]
	if !measured {
		ceiling = usualCeiling
	}
	passes := textPasses
	if r.Kind == workload.CNN {
		passes = imagePasses
	}
	bandwidth := g.BandwidthGBs * giga
	resident := (w.Weights + w.Updating) / bandwidth
	t.step = Range{
		Low:  t.ideal/ceiling + resident + passes.Low*w.Made/bandwidth,
		High: t.ideal/(usualShape*ceiling) + resident + passes.High*w.Made/bandwidth,
	}
	if r.Micro > 0 && r.Micro < shortMicro {
		t.step.High *= shortSlow
		t.notes = append(t.notes, say.F("micro-batches below %d tokens leave the card waiting", shortMicro))
	}
	return t, nil
}

// halfRate is the rate of products in a 16-bit type, and how it comes about
// where the card has no matrix units for it.
func halfRate(g catalog.GPU, p workload.Precision) (tflops float64, note say.Text) {
	switch {
	case p == workload.BF16 && !g.Supports.BF16:
		return g.FP32TFLOPS, say.F("bf16 is emulated at the rate of fp32")
	case p == workload.FP16 && !g.Supports.FP16, g.FP16TFLOPS <= 0:
		return g.FP32TFLOPS, say.F("16-bit products at the rate of fp32")
	}
	return g.FP16TFLOPS, say.Text{}
}

// convRate is the rate of fp32 convolutions, which cuDNN runs in TF32 where the
// card has it (torch.backends.cudnn.allow_tf32 is on; matrix products stay in
// fp32).
func convRate(g catalog.GPU) float64 {
	if g.Supports.TF32 && g.FP16TFLOPS > 0 {
		return math.Max(tf32OfHalf*g.FP16TFLOPS, g.FP32TFLOPS)
	}
	return g.FP32TFLOPS
}

// Peak is the dense rate at which a card runs most of a step's products, in
// TFLOPS.
func Peak(r Run, g catalog.GPU) float64 {
	wide, convs := r.Work.Wide.FLOPs(), r.Work.WideConvs.FLOPs()
	half := r.Work.FLOPs() - wide - convs
	switch {
	case half >= max(wide, convs):
		tflops, _ := halfRate(g, r.Precision)
		return tflops
	case convs >= wide:
		return convRate(g)
	}
	return g.FP32TFLOPS
}

// FLOPs is what the run computes in an optimizer step over all GPUs.
func (r Run) FLOPs() float64 { return float64(max(1, r.GPUs)) * r.Work.FLOPs() }

// By is the part of FLOPs that is spent for one reason.
func (r Run) By(e memory.Effort) float64 { return float64(max(1, r.GPUs)) * r.Work.Of(e) }
