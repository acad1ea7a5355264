package advise

import (
	"maps"

	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Moves about what is trained and how weights are stored.

const (
	adapterRate = 2e-4 // learning rate of LoRA (Dettmers et al. 2023, table 9; TRL's and torchtune's recipes)
	leastRate   = 1e-4 // below it adapters learn slowly
	usualRank   = 16   // the documented default of loraRank
)

// adapterChange is a patch that turns a run of whole weights into one of
// adapters, which want a larger learning rate.
func adapterChange(r *Run, method workload.Method) map[string]any {
	change := map[string]any{"fineTuningMethod": method}
	if r.Train.Method == method {
		delete(change, "fineTuningMethod")
	}
	if !r.Adapters() && r.Train.LearningRate < leastRate {
		change["learningRate"] = adapterRate
	}
	for _, freezes := range []string{"frozenLayers", "frozenModules", "trainableModules"} {
		if r.Given(freezes) {
			change[freezes] = nil
		}
	}
	return change
}

var (
	lora = &Move{
		ID:       "memory/lora",
		Title:    say.F("LoRA instead of whole weights"),
		Reason:   say.F("every trained weight has a gradient and optimizer states"),
		Tradeoff: say.F("learns less where much is new; a larger learning rate is right"),
		Doc:      "LoRA trains two thin matrices beside each chosen linear layer and freezes the rest, so gradients and optimizer states shrink to the adapters'. On instruction data it is about as good as full fine-tuning; continued pretraining on new domains wants whole weights.",
		Source:   "Hu et al. 2021; Biderman et al. 2024, LoRA Learns Less and Forgets Less",
		Category: Memory,
		Price:    Changes,
		Group:    "method",
		Applies:  languages,
		For:      with(llama, ``),
		NotFor:   with(llama, `"fineTuningMethod":"lora"`),
		Propose: func(r *Run) []Proposal {
			if r.Train.Method != workload.Full {
				return nil
			}
			return patch(adapterChange(r, workload.LoRA))
		},
	}
	qlora = &Move{
		ID:       "memory/qlora",
		Title:    say.F("4-bit weights below adapters"),
		Reason:   say.F("frozen weights can be stored in 4 bits"),
		Tradeoff: say.F("weights are unpacked in every product, which is slower; a little quality"),
		Doc:      "QLoRA stores the frozen weights in nf4, 4 bits and a scale for each block of 64, and unpacks them for every product. Embeddings, norms and the head do not. peft's preparation turns those into fp32, which may take more activations than the weights save: then the patch leaves it out.",
		Source:   "Dettmers et al. 2023, QLoRA",
		Category: Memory,
		Price:    Changes,
		Group:    "method",
		Applies:  languages,
		For:      with(llama, `"fineTuningMethod":"lora"`),
		NotFor:   with(llama, `"fineTuningMethod":"qlora"`),
		Propose: func(r *Run) []Proposal {
			stored := r.Adapter.Quantization
			if stored != workload.NoQuantization && stored != workload.Int8 || r.Train.Method == workload.Prefix || r.Train.Method == workload.Freeze {
				return nil
			}
			change := adapterChange(r, workload.QLoRA)
			if p := r.Train.Precision; p == workload.FP32 || p == workload.INT8 {
				change["precision"] = r.half()
			}
			if r.Given("quantization") {
				change["quantization"] = workload.NF4
			}
			lean := maps.Clone(change)
			lean["kbitPreparation"] = false
			return append(patch(change), patch(lean)...)
		},
	}
	doubleQuantization = &Move{
		ID:       "memory/double-quantization",
		Title:    say.F("Quantize the scales too"),
		Reason:   say.F("nf4 keeps an fp32 scale for each 64 weights"),
		Tradeoff: say.F("one more small unpacking per matrix"),
		Doc:      "Double quantization stores the scales of nf4 blocks in 8 bits: 0.37 bits less for each weight.",
		Source:   "Dettmers et al. 2023, QLoRA, section 3",
		Category: Memory,
		Price:    Free,
		Applies:  languages,
		For:      with(llama, `"fineTuningMethod":"qlora"`),
		NotFor:   with(llama, `"fineTuningMethod":"qlora","quantization":"nf4-double"`),
		Propose: func(r *Run) []Proposal {
			if r.Adapter.Quantization != workload.NF4 {
				return nil
			}
			return set("quantization", workload.NF4Double)
		},
	}
	kbitPreparation = &Move{
		ID:       "memory/kbit-preparation",
		Title:    say.F("No fp32 copies of norms and embeddings"),
		Reason:   say.F("peft's preparation turns every 16-bit weight into fp32"),
		Tradeoff: say.F("norms and the head compute in 16 bits"),
		Doc:      "prepare_model_for_kbit_training casts all that is not quantized to fp32, the embeddings and the head among it, and with them the residual stream. TRL leaves it out.",
		Source:   "peft.utils.other.prepare_model_for_kbit_training",
		Category: Memory,
		Price:    Changes,
		Applies:  languages,
		For:      with(llama, `"fineTuningMethod":"qlora"`),
		NotFor:   with(llama, `"fineTuningMethod":"qlora","kbitPreparation":false`),
		Propose: func(r *Run) []Proposal {
			if !r.Adapter.KBit {
				return nil
			}
			return set("kbitPreparation", false)
		},
	}
	loraRank = &Move{
		ID:       "memory/lora-rank",
		Title:    say.F("Rank 16"),
		Reason:   say.F("adapters, their gradients and states grow with the rank"),
		Tradeoff: say.F("less capacity for much new knowledge"),
		Doc:      "A rank of 8 to 16 is as good as a large one on most instruction data. loraAlpha is kept at the same ratio.",
		Source:   "Hu et al. 2021, section 7.2",
		Category: Memory,
		Price:    Changes,
		Applies:  languages,
		For:      with(llama, `"fineTuningMethod":"lora","loraRank":256,"loraTargetModules":["all-linear"]`),
		NotFor:   with(llama, `"fineTuningMethod":"lora","loraRank":16`),
		Propose: func(r *Run) []Proposal {
			if !r.Adapters() || r.Adapter.Rank <= usualRank {
				return nil
			}
			change := map[string]any{"loraRank": usualRank}
			if r.Given("loraAlpha") {
				change["loraAlpha"] = r.Adapter.Alpha * usualRank / float64(r.Adapter.Rank)
			}
			return patch(change)
		},
	}
	loraTargets = &Move{
		ID:       "memory/lora-targets",
		Title:    say.F("Adapters on query and value only"),
		Reason:   say.F("an adapter keeps the input of its layer for backward"),
		Tradeoff: say.F("adapters on every layer usually learn more"),
		Doc:      "Each adapter keeps its layer's input and its own low-rank product. Query and value alone are the setting of the LoRA paper; all linear layers is that of the QLoRA paper and learns more.",
		Source:   "Hu et al. 2021, section 4.2; Dettmers et al. 2023, section 4",
		Category: Memory,
		Price:    Changes,
		Applies:  languages,
		For:      with(llama, `"fineTuningMethod":"lora","loraTargetModules":["all-linear"]`),
		NotFor:   with(llama, `"fineTuningMethod":"lora"`),
		Propose: func(r *Run) []Proposal {
			if !r.Adapters() || !r.Given("loraTargetModules", "loraApplicationStrategy") {
				return nil
			}
			change := map[string]any{}
			for _, name := range []string{"loraTargetModules", "loraApplicationStrategy"} {
				if r.Given(name) {
					change[name] = nil
				}
			}
			return patch(change)
		},
	}
	loraPrecision = &Move{
		ID:       "memory/lora-precision",
		Title:    say.F("Adapters in the model's precision"),
		Reason:   say.F("peft keeps adapters, their gradients and states in fp32"),
		Tradeoff: say.F("small updates are rounded away in 16 bits"),
		Doc:      "With loraPrecision model the adapters are 16 bits wide, and so are their gradients and optimizer states. peft's default is fp32 (autocast_adapter_dtype).",
		Source:   "peft, get_peft_model's autocast_adapter_dtype",
		Category: Memory,
		Price:    Changes,
		Applies:  languages,
		For:      with(llama, `"fineTuningMethod":"lora","loraRank":256,"loraTargetModules":["all-linear"]`),
		NotFor:   with(llama, `"fineTuningMethod":"lora","loraPrecision":"model"`),
		Propose: func(r *Run) []Proposal {
			if !r.Adapters() || r.Adapter.Precision != workload.AdapterFP32 || r.Train.Weights() == workload.FP32 {
				return nil
			}
			return set("loraPrecision", workload.AdapterModel)
		},
	}
	freezeVision = &Move{
		ID:       "memory/freeze-vision-encoder",
		Title:    say.F("Freeze the vision tower"),
		Reason:   say.F("a frozen tower has no gradients, states or kept activations"),
		Tradeoff: say.F("the tower does not adapt to unusual images"),
		Doc:      "Pretrained towers see well enough for most fine-tuning; LLaVA trains the projector and the language model only. The tower's forward then keeps nothing.",
		Source:   "Liu et al. 2023, Visual Instruction Tuning, section 4.2",
		Category: Memory,
		Price:    Changes,
		Applies:  visions,
		For:      with(llava, `"freezeVisionEncoder":false`),
		NotFor:   with(llava, `"freezeVisionEncoder":true`),
		Propose: func(r *Run) []Proposal {
			if r.Vision.FreezeVision {
				return nil
			}
			return set("freezeVisionEncoder", true)
		},
	}
	freezeText = &Move{
		ID:       "memory/freeze-text-encoder",
		Title:    say.F("Freeze the language side"),
		Reason:   say.F("a frozen language model has no gradients and states"),
		Tradeoff: say.F("only the tower and what joins the two learn"),
		Doc:      "Training the projector alone is the first stage of LLaVA: it aligns images with a language model that stays as it is. Activations are still kept, since gradients pass through.",
		Source:   "Liu et al. 2023, Visual Instruction Tuning, section 4.2",
		Category: Memory,
		Price:    Changes,
		Group:    "method",
		Applies:  visions,
		For:      with(llava, `"freezeVisionEncoder":true`),
		NotFor:   with(llava, `"freezeTextEncoder":true`),
		Propose: func(r *Run) []Proposal {
			if r.Vision.FreezeText {
				return nil
			}
			return set("freezeTextEncoder", true)
		},
	}
	freezeLayers = &Move{
		ID:       "memory/freeze-layers",
		Title:    say.F("Freeze the lower half of the layers"),
		Reason:   say.F("frozen layers below the first trained one keep nothing at all"),
		Tradeoff: say.F("lower layers do not adapt"),
		Doc:      "Lower layers hold general features. Frozen from the bottom, they run without keeping activations, and have no gradients and optimizer states.",
		Source:   "Lee et al. 2019, What Would Elsa Do? Freezing Layers During Transformer Fine-Tuning",
		Category: Memory,
		Price:    Changes,
		Group:    "method",
		Applies:  decoders,
		For:      with(gpt2, ``),
		NotFor:   with(gpt2, `"fineTuningMethod":"freeze","frozenLayers":6`),
		Propose: func(r *Run) []Proposal {
			if n := r.Text.Layers / 2; r.Train.Method == workload.Full && n > 0 {
				return patch(map[string]any{"fineTuningMethod": workload.Freeze, "frozenLayers": n})
			}
			return nil
		},
	}
	mixedPrecision = &Move{
		ID:       "memory/mixed-precision",
		Title:    say.F("Mixed precision"),
		Reason:   say.F("activations in 16 bits take half, and tensor cores run them faster"),
		Tradeoff: say.F("a 16-bit copy of the weights exists while a step runs"),
		Doc:      "Under autocast the weights stay in fp32 and products run in 16 bits. Quality is that of fp32.",
		Source:   "Micikevicius et al. 2017; torch.autocast",
		Category: Memory,
		Price:    Free,
		Group:    "precision",
		For:      with(resnet, `"precision":"fp32"`),
		NotFor:   with(resnet, ``),
		Propose: func(r *Run) []Proposal {
			if r.Train.Precision != workload.FP32 {
				return nil
			}
			change := map[string]any{"precision": r.half(), "precisionMode": workload.Autocast}
			if r.Given("mixedPrecisionTraining") {
				change["mixedPrecisionTraining"] = nil
			}
			return patch(change)
		},
	}
	pureSixteen = &Move{
		ID:       "memory/bf16-weights",
		Title:    say.F("Weights and states in bf16"),
		Reason:   say.F("fp32 weights, gradients and optimizer states take twice as much"),
		Tradeoff: say.F("updates below 1/256 of a weight are rounded away"),
		Doc:      "Pure bf16 halves weights, gradients, states and activations. Its 8 bits of precision lose small updates, which matters most for full fine-tuning at small learning rates; frozen weights under adapters lose nothing.",
		Source:   "torchtune's full fine-tuning recipes (dtype bf16); Zamirai et al. 2020, Revisiting BFloat16 Training",
		Category: Memory,
		Price:    Changes,
		Group:    "precision",
		Applies:  languages,
		For:      with(gpt2, `"precisionMode":"autocast"`),
		NotFor:   with(gpt2, `"precisionMode":"pure"`),
		Propose: func(r *Run) []Proposal {
			if r.Train.Weights() != workload.FP32 || r.half() != workload.BF16 || r.Adapter.Quantization != workload.NoQuantization {
				return nil
			}
			return patch(map[string]any{"precision": workload.BF16, "precisionMode": workload.Pure})
		},
	}
	unquantized = &Move{
		ID:       "performance/16-bit-weights",
		Title:    say.F("16-bit weights below the adapters"),
		Reason:   say.F("the card has room, and 4- and 8-bit weights are unpacked in every product"),
		Tradeoff: say.F("uses more of the card's memory"),
		Doc:      "Quantized weights save memory and cost time: each product first unpacks its matrix. Where 16-bit weights fit, LoRA on them is faster and no worse.",
		Source:   "Dettmers et al. 2023, QLoRA; bitsandbytes' Linear4bit",
		Category: Performance,
		Price:    Free,
		Applies:  languages,
		For:      with(llama7B, `"fineTuningMethod":"qlora","sequenceLength":512,"targetGpu":"A100 80GB"`),
		NotFor:   with(llama7B, `"fineTuningMethod":"qlora","targetMemoryGiB":12`),
		Propose: func(r *Run) []Proposal {
			if r.Train.Method != workload.QLoRA || !r.HasTarget() {
				return nil
			}
			change := map[string]any{"fineTuningMethod": workload.LoRA}
			if p := r.Train.Precision; p == workload.INT8 || p == workload.INT4 {
				change["precision"] = r.half()
			}
			for _, name := range []string{"quantization", "kbitPreparation"} {
				if r.Given(name) {
					change[name] = nil
				}
			}
			return []Proposal{{Rougher: true, Change: change}}
		},
	}
)
