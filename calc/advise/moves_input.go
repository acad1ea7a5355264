package advise

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Moves about what goes in at a time.

// maxAccumulation is the largest valid gradientAccumulationSteps.
const maxAccumulation = 4096

// Shortest sequence and smallest images that a move proposes: below, models of
// the published kinds lose what they are used for.
const (
	leastSequence = 128
	leastImage    = 128
	usualImage    = 224
)

var (
	microBatch = &Move{
		ID:       "memory/micro-batch",
		Title:    say.F("Smaller micro-batch, accumulated"),
		Reason:   say.F("activations grow with the micro-batch; accumulation keeps the effective batch"),
		Tradeoff: say.F("more and smaller steps"),
		Doc:      "batchSize is what goes through the model at a time. Dividing it and multiplying gradientAccumulationSteps by the same number gives the same gradient per optimizer step. Gradients stay alive between micro-batches, which activations must outweigh. Batch norm sees fewer samples. Not for losses that compare the samples of a micro-batch (CLIP).",
		Source:   "PyTorch, gradient accumulation",
		Category: Memory,
		Price:    Slower,
		For:      with(llama, `"fineTuningMethod":"lora","batchSize":8`),
		NotFor:   with(llama, `"fineTuningMethod":"lora","batchSize":1`),
		Propose: func(r *Run) []Proposal {
			if r.contrastive() {
				return nil
			}
			var out []Proposal
			t := r.Train
			for b := t.Batch / 2; b >= 1; b-- {
				steps := t.AccumulationSteps * (t.Batch / b)
				if t.Batch%b != 0 || steps > maxAccumulation {
					continue
				}
				out = append(out, Proposal{Change: map[string]any{"batchSize": b, "gradientAccumulationSteps": steps}})
				b = b/2 + 1
			}
			return out
		},
	}
	shorterSequence = &Move{
		ID:       "memory/sequence",
		Title:    say.F("Shorter sequences"),
		Reason:   say.F("activations and logits grow with the sequence"),
		Tradeoff: say.F("longer samples are cut or split"),
		Doc:      "Most samples are often far shorter than sequenceLength. Look at the lengths of your data before cutting; packing short samples loses nothing.",
		Source:   "the closed forms of the answer",
		Category: Memory,
		Price:    Changes,
		Applies:  languages,
		For:      with(llama, `"fineTuningMethod":"lora","sequenceLength":2048`),
		NotFor:   with(llama, `"fineTuningMethod":"lora","sequenceLength":128`),
		Propose: func(r *Run) []Proposal {
			var out []Proposal
			for s := r.Train.Sequence / 2; s >= leastSequence; s /= 2 {
				out = append(out, set("sequenceLength", s)...)
			}
			return out
		},
	}
	smallerInput = &Move{
		ID:       "memory/input-size",
		Title:    say.F("Smaller images"),
		Reason:   say.F("feature maps grow with the square of the image's side"),
		Tradeoff: say.F("fine detail is lost; accuracy has to be measured again"),
		Doc:      "Classifiers are usually trained at 224 pixels or less and evaluated a little larger. Where the run fits, no size below 224 is proposed.",
		Source:   "Touvron et al. 2019, Fixing the train-test resolution discrepancy",
		Category: Memory,
		Price:    Changes,
		Applies:  images,
		For:      with(resnet, `"inputImageSize":448`),
		NotFor:   with(resnet, `"inputImageSize":224`),
		Propose: func(r *Run) []Proposal {
			least := int64(leastImage)
			if r.Fits() {
				least = usualImage
			}
			var out []Proposal
			for _, n := range []int64{1024, 768, 512, 448, 384, 320, 288, 256, 224, 192, 160, 128} {
				if n < r.Conv.Image && n >= least {
					out = append(out, set("inputImageSize", n)...)
				}
			}
			return out
		},
	}
	imageResolution = &Move{
		ID:       "memory/image-resolution",
		Title:    say.F("Smaller images"),
		Reason:   say.F("this model makes more tokens of larger images"),
		Tradeoff: say.F("small text and detail are lost"),
		Doc:      "Models that take images as they are (Qwen-VL, Pixtral) or cut them into tiles (LLaVA-NeXT) make more tokens of larger ones. Where the processor resizes to one size, nothing is to be had and the move is not offered.",
		Source:   "the models' image processors in transformers",
		Category: Memory,
		Price:    Changes,
		Applies:  visions,
		For:      with(qwenVL, `"imageResolution":1024`),
		NotFor:   with(llava, `"imageResolution":336`),
		Propose: func(r *Run) []Proposal {
			var out []Proposal
			for _, n := range []int64{1008, 896, 784, 672, 560, 448, 336, 224} { // multiples of 14, 16 and 28
				if n >= max(r.Vision.Width, r.Vision.Height) {
					continue
				}
				change := map[string]any{"imageResolution": n}
				for _, side := range []string{"imageWidth", "imageHeight"} {
					if r.Given(side) {
						change[side] = nil
					}
				}
				out = append(out, Proposal{Change: change})
			}
			return out
		},
	}
	largerMicroBatch = &Move{
		ID:       "performance/larger-micro-batch",
		Title:    say.F("Larger micro-batch, less accumulation"),
		Reason:   say.F("the card has room for more samples at a time"),
		Tradeoff: say.F("uses more of the card's memory"),
		Doc:      "Accumulation repeats small steps that leave the card's arithmetic units idle. Where the target has room, more samples at a time and fewer accumulation steps give the same effective batch sooner.",
		Source:   "PyTorch, gradient accumulation",
		Category: Performance,
		Price:    Free,
		For:      with(llama7B, `"fineTuningMethod":"lora","gradientAccumulationSteps":16,"sequenceLength":512,"targetGpu":"A100 80GB"`),
		NotFor:   with(llama7B, `"fineTuningMethod":"lora","gradientAccumulationSteps":16,"targetMemoryGiB":20`),
		Propose: func(r *Run) []Proposal {
			var out []Proposal
			t := r.Train
			for n := int64(16); n > 1 && r.HasTarget() && !r.contrastive(); n /= 2 { // times as many at once
				if t.AccumulationSteps%n == 0 {
					out = append(out, Proposal{Rougher: true, Change: map[string]any{"batchSize": t.Batch * n, "gradientAccumulationSteps": t.AccumulationSteps / n}})
				}
			}
			return out
		},
	}
	noCheckpointing = &Move{
		ID:       "performance/keep-activations",
		Title:    say.F("No gradient checkpointing"),
		Reason:   say.F("the card has room for the activations that are recomputed"),
		Tradeoff: say.F("uses more of the card's memory"),
		Doc:      "Checkpointing adds a forward pass to every step: a quarter of the arithmetic of a full fine-tuning step, a third of one with adapters. Where everything fits without it, it only costs time.",
		Source:   "Chen et al. 2016: one additional forward pass",
		Category: Performance,
		Price:    Free,
		For:      with(llama7B, `"fineTuningMethod":"lora","gradientCheckpointing":true,"sequenceLength":512,"targetGpu":"A100 80GB"`),
		NotFor:   with(llama7B, `"fineTuningMethod":"lora","gradientCheckpointing":true,"batchSize":8,"targetGpu":"RTX 4090"`),
		Propose: func(r *Run) []Proposal {
			if !r.Train.Checkpointing || !r.HasTarget() {
				return nil
			}
			// In units of a forward pass: forward, its repetition, gradients of
			// activations and, where base weights are trained, of weights.
			step := 3.0
			if r.Trains() {
				step++
			}
			return []Proposal{{Rougher: true, Share: 1 / step, Change: map[string]any{"gradientCheckpointing": false}}}
		},
	}
	channelsLast = &Move{
		ID:       "performance/channels-last",
		Title:    say.F("Channels-last layout"),
		Reason:   say.F("16-bit convolutions run on tensor cores in this layout without reordering"),
		Tradeoff: say.F("input batches must be converted too"),
		Doc:      "cuDNN's tensor-core convolutions take channels last; from the default layout they reorder every input and output.",
		Source:   "PyTorch, Channels Last Memory Format in PyTorch",
		Category: Performance,
		Price:    Free,
		Applies:  images,
		For:      with(resnet, `"precision":"bf16"`),
		NotFor:   with(resnet, `"precision":"bf16","channelsLast":true`),
		Propose: func(r *Run) []Proposal {
			if r.Conv.ChannelsLast || r.Train.Precision == workload.FP32 {
				return nil
			}
			return set("channelsLast", true)
		},
	}
	groupedExperts = &Move{
		ID:       "performance/grouped-experts",
		Title:    say.F("Experts in grouped products"),
		Reason:   say.F("a loop over experts launches many small products"),
		Tradeoff: say.F("none known"),
		Doc:      "transformers 5 multiplies the tokens of all experts in one grouped product instead of one product for each.",
		Source:   "transformers 5, experts_implementation grouped_mm",
		Category: Performance,
		Price:    Free,
		Applies:  mixtures,
		For:      with(tinyMixtral, `"expertsImplementation":"loop"`),
		NotFor:   with(tinyMixtral, `"expertsImplementation":"grouped"`),
		Propose: func(r *Run) []Proposal {
			if r.Experts.Implementation != workload.ExpertLoop {
				return nil
			}
			return set("expertsImplementation", workload.Grouped)
		},
	}
)
