package check

import (
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Rules about attention kernels, losses and checkpoints.

var (
	flashPrecision = &Rule{
		ID:       "text/flash-needs-16-bits",
		Title:    "FlashAttention has no fp32",
		Doc:      "The kernels of flash-attn exist for fp16 and bf16 only and stop with an error on fp32. sdpa takes any precision.",
		Source:   "flash-attn, flash_attn_func",
		Severity: Error,
		Applies:  languages,
		Params:   []string{"attentionImplementation", "precision"},
		Bad:      with(instead(llama7B, "precision", `"fp32"`), `"attentionImplementation":"flash_attention_2"`),
		Good:     with(llama7B, `"attentionImplementation":"flash_attention_2"`),
		Run: func(p *Pass) *Told {
			if p.Attention.Implementation != workload.FlashAttention2 || p.Train.Compute() != workload.FP32 {
				return nil
			}
			return &Told{
				Message: say.F("attentionImplementation flash_attention_2 cannot compute in fp32"),
				Fix:     say.F("Send attentionImplementation sdpa, or precision bf16."),
				Change:  map[string]any{"attentionImplementation": workload.SDPA.String()},
			}
		},
	}
	eagerTooLarge = &Rule{
		ID:       "text/eager-too-large",
		Title:    "Eager attention cannot hold its scores",
		Doc:      "Eager attention keeps a score for every pair of tokens, head and layer: batch × heads × sequence² for each layer (for one, with checkpointing). sdpa and FlashAttention compute the same without ever holding them.",
		Source:   "Dao et al. 2022, section 2.2",
		Severity: Warning,
		Applies:  languages,
		Params:   []string{"attentionImplementation", "batchSize", "sequenceLength"},
		Bad:      with(instead(llama31, "batchSize", "4"), `"attentionImplementation":"eager","sequenceLength":16384`),
		Good:     with(instead(llama31, "batchSize", "4"), `"attentionImplementation":"sdpa","sequenceLength":16384`),
		Run: func(p *Pass) *Told {
			if p.Attention.Implementation != workload.Eager {
				return nil
			}
			scores, room := p.scoreBytes(), float64(p.room())
			if scores <= room {
				return nil
			}
			return &Told{
				Message: say.F("attentionImplementation eager keeps at least %s of scores", unit.BytesOf(scores)),
				Fix:     say.F("Send attentionImplementation sdpa."),
				Change:  map[string]any{"attentionImplementation": workload.SDPA.String()},
			}
		},
	}
	eagerSlow = &Rule{
		ID:       "text/eager",
		Title:    "Eager attention is slow and large",
		Doc:      "Eager attention writes its scores to memory and reads them back, and their number grows with the square of the sequence. sdpa gives the same result from one fused kernel.",
		Source:   "Dao et al. 2022; transformers, attn_implementation",
		Severity: Suggestion,
		Applies:  languages,
		Params:   []string{"attentionImplementation"},
		Bad:      with(llama7B, `"attentionImplementation":"eager"`),
		Good:     with(llama7B, `"attentionImplementation":"sdpa"`),
		After:    []*Rule{eagerTooLarge},
		Run: func(p *Pass) *Told {
			if p.Attention.Implementation != workload.Eager || p.Text.AttentionCap > 0 || p.Text.Sinks || p.Train.Sequence < shortSequence {
				return nil // soft-capping and sinks are eager's alone
			}
			return &Told{
				Message: say.F("attentionImplementation eager writes every score to memory"),
				Fix:     say.F("Send attentionImplementation sdpa."),
				Change:  map[string]any{"attentionImplementation": workload.SDPA.String()},
			}
		},
	}
	logitsLarge = &Rule{
		ID:       "text/logits-large",
		Title:    "The logits are larger than they need be",
		Doc:      "The standard loss holds a logit for each token and each entry of the vocabulary, in fp32 and more than once. A fused loss (Liger) or a chunked one (TRL) computes the same without ever holding all of them.",
		Source:   "Hsu et al. 2024, Liger Kernel, section 3.2",
		Severity: Suggestion,
		Applies:  []workload.Kind{workload.NLP, workload.MoE},
		Params:   []string{"lossImplementation", "batchSize", "sequenceLength"},
		Bad:      with(instead(llama31, "batchSize", "4"), `"sequenceLength":4096`),
		Good:     with(instead(llama31, "batchSize", "4"), `"sequenceLength":4096,"lossImplementation":"fused"`),
		Run: func(p *Pass) *Told {
			t := p.Train
			logits := float64(t.Batch*max(t.Sequence, t.DecoderSequence)) * float64(p.Text.Vocab) * fullBytes
			if t.Loss != workload.StandardLoss || t.Head != workload.LMHead || p.Text.Family.IsEncoder() || p.Text.Family.IsEncoderDecoder() || logits < float64(largeLogits) || p.headReplaced() {
				return nil
			}
			return &Told{
				Message: say.F("the standard loss holds %s of fp32 logits, more than once", unit.BytesOf(logits)),
				Fix:     say.F("Send lossImplementation fused."),
				Change:  map[string]any{"lossImplementation": workload.FusedLoss.String()},
			}
		},
	}
	paddingWaste = &Rule{
		ID:       "text/long-rows-not-packed",
		Title:    "Long rows are mostly padding unless packed",
		Doc:      "Samples of fine-tuning sets are mostly a few hundred tokens. Padded to a long row they fill memory and time with padding; packed one after the other every token counts. The estimate is that of full rows either way.",
		Source:   "Krell et al. 2021, Efficient Sequence Packing without Cross-contamination",
		Severity: Suggestion,
		Applies:  []workload.Kind{workload.NLP, workload.MoE},
		Params:   []string{"sequenceLength", "packing"},
		Bad:      with(instead(llama31, "batchSize", "4"), `"sequenceLength":8192`),
		Good:     with(llama31, `"sequenceLength":8192`),
		Run: func(p *Pass) *Told {
			if p.Train.Sequence < longRow || p.Train.Batch < 2 || p.Given("packing", "sampleLengths") || p.Text.Family.IsEncoder() || p.Text.Family.IsEncoderDecoder() {
				return nil
			}
			return &Told{
				Message: say.F("%d rows of %d tokens are mostly padding unless samples are that long", p.Train.Batch, p.Train.Sequence),
				Fix:     say.F("Pack samples into full rows, or shorten sequenceLength to what most samples need."),
			}
		},
	}
	generationAboveContext = &Rule{
		ID:       "text/generation-above-context",
		Title:    "More is generated than the context holds",
		Doc:      "Prompt and generated tokens share the model's context. Beyond it learned positions run out and rotary ones were never trained.",
		Source:   "transformers, generate",
		Severity: Warning,
		Applies:  languages,
		Params:   []string{"maxGenerationLength"},
		Bad:      with(llama7B, `"maxGenerationLength":4096`),
		Good:     with(llama7B, `"maxGenerationLength":512`),
		Run: func(p *Pass) *Told {
			limit := p.Text.Context
			if limit <= 0 || p.Train.MaxGeneration <= limit || p.Text.Position == workload.Relative {
				return nil
			}
			return &Told{
				Message: say.F("maxGenerationLength %d is above the model's context of %d tokens", p.Train.MaxGeneration, limit),
				Fix:     say.F("Send at most %d.", limit/2),
				Change:  map[string]any{"maxGenerationLength": limit / 2},
			}
		},
	}
	reentrantCheckpoints = &Rule{
		ID:       "train/checkpoints-reentrant",
		Title:    "Non-reentrant checkpointing is the recommended form",
		Doc:      "Reentrant checkpointing gives no gradient where no input needs one, as under frozen embeddings with adapters, and keeps more alive in backward. PyTorch recommends use_reentrant=False, which transformers uses by default.",
		Source:   "torch.utils.checkpoint",
		Severity: Suggestion,
		Params:   []string{"checkpointingImplementation"},
		Bad:      with(llama7B, `"gradientCheckpointing":true,"checkpointingImplementation":"reentrant"`),
		Good:     with(llama7B, `"gradientCheckpointing":true,"checkpointingImplementation":"non-reentrant"`),
		Run: func(p *Pass) *Told {
			if !p.Train.Checkpointing || p.Train.CheckpointingForm != workload.Reentrant {
				return nil
			}
			return &Told{
				Message: say.F("checkpointingImplementation reentrant is the form that PyTorch advises against"),
				Fix:     say.F("Send checkpointingImplementation non-reentrant."),
				Change:  map[string]any{"checkpointingImplementation": workload.NonReentrant.String()},
			}
		},
	}
	freezesNothing = &Rule{
		ID:       "train/freeze-freezes-nothing",
		Title:    "Method freeze freezes nothing",
		Doc:      "frozenLayers 0 freezes nothing, not even the embeddings: every weight is trained, as with method full.",
		Source:   "the published arguments of the tool",
		Severity: Warning,
		Params:   []string{"frozenLayers", "fineTuningMethod"},
		Bad:      with(llama7B, `"fineTuningMethod":"freeze","frozenLayers":0`),
		Good:     with(llama7B, `"fineTuningMethod":"freeze","frozenLayers":24`),
		Run: func(p *Pass) *Told {
			t := p.Train
			if t.Method != workload.Freeze || t.FrozenLayers != 0 || len(t.FrozenModules)+len(t.TrainableModules) > 0 {
				return nil
			}
			return &Told{
				Message: say.F("frozenLayers 0 trains every weight"),
				Fix:     say.F("Send fineTuningMethod full, or the number of layers to freeze."),
				Change:  map[string]any{"fineTuningMethod": workload.Full.String(), "frozenLayers": nil},
			}
		},
	}
)

// Thresholds of this file.
const (
	shortSequence = 512           // scores of shorter ones are small
	largeLogits   = 2 * unit.GiB  // fp32 logits worth a fused loss
	longRow       = 4096          // tokens; few samples of a fine-tuning set are as long
	largestCommon = 80 * unit.GiB // card where none is named
)

// scoreBytes is the least that eager attention keeps: one copy of the scores,
// in 16 bits, of the layers that are alive at once.
func (p *Pass) scoreBytes() float64 {
	layers := float64(max(1, p.Text.Layers))
	if p.Train.Checkpointing {
		layers = 1
	}
	s := float64(p.Train.Sequence)
	return layers * float64(p.Train.Batch) * float64(p.Text.Heads) * s * s * halfBytes
}

// room is the memory of the target, or of a common large card.
func (p *Pass) room() int64 {
	if p.Hardware.Usable > 0 {
		return p.Hardware.Usable
	}
	return int64(largestCommon)
}

// headReplaced says whether adapters or quantization stand in for the head's
// matrix, which a fused loss needs.
func (p *Pass) headReplaced() bool {
	if p.Train.Method == workload.QLoRA {
		return false // the head is left out of quantization
	}
	for _, t := range p.Adapter.Targets {
		if t == "lm_head" {
			return p.hasLoRA()
		}
	}
	return false
}
