package check

import (
	"slices"
	"strings"

	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Rules about the sizes and the training of adapters.

var (
	rankAboveDimension = &Rule{
		ID:       "lora/rank-above-dimension",
		Title:    "The rank is no lower than the matrix",
		Doc:      "An adapter of rank r writes a matrix as a product through r dimensions. From half of the matrix's smaller side on it has more parameters than a square matrix itself, and above the side the rank cannot grow any more: full fine-tuning is then the smaller run. With grouped-query attention key and value are narrower than the model.",
		Source:   "Hu et al. 2021, section 4.1",
		Severity: Warning,
		Applies:  languages,
		Params:   []string{"loraRank"},
		Bad:      with(gpt2, `"fineTuningMethod":"lora","loraRank":1024`),
		Good:     with(gpt2, `"fineTuningMethod":"lora","loraRank":64`),
		Run: func(p *Pass) *Told {
			side := p.adaptedSide()
			if !p.hasLoRA() || side <= 0 || p.Adapter.Rank <= side {
				return nil
			}
			n := max(1, min(int64(proposedRank), side/2))
			return &Told{
				Message: say.F("loraRank %d exceeds the smaller side, %d, of an adapted matrix", p.Adapter.Rank, side),
				Fix:     say.F("Send loraRank %d.", n),
				Change:  map[string]any{"loraRank": n},
			}
		},
	}
	alphaBelowRank = &Rule{
		ID:       "lora/alpha-below-rank",
		Title:    "loraAlpha is far below the rank",
		Doc:      "The adapter is scaled by alpha / rank. Below one half the adapter is muted and learns as with a much lower learning rate. One to two times the rank is usual.",
		Source:   "Hu et al. 2021, section 4.1",
		Severity: Warning,
		Params:   []string{"loraAlpha", "loraRank"},
		Bad:      with(llama7B, `"fineTuningMethod":"lora","loraRank":64,"loraAlpha":16`),
		Good:     with(llama7B, `"fineTuningMethod":"lora","loraRank":64,"loraAlpha":128`),
		Run: func(p *Pass) *Told {
			if !p.hasLoRA() || !p.Given("loraAlpha", "loraRank") || p.Adapter.Alpha >= float64(p.Adapter.Rank)*lowestScale {
				return nil
			}
			return scaled(p, say.F("mutes the adapters"))
		},
	}
	alphaAboveRank = &Rule{
		ID:       "lora/alpha-above-rank",
		Title:    "loraAlpha is far above the rank",
		Doc:      "The adapter is scaled by alpha / rank. Above eight the scale multiplies the learning rate so much that training tends to diverge. One to two times the rank is usual; the paper's largest is eight.",
		Source:   "Hu et al. 2021, appendix D (GPT-2: alpha 32 with rank 4)",
		Severity: Warning,
		Params:   []string{"loraAlpha", "loraRank"},
		Bad:      with(llama7B, `"fineTuningMethod":"lora","loraRank":8,"loraAlpha":128`),
		Good:     with(llama7B, `"fineTuningMethod":"lora","loraRank":8,"loraAlpha":16`),
		Run: func(p *Pass) *Told {
			if !p.hasLoRA() || !p.Given("loraAlpha", "loraRank") || p.Adapter.Alpha <= float64(p.Adapter.Rank)*highestScale {
				return nil
			}
			return scaled(p, say.F("makes steps unstable"))
		},
	}
	rankOnFewTargets = &Rule{
		ID:       "lora/rank-on-few-targets",
		Title:    "A high rank on query and value alone",
		Doc:      "For the same number of adapter parameters more layers beat more rank: adapters on every linear layer at a low rank match full fine-tuning, a high rank on attention alone does not.",
		Source:   "Dettmers et al. 2023, section 4; Schulman et al. 2025, LoRA Without Regret",
		Severity: Suggestion,
		Applies:  []workload.Kind{workload.NLP},
		Params:   []string{"loraRank", "loraTargetModules"},
		Bad:      with(llama7B, `"fineTuningMethod":"lora","loraRank":128`),
		Good:     with(llama7B, `"fineTuningMethod":"lora","loraRank":32,"loraTargetModules":["all-linear"]`),
		After:    []*Rule{rankAboveDimension},
		Run: func(p *Pass) *Told {
			if !p.hasLoRA() || p.Adapter.Rank < highRank || len(p.Adapter.Targets) > fewTargets || slices.Contains(p.Adapter.Targets, allLinear) || slices.ContainsFunc(p.Adapter.Targets, isPattern) {
				return nil
			}
			return &Told{
				Message: say.F("loraRank %d goes to %s alone", p.Adapter.Rank, say.List(p.Adapter.Targets)),
				Fix:     say.F("Send loraTargetModules all-linear with loraRank %d.", p.Adapter.Rank/rankShare),
				Change:  map[string]any{"loraTargetModules": []string{allLinear}, "loraRank": p.Adapter.Rank / rankShare},
			}
		},
	}
	loraRateLow = &Rule{
		ID:       "lora/learning-rate-low",
		Title:    "LoRA wants a higher learning rate",
		Doc:      "Adapters start from zero and are few: they want about ten times the learning rate of full fine-tuning. 1e-4 to 3e-4 are usual, 2e-4 most of all; at full fine-tuning's 2e-5 they underfit.",
		Source:   "Dettmers et al. 2023, appendix B; Schulman et al. 2025, LoRA Without Regret",
		Severity: Suggestion,
		Applies:  languages,
		Params:   []string{"learningRate", "fineTuningMethod"},
		Bad:      with(llama7B, `"fineTuningMethod":"lora"`),
		Good:     with(instead(llama7B, "learningRate", "2e-4"), `"fineTuningMethod":"lora"`),
		Run: func(p *Pass) *Told {
			if !p.hasLoRA() || p.Train.LearningRate >= lowAdapterRate || p.Train.LearningRate <= 0 {
				return nil
			}
			return &Told{
				Message: say.F("learningRate %g is full fine-tuning's; adapters underfit with it", p.Train.LearningRate),
				Fix:     say.F("Send learningRate 2e-4."),
				Change:  map[string]any{"learningRate": usualAdapterRate},
			}
		},
	}
	savedEmbeddings = &Rule{
		ID:       "lora/embeddings-saved-whole",
		Title:    "Embeddings are trained whole beside the adapters",
		Doc:      "loraModulesToSave trains full copies, and the embedding and the head are the largest matrices of a model: gradient and states of one can outweigh all adapters. It is needed only for new tokens; otherwise leave it out.",
		Source:   "peft LoraConfig, modules_to_save",
		Severity: Suggestion,
		Applies:  languages,
		Params:   []string{"loraModulesToSave"},
		Bad:      with(llama7B, `"fineTuningMethod":"lora","loraModulesToSave":["lm_head","embed_tokens"]`),
		Good:     with(llama7B, `"fineTuningMethod":"lora"`),
		Run: func(p *Pass) *Told {
			if !p.hasLoRA() || p.Train.Head != workload.LMHead {
				return nil
			}
			for _, m := range p.Adapter.ModulesToSave {
				if last := m[strings.LastIndex(m, ".")+1:]; slices.Contains(vocabularyMatrices, last) {
					return &Told{
						Message: say.F("loraModulesToSave trains all %d x %d values of %s", p.Text.Vocab, p.Text.Hidden, last),
						Fix:     say.F("Leave it out unless tokens were added."),
						Change:  map[string]any{"loraModulesToSave": nil},
					}
				}
			}
			return nil
		},
	}
	fp16Adapters = &Rule{
		ID:       "lora/fp16-adapters",
		Title:    "Adapters in fp16 train badly",
		Doc:      "PEFT casts adapters to fp32 for a reason: in fp16 their small gradients vanish and a gradient scaler refuses fp16 gradients. The adapters are small, so fp32 costs a few megabytes.",
		Source:   "peft, autocast_adapter_dtype",
		Severity: Warning,
		Params:   []string{"loraPrecision", "precision"},
		Bad:      with(instead(llama7B, "precision", `"fp16"`), `"fineTuningMethod":"lora","loraPrecision":"model"`),
		Good:     with(instead(llama7B, "precision", `"fp16"`), `"fineTuningMethod":"lora","loraPrecision":"fp32"`),
		Run: func(p *Pass) *Told {
			if !p.hasLoRA() || p.Adapter.Precision != workload.AdapterModel || p.Train.Weights() != workload.FP16 {
				return nil
			}
			return &Told{
				Message: say.F("loraPrecision model keeps the adapters in fp16"),
				Fix:     say.F("Send loraPrecision fp32."),
				Change:  map[string]any{"loraPrecision": workload.AdapterFP32.String()},
			}
		},
	}
	nothingAdapted = &Rule{
		ID:       "lora/nothing-adapted",
		Title:    "No part of the model gets an adapter",
		Doc:      "With loraTextEncoder, loraVisionEncoder and loraFusionLayer all false LoRA has nothing to train. Turn one of them on.",
		Source:   "peft, inject_adapter",
		Severity: Error,
		Applies:  visual,
		Params:   []string{"loraTextEncoder", "loraVisionEncoder", "loraFusionLayer"},
		Bad:      with(llava, `"fineTuningMethod":"lora","loraTextEncoder":false`),
		Good:     with(llava, `"fineTuningMethod":"lora","loraTextEncoder":false,"loraFusionLayer":true`),
		Run: func(p *Pass) *Told {
			a := p.Adapter
			if !p.hasLoRA() || a.Text || a.Vision || a.FusionLayer {
				return nil
			}
			return &Told{
				Message: say.F("loraTextEncoder, loraVisionEncoder and loraFusionLayer are all false: nothing is trained"),
				Fix:     say.F("Send loraTextEncoder true."),
				Change:  map[string]any{"loraTextEncoder": true},
			}
		},
	}
	kbitOff = &Rule{
		ID:       "lora/kbit-preparation-off",
		Title:    "Norms of a quantized model stay in 16 bits",
		Doc:      "prepare_model_for_kbit_training casts norms and other unquantized weights to fp32 for stability. Without it memory is less, above all for large vocabularies; with bf16 that is fine and what TRL does, with fp16 norms may overflow.",
		Source:   "peft, prepare_model_for_kbit_training",
		Severity: Warning,
		Applies:  languages,
		Params:   []string{"kbitPreparation"},
		Bad:      with(instead(llama7B, "precision", `"int4"`), `"kbitPreparation":false,"targetGpu":"T4"`),
		Good:     with(instead(llama7B, "precision", `"int4"`), `"kbitPreparation":false`),
		Run: func(p *Pass) *Told {
			if p.Train.Method != workload.QLoRA || p.Adapter.KBit || p.Train.Compute() != workload.FP16 {
				return nil
			}
			return &Told{
				Message: say.F("kbitPreparation false leaves norms in fp16, which may overflow"),
				Fix:     say.F("Send kbitPreparation true."),
				Change:  map[string]any{"kbitPreparation": true},
			}
		},
	}
)

// Thresholds and names of this file.
const (
	allLinear        = "all-linear" // PEFT's name for every linear layer but the head
	proposedRank     = 64
	lowestScale      = 0.5 // the usual range of loraAlpha: at least half the rank
	highestScale     = 8
	highRank         = 128
	fewTargets       = 2
	rankShare        = 4    // the seven linear layers of a block against two
	lowAdapterRate   = 5e-5 // a quarter of the usual
	usualAdapterRate = 2e-4
)

// vocabularyMatrices are the names that embeddings and heads go by.
var vocabularyMatrices = []string{"embed_tokens", "lm_head", "wte", "embed_in", "embed_out", "word_embeddings", "shared"}

// isPattern says whether a target is a regular expression.
func isPattern(target string) bool { return strings.ContainsAny(target, `*\[(|+?^$`) }

func scaled(p *Pass, what say.Text) *Told {
	return &Told{
		Message: say.F("loraAlpha %g over loraRank %d is a scale of %.3g, which %s", p.Adapter.Alpha, p.Adapter.Rank, p.Adapter.Alpha/float64(p.Adapter.Rank), what),
		Fix:     say.F("Send loraAlpha %d.", 2*p.Adapter.Rank),
		Change:  map[string]any{"loraAlpha": 2 * p.Adapter.Rank},
	}
}

// adaptedSide is the smaller side of the narrowest matrix that gets an adapter,
// 0 where it is not known.
func (p *Pass) adaptedSide() int64 {
	t := p.Text
	if t == nil || len(p.Adapter.Targets) == 0 || t.KVLoRARank > 0 {
		return 0
	}
	side := t.Hidden
	for _, name := range p.Adapter.Targets {
		last := name[strings.LastIndex(name, ".")+1:]
		if t.KVHeads > 0 && t.HeadDim > 0 && slices.Contains([]string{"k_proj", "v_proj", allLinear}, last) {
			side = min(side, t.KVHeads*t.HeadDim)
		}
	}
	return side
}
