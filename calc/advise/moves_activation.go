package advise

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Moves about what is kept between forward and backward.

var (
	gradientCheckpointing = &Move{
		ID:       "memory/gradient-checkpointing",
		Title:    say.F("Recompute activations in backward"),
		Reason:   say.F("activations of every layer are kept for backward"),
		Tradeoff: say.F("one more forward pass per step"),
		Doc:      "With gradient checkpointing a layer keeps only its input and runs its forward again inside backward. Activations then grow with the layers' inputs alone, and the layer being recomputed. The gradients are the same.",
		Source:   "Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost",
		Category: Memory,
		Price:    Slower,
		For:      with(llama, `"fineTuningMethod":"lora"`),
		NotFor:   with(llama, `"fineTuningMethod":"lora","gradientCheckpointing":true`),
		Propose: func(r *Run) []Proposal {
			if r.Train.Checkpointing {
				return nil
			}
			return set("gradientCheckpointing", true)
		},
	}
	attentionKernel = &Move{
		ID:       "memory/attention-kernel",
		Title:    say.F("Fused attention kernel"),
		Reason:   say.F("eager attention writes the scores of every head, sequence by sequence"),
		Tradeoff: say.F("attention weights cannot be read out"),
		Doc:      "Eager attention keeps tensors of batch × heads × sequence × sequence. The kernels behind PyTorch's scaled_dot_product_attention compute the same sums block by block and keep one number per query.",
		Source:   "Dao et al. 2022, FlashAttention; torch.nn.functional.scaled_dot_product_attention",
		Category: Memory,
		Price:    Free,
		Group:    "attention",
		Applies:  languages,
		For:      with(llama, `"attentionImplementation":"eager"`),
		NotFor:   with(llama, `"attentionImplementation":"sdpa"`),
		Propose: func(r *Run) []Proposal {
			if r.Attention != workload.Eager {
				return nil
			}
			return set("attentionImplementation", workload.SDPA)
		},
	}
	flashAttention = &Move{
		ID:       "memory/flash-attention",
		Title:    say.F("flash_attention_2"),
		Reason:   say.F("this model's sdpa call takes a kernel or a mask that keeps more"),
		Tradeoff: say.F("needs the flash-attn package and an Ampere card or later"),
		Doc:      "PyTorch's sdpa falls back to kernels that keep more where a mask or a bias is given. flash_attention_2 takes no mask at all and keeps queries, keys, values, the output and one number per query.",
		Source:   "Dao 2023, FlashAttention-2; transformers' attention interface",
		Category: Memory,
		Price:    Free,
		Group:    "attention",
		Applies:  languages,
		For:      with(qwen2, `"attentionImplementation":"eager"`),
		NotFor:   with(llama, `"attentionImplementation":"flash_attention_2"`),
		Propose: func(r *Run) []Proposal {
			old := r.Card != nil && !r.Card.Supports.BF16 // cards before Ampere
			if r.Attention == workload.FlashAttention2 || old {
				return nil
			}
			return set("attentionImplementation", workload.FlashAttention2)
		},
	}
	fusedLoss = &Move{
		ID:       "memory/fused-loss",
		Title:    say.F("Fused linear cross-entropy"),
		Reason:   say.F("logits of every token and word are kept in fp32 for the loss"),
		Tradeoff: say.F("needs the liger-kernel package"),
		Doc:      "The output head and the cross-entropy are computed together for a few tokens at a time, so logits of batch × sequence × vocabulary never exist. The loss and the gradients are the same up to rounding.",
		Source:   "Liger-Kernel, LigerFusedLinearCrossEntropyLoss",
		Category: Memory,
		Price:    Free,
		Group:    "loss",
		Applies:  languages,
		For:      with(llama, `"fineTuningMethod":"lora","gradientCheckpointing":true`),
		NotFor:   with(llama, `"fineTuningMethod":"lora","gradientCheckpointing":true,"lossImplementation":"fused"`),
		Propose: func(r *Run) []Proposal {
			if r.Train.Loss == workload.FusedLoss || r.Train.Head != workload.LMHead {
				return nil
			}
			return set("lossImplementation", workload.FusedLoss)
		},
	}
	chunkedLoss = &Move{
		ID:       "memory/chunked-loss",
		Title:    say.F("Cross-entropy in chunks"),
		Reason:   say.F("logits of every token and word are kept in fp32 for the loss"),
		Tradeoff: say.F("a chunk's logits are computed again in backward"),
		Doc:      "The head is applied to the labelled tokens a chunk at a time and recomputed in backward, as TRL does. It needs no extra package.",
		Source:   "TRL, SFTTrainer's chunked negative log-likelihood",
		Category: Memory,
		Price:    Slower,
		Group:    "loss",
		Applies:  languages,
		For:      with(llama, `"fineTuningMethod":"lora","gradientCheckpointing":true`),
		NotFor:   with(llama, `"fineTuningMethod":"lora","gradientCheckpointing":true,"lossImplementation":"fused"`),
		Propose: func(r *Run) []Proposal {
			if r.Train.Loss != workload.StandardLoss || r.Train.Head != workload.LMHead {
				return nil
			}
			return set("lossImplementation", workload.ChunkedLoss)
		},
	}
	evaluationLength = &Move{
		ID:       "memory/generation-in-training",
		Title:    say.F("Generate outside of training"),
		Reason:   say.F("the evaluation's KV cache and logits come on top of the optimizer states"),
		Tradeoff: say.F("generated samples come from a checkpoint, by another process"),
		Doc:      "Generation during training needs its KV cache while weights and optimizer states stay where they are. Where that phase is the peak, evaluate from checkpoints instead.",
		Source:   "the phases of the answer",
		Category: Memory,
		Price:    Free,
		Applies:  languages,
		For:      with(llama, `"fineTuningMethod":"lora","batchSize":4,"sequenceLength":16,"maxGenerationLength":2000`),
		NotFor:   with(llama, `"maxGenerationLength":0`),
		Propose: func(r *Run) []Proposal {
			if r.Train.MaxGeneration == 0 {
				return nil
			}
			return set("maxGenerationLength", 0)
		},
	}
)
