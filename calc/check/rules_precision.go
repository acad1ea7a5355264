package check

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Rules about widths of numbers: suggestions beside the errors of rules_train.go.

var (
	fp32Transformer = &Rule{
		ID:       "precision/fp32-transformer",
		Title:    "fp32 leaves the tensor cores idle",
		Doc:      "Matrix products in 16 bits are several times faster and their activations half as large, at the same quality. Autocast to bf16 keeps weights and states in fp32; fp16 with a gradient scaler does on cards without bf16.",
		Source:   "Micikevicius et al. 2017; Kalamkar et al. 2019",
		Severity: Suggestion,
		Applies:  languages,
		Params:   []string{"precision", "precisionMode"},
		Bad:      with(instead(llama7B, "precision", `"fp32"`), ""),
		Good:     with(llama7B, `"precisionMode":"autocast"`),
		After:    []*Rule{autocastFP32},
		Run: func(p *Pass) *Told {
			if p.Train.Precision != workload.FP32 {
				return nil
			}
			return &Told{
				Message: say.F("precision fp32 runs matrix products several times slower than 16 bits"),
				Fix:     say.F("Send precision %s with precisionMode autocast.", p.half()),
				Change:  map[string]any{"precision": p.half().String(), "precisionMode": workload.Autocast.String()},
			}
		},
	}
	fp32Classifier = &Rule{
		ID:       "precision/fp32-classifier",
		Title:    "Mixed precision halves the feature maps",
		Doc:      "Feature maps are what a classifier's training is full of; in 16 bits they are half as large and convolutions run on tensor cores. Weights and batch norm stay in fp32.",
		Source:   "Micikevicius et al. 2017, section 4.1",
		Severity: Suggestion,
		Applies:  convolutional,
		Params:   []string{"precision", "mixedPrecisionTraining"},
		Bad:      with(resnet, ""),
		Good:     with(instead(resnet, "precision", `"fp16"`), ""),
		After:    []*Rule{autocastFP32},
		Run: func(p *Pass) *Told {
			if p.Train.Precision != workload.FP32 {
				return nil
			}
			return &Told{
				Message: say.F("precision fp32 keeps feature maps at 4 bytes"),
				Fix:     say.F("Send precision %s, which means mixed precision for a cnn.", p.half()),
				Change:  map[string]any{"precision": p.half().String(), "mixedPrecisionTraining": nil},
			}
		},
	}
	classifierPure = &Rule{
		ID:       "precision/classifier-pure",
		Title:    "Batch norm and small updates need fp32",
		Doc:      "Without mixed precision weights and the statistics of batch norm are kept in 16 bits, where small updates round away. Leave mixedPrecisionTraining on: weights cost little here, feature maps are 16 bits either way.",
		Source:   "Micikevicius et al. 2017, section 3.1",
		Severity: Warning,
		Applies:  convolutional,
		Params:   []string{"mixedPrecisionTraining", "precisionMode", "precision"},
		Bad:      with(instead(resnet, "precision", `"bf16"`), `"mixedPrecisionTraining":false`),
		Good:     with(instead(resnet, "precision", `"bf16"`), `"mixedPrecisionTraining":true`),
		After:    []*Rule{fp16Pure},
		Run: func(p *Pass) *Told {
			if p.Train.Precision == workload.FP32 || p.Train.Mode != workload.Pure {
				return nil
			}
			return &Told{
				Message: say.F("weights and batch norm are kept in %s", p.Train.Precision),
				Fix:     say.F("Send mixedPrecisionTraining true."),
				Change:  map[string]any{"mixedPrecisionTraining": true, "precisionMode": nil},
			}
		},
	}
	fp16Default = &Rule{
		ID:       "precision/fp16-default",
		Title:    "bf16 is the safer 16-bit type",
		Doc:      "fp16 overflows above 65504 and needs a gradient scaler; models trained in bf16 (LLaMA-2 and later, Qwen, Gemma, T5) can overflow in it. bf16 has the range of fp32 at the same size. Every card since Ampere computes it.",
		Source:   "Kalamkar et al. 2019; transformers, T5 notes on fp16",
		Severity: Suggestion,
		Applies:  languages,
		Params:   []string{"precision"},
		Bad:      with(instead(llama7B, "precision", `"fp16"`), ""),
		Good:     with(llama7B, ""),
		After:    []*Rule{fp16Pure},
		Run: func(p *Pass) *Told {
			if p.Train.Precision != workload.FP16 || p.lacksBF16() {
				return nil
			}
			return &Told{
				Message: say.F("precision fp16 needs loss scaling and can overflow"),
				Fix:     say.F("Send precision bf16, the same memory."),
				Change:  map[string]any{"precision": workload.BF16.String()},
			}
		},
	}
	updatesLost = &Rule{
		ID:       "precision/bf16-updates-lost",
		Title:    "Small updates are lost in bf16 weights",
		Doc:      "bf16 has 8 significant bits: an update below about 1/256 of a weight rounds to nothing, and at fine-tuning rates most are. With fp32 weights under autocast nothing is lost, at 8 more bytes a parameter with AdamW; LoRA keeps its adapters in fp32 anyway.",
		Source:   "Zamirai et al. 2020, Revisiting BFloat16 Training",
		Severity: Suggestion,
		Applies:  languages,
		Params:   []string{"precision", "precisionMode", "learningRate"},
		Bad:      with(instead(llama7B, "learningRate", "5e-6"), ""),
		Good:     with(instead(llama7B, "learningRate", "5e-6"), `"precisionMode":"autocast"`),
		After:    []*Rule{weightsAboveCard, statesAboveCard},
		Run: func(p *Pass) *Told {
			t := p.Train
			if p.adapts() || t.Precision != workload.BF16 || t.Mode != workload.Pure && t.Mode != workload.Autocast16 || t.LearningRate > lostRate {
				return nil
			}
			return &Told{
				Message: say.F("at learningRate %g many updates round away in bf16 weights", t.LearningRate),
				Fix:     say.F("Send precisionMode autocast where memory allows, or fineTuningMethod lora."),
				Change:  map[string]any{"precisionMode": workload.Autocast.String()},
			}
		},
	}
	smallQuantized = &Rule{
		ID:       "precision/quantized-small-model",
		Title:    "Quantizing a small model saves little",
		Doc:      "Below a billion parameters weights are a small part of what training takes, and dequantizing them costs time in every layer and some quality. Plain LoRA in bf16 fits anywhere.",
		Source:   "Dettmers et al. 2023, section 5",
		Severity: Suggestion,
		Applies:  []workload.Kind{workload.NLP},
		Params:   []string{"fineTuningMethod", "quantization", "precision"},
		Bad:      with(gpt2, `"fineTuningMethod":"qlora"`),
		Good:     with(gpt2, `"fineTuningMethod":"lora"`),
		Run: func(p *Pass) *Told {
			if p.Train.Method != workload.QLoRA || p.parameters() >= smallModel {
				return nil
			}
			return &Told{
				Message: say.F("%s weights save little on a model this small", p.Adapter.Quantization),
				Fix:     say.F("Send fineTuningMethod lora with precision bf16."),
				Change:  map[string]any{"fineTuningMethod": workload.LoRA.String(), "precision": p.half().String(), "quantization": nil},
			}
		},
	}
	doubleQuantization = &Rule{
		ID:       "precision/double-quantization",
		Title:    "Double quantization saves 0.37 bits a parameter",
		Doc:      "nf4 keeps an fp32 scale for every 64 weights. Quantizing the scales too saves 0.37 bits a parameter, 3 GB on a 65B model, at no measurable cost in quality.",
		Source:   "Dettmers et al. 2023, section 3",
		Severity: Suggestion,
		Params:   []string{"quantization"},
		Bad:      with(llama7B, `"fineTuningMethod":"qlora","quantization":"nf4"`),
		Good:     with(llama7B, `"fineTuningMethod":"qlora","quantization":"nf4-double"`),
		After:    []*Rule{smallQuantized, trainedQuantized, qloraUnquantized, storedPrecision, precisionAgainstQuantization, expertsNotQuantized},
		Run: func(p *Pass) *Told {
			if p.Adapter.Quantization != workload.NF4 {
				return nil
			}
			return &Told{
				Message: say.F("quantization nf4 keeps its scales in fp32"),
				Fix:     say.F("Send quantization nf4-double."),
				Change:  map[string]any{"quantization": workload.NF4Double.String()},
			}
		},
	}
	fp4Inferior = &Rule{
		ID:       "precision/fp4",
		Title:    "nf4 is better than fp4 at the same size",
		Doc:      "nf4 places its sixteen values where normally distributed weights are; fp4 does not, and loses quality for the same memory.",
		Source:   "Dettmers et al. 2023, section 5, table 2",
		Severity: Suggestion,
		Params:   []string{"quantization"},
		Bad:      with(llama7B, `"fineTuningMethod":"qlora","quantization":"fp4"`),
		Good:     with(llama7B, `"fineTuningMethod":"qlora","quantization":"nf4"`),
		After:    []*Rule{trainedQuantized, storedPrecision},
		Run: func(p *Pass) *Told {
			if p.Adapter.Quantization != workload.FP4 {
				return nil
			}
			return &Told{
				Message: say.F("quantization fp4 loses quality against nf4 at the same size"),
				Fix:     say.F("Send quantization nf4."),
				Change:  map[string]any{"quantization": workload.NF4.String()},
			}
		},
	}
	int8Training = &Rule{
		ID:       "precision/int8-adapters",
		Title:    "nf4 takes half of int8 under adapters",
		Doc:      "LLM.int8 was made for inference: under adapters it keeps twice the bytes of nf4, splits off outlier columns in every product, and is slower. QLoRA's nf4 reaches the same quality.",
		Source:   "Dettmers et al. 2022, LLM.int8; Dettmers et al. 2023",
		Severity: Suggestion,
		Applies:  languages,
		Params:   []string{"precision", "quantization"},
		Bad:      with(instead(llama7B, "precision", `"int8"`), ""),
		Good:     with(instead(llama7B, "precision", `"int4"`), ""),
		After:    []*Rule{trainedQuantized, precisionAgainstQuantization, smallQuantized},
		Run: func(p *Pass) *Told {
			if p.Adapter.Quantization != workload.Int8 || p.Train.Method != workload.QLoRA {
				return nil
			}
			return &Told{
				Message: say.F("int8 weights take twice the memory of nf4 under adapters"),
				Fix:     say.F("Send precision int4."),
				Change:  map[string]any{"precision": workload.INT4.String(), "quantization": nil},
			}
		},
	}
)

// Thresholds of this file.
const (
	lostRate   = 1e-5 // half of bf16's spacing at weights of about 0.005
	smallModel = 1e9  // parameters
)

// half is the 16-bit type to propose.
func (p *Pass) half() workload.Precision {
	if p.lacksBF16() {
		return workload.FP16
	}
	return workload.BF16
}

// lacksBF16 says whether a card was named that cannot compute bf16.
func (p *Pass) lacksBF16() bool { return p.Card != nil && !p.Card.Supports.BF16 }
