package check

import (
	"strconv"

	"vramcalc/calc/say"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Rules about the card that a run is meant for.

var (
	idleCard = &Rule{
		ID:       "gpu/idle",
		Title:    "A large card for a tiny micro-batch",
		Doc:      "A data-center card needs thousands of tokens, or dozens of images, in a step to be busy; below that it is paid for waiting on launches. The model leaves room: enlarge the micro-batch and accumulate less, or take a smaller card.",
		Source:   "NVIDIA, Deep Learning Performance Guide",
		Severity: Warning,
		Params:   []string{"batchSize", "targetGpu"},
		Bad:      with(gpt2, `"sequenceLength":256,"targetGpu":"H100"`),
		Good:     with(instead(gpt2, "batchSize", "32"), `"sequenceLength":256,"targetGpu":"H100"`),
		Run: func(p *Pass) *Told {
			if p.Card == nil || float64(p.Card.VRAM()) < float64(largeCard) || !p.isTiny() || p.staticBytes() > roomShare*float64(p.Hardware.Usable) {
				return nil
			}
			n := p.Train.Batch * proposedFactor
			return &Told{
				Message: say.F("batchSize %d keeps a %s waiting, and the model leaves most of it free", p.Train.Batch, p.Card.Name),
				Fix:     say.F("Send batchSize %d, or a smaller targetGpu.", n),
				Change:  map[string]any{"batchSize": n},
			}
		},
	}
	weightsAboveCard = &Rule{
		ID:       "gpu/weights-above-card",
		Title:    "The weights alone exceed the card",
		Doc:      "Before the first activation the weights must be on the card. Where they do not fit, nothing else can be tuned to make the run fit: quantize them, shard them over several cards, or take a larger card.",
		Source:   "catalogue of GPUs",
		Severity: Warning,
		Applies:  languages,
		Params:   []string{"targetGpu", "targetMemoryGiB", "precision", "modelSize"},
		Bad:      with(llama7B, `"fineTuningMethod":"lora","targetMemoryGiB":10`),
		Good:     with(llama7B, `"fineTuningMethod":"lora","targetMemoryGiB":24`),
		Run: func(p *Pass) *Told {
			if !p.onOneCard() || p.weightBytes() <= float64(p.Hardware.Usable) {
				return nil
			}
			told := &Told{
				Message: say.F("the weights alone exceed the %s of the card", unit.Bytes(p.Hardware.Usable)),
				Fix:     say.F("Take a larger card or several."),
			}
			quantized := p.parameters()*fourBitBytes <= float64(p.Hardware.Usable)
			if quantized && p.Experts == nil && p.Train.Method != workload.QLoRA {
				told.Fix = say.F("Send fineTuningMethod qlora, or take a larger card.")
				told.Change = map[string]any{"fineTuningMethod": workload.QLoRA.String()}
			}
			return told
		},
	}
	statesAboveCard = &Rule{
		ID:       "gpu/states-above-card",
		Title:    "Weights, gradients and states exceed the card",
		Doc:      "Training all weights keeps a gradient for each and, with Adam, two states: four times the weights before any activation. Adapters need neither for the base; 8-bit states and sharding shrink them.",
		Source:   "Rajbhandari et al. 2020, ZeRO, section 3.1",
		Severity: Warning,
		Applies:  languages,
		Params:   []string{"targetGpu", "targetMemoryGiB", "fineTuningMethod", "optimizer"},
		Bad:      with(llama7B, `"targetMemoryGiB":24`),
		Good:     with(llama7B, `"fineTuningMethod":"lora","targetMemoryGiB":24`),
		After:    []*Rule{weightsAboveCard},
		Run: func(p *Pass) *Told {
			if !p.onOneCard() || p.adapts() || p.Train.Method != workload.Full || p.Vision != nil || p.staticBytes() <= float64(p.Hardware.Usable) {
				return nil
			}
			return &Told{
				Message: say.F("weights, gradients and %s's states exceed the %s of the card", p.Train.Optimizer, unit.Bytes(p.Hardware.Usable)),
				Fix:     say.F("Send fineTuningMethod lora."),
				Change:  map[string]any{"fineTuningMethod": workload.LoRA.String()},
			}
		},
	}
	flashOnOldCard = &Rule{
		ID:       "gpu/flash-needs-ampere",
		Title:    "FlashAttention 2 needs Ampere",
		Doc:      "flash-attn 2 runs on compute capability 8.0 and later. On Turing and Volta sdpa takes its memory-efficient kernel, which holds no scores either.",
		Source:   "flash-attn, installation and features",
		Severity: Warning,
		Applies:  languages,
		Params:   []string{"targetGpu", "attentionImplementation"},
		Bad:      with(instead(llama7B, "precision", `"fp16"`), `"attentionImplementation":"flash_attention_2","targetGpu":"T4"`),
		Good:     with(instead(llama7B, "precision", `"fp16"`), `"attentionImplementation":"sdpa","targetGpu":"T4"`),
		Run: func(p *Pass) *Told {
			c := p.capability()
			if p.Attention.Implementation != workload.FlashAttention2 || c == 0 || c >= ampere {
				return nil
			}
			return &Told{
				Message: say.F("%s has no flash_attention_2", p.Card.Name),
				Fix:     say.F("Send attentionImplementation sdpa."),
				Change:  map[string]any{"attentionImplementation": workload.SDPA.String()},
			}
		},
	}
	cardWithoutCUDA = &Rule{
		ID:       "gpu/not-cuda",
		Title:    "The estimate is that of PyTorch on CUDA",
		Doc:      "Which tensors live when follows PyTorch on CUDA or ROCm, its caching allocator and its kernels. TPUs, Gaudi and Apple's and Intel's GPUs run other software with other buffers: tensors are about the same, the total is a guide.",
		Source:   "rough edges",
		Severity: Warning,
		Params:   []string{"targetGpu"},
		Bad:      with(llama7B, `"fineTuningMethod":"lora","targetGpu":"m3-max"`),
		Good:     with(llama7B, `"fineTuningMethod":"lora","targetGpu":"A100 80GB"`),
		Run: func(p *Pass) *Told {
			if p.Card == nil || p.Card.ComputeCapability != "" {
				return nil
			}
			return &Told{
				Message: say.F("%s runs neither CUDA nor ROCm, whose allocator the estimate follows", p.Card.Name),
				Fix:     say.F("Take the total as a guide, or name another card."),
			}
		},
	}
	bitsandbytesAbsent = &Rule{
		ID:       "gpu/no-bitsandbytes",
		Title:    "bitsandbytes does not run there",
		Doc:      "4- and 8-bit weights and 8-bit optimizer states come from bitsandbytes, which has no kernels for TPUs and Apple's GPUs. Use LoRA in 16 bits.",
		Source:   "bitsandbytes, hardware compatibility",
		Severity: Warning,
		Params:   []string{"targetGpu", "quantization", "precision", "optimizer"},
		Bad:      with(instead(llama7B, "precision", `"int4"`), `"targetGpu":"m3-max"`),
		Good:     with(llama7B, `"fineTuningMethod":"lora","targetGpu":"m3-max"`),
		Run: func(p *Pass) *Told {
			if p.Card == nil || p.Card.ComputeCapability != "" || p.Adapter.Quantization == workload.NoQuantization && !isEightBit(p.Train.Optimizer) {
				return nil
			}
			told := &Told{
				Message: say.F("bitsandbytes has no kernels for %s", p.Card.Name),
				Fix:     say.F("Send fineTuningMethod lora with precision bf16."),
				Change:  map[string]any{"fineTuningMethod": workload.LoRA.String(), "precision": workload.BF16.String(), "quantization": nil},
			}
			if p.Adapter.Quantization == workload.NoQuantization {
				told.Fix, told.Change = say.F("Send optimizer adamw."), map[string]any{"optimizer": workload.AdamW.String()}
			}
			return told
		},
	}
	tf32Off = &Rule{
		ID:       "gpu/tf32",
		Title:    "TF32 makes fp32 products faster",
		Doc:      "PyTorch keeps full fp32 matrix products unless told otherwise. torch.set_float32_matmul_precision('high') lets Ampere and later run them in TF32 on tensor cores, several times faster, with no change in memory.",
		Source:   "torch.set_float32_matmul_precision",
		Severity: Suggestion,
		Params:   []string{"targetGpu", "precision"},
		Bad:      with(instead(gpt2, "precision", `"fp32"`), `"targetGpu":"A100 80GB"`),
		Good:     with(gpt2, `"targetGpu":"A100 80GB"`),
		Run: func(p *Pass) *Told {
			if p.Card == nil || !p.Card.Supports.TF32 || p.Train.Precision != workload.FP32 || p.capability() == 0 {
				return nil
			}
			return &Told{
				Message: say.F("fp32 products of %s run faster in TF32", p.Card.Name),
				Fix:     say.F("Call torch.set_float32_matmul_precision('high'); memory stays the same."),
			}
		},
	}
	memoryOverCard = &Rule{
		ID:       "gpu/memory-over-card",
		Title:    "targetMemoryGiB overrules the card's",
		Doc:      "Both say how much memory there is. The number holds, as for a MIG slice or a card that is shared; leave it out to use the card's own.",
		Source:   "the published arguments of the tool",
		Severity: Suggestion,
		Params:   []string{"targetMemoryGiB", "targetGpu"},
		Bad:      with(llama7B, `"targetGpu":"A100 80GB","targetMemoryGiB":40`),
		Good:     with(llama7B, `"targetGpu":"A100 80GB"`),
		Run: func(p *Pass) *Told {
			if p.Card == nil || !p.Given("targetMemoryGiB") {
				return nil
			}
			return &Told{
				Message: say.F("targetMemoryGiB %s is used instead of the memory of %s", unit.Bytes(p.Hardware.Usable), p.Card.Name),
				Fix:     say.F("Leave targetMemoryGiB out unless it is a slice of the card."),
				Change:  map[string]any{"targetMemoryGiB": nil},
			}
		},
	}
)

// Thresholds of this file.
const (
	largeCard      = 40 * unit.GiB
	roomShare      = 0.25 // of the card that weights and states may take for the rest to be room
	proposedFactor = 8
	turing         = 7.5 // compute capabilities
	ampere         = 8.0
	adamStates     = 2
)

// capability is the CUDA compute capability of the named card, 0 where there is
// none.
func (p *Pass) capability() float64 {
	if p.Card == nil {
		return 0
	}
	c, err := strconv.ParseFloat(p.Card.ComputeCapability, 64)
	if err != nil {
		return 0
	}
	return c
}

// isTiny says whether a micro-batch is too small to keep a large card busy.
func (p *Pass) isTiny() bool {
	if p.Conv != nil {
		return p.Train.Batch < fewImages
	}
	return p.Vision == nil && p.tokens() > 0 && p.tokens() < fewTokens
}

// staticBytes is about what weights, gradients and states take.
func (p *Pass) staticBytes() float64 {
	if p.adapts() || p.Text == nil {
		return p.weightBytes()
	}
	states := 0.0
	switch p.Train.Optimizer {
	case workload.Adam, workload.AdamW, workload.LAMB:
		states = adamStates
	case workload.SGDMomentum, workload.Lion, workload.RMSProp, workload.Muon:
		states = 1
	}
	return p.weightBytes() * (2 + states)
}

// onOneCard says whether the whole model must be on one card of known size.
func (p *Pass) onOneCard() bool {
	return p.Hardware.Usable > 0 && p.Parallel.GPUs <= 1 && p.Parallel.Offload == workload.NoOffload
}

func isEightBit(o workload.Optimizer) bool {
	switch o {
	case workload.AdamW8bit, workload.PagedAdamW8bit, workload.PagedAdamW32bit, workload.Lion8bit:
		return true
	}
	return false
}
