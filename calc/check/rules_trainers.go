package check

import "vramcalc/calc/workload"

// Rules about what trainers do whatever the caller asks for.

var (
	// AdaptersCast fires where fp32 adapters are asked for that TRL casts.
	AdaptersCast = &Rule{
		ID:       "stack/adapters-cast",
		Title:    "The trainer casts the adapters",
		Doc:      "Over quantized weights TRL's trainers cast every trained parameter to bf16, whatever PEFT made of it: two bytes instead of four for each adapter weight, its gradient and each of its states.",
		Source:   "trl/trainer/sft_trainer.py",
		Severity: Warning,
		Params:   []string{"loraPrecision", "trainingStack"},
		Bad:      with(llama7B, `"fineTuningMethod":"qlora","trainingStack":"trl-sft","loraPrecision":"fp32"`),
		Good:     with(llama7B, `"fineTuningMethod":"qlora","trainingStack":"trl-sft"`),
		Run: func(p *Pass) *Told {
			if p.Stack == nil || !p.Stack.SFT.SixteenBitLoRA || p.Train.Method != workload.QLoRA || !p.Given("loraPrecision") || p.Adapter.Precision != workload.AdapterFP32 {
				return nil
			}
			return &Told{
				Message: p.Stack.Name.String() + " casts adapters over quantized weights to bf16; the estimate does too",
				Fix:     "Leave loraPrecision out.",
				Change:  map[string]any{"loraPrecision": nil},
			}
		},
	}
	// KBitByHand fires where a preparation is counted that TRL does not make.
	KBitByHand = &Rule{
		ID:       "stack/kbit-by-hand",
		Title:    "The trainer does not prepare quantized models",
		Doc:      "peft's prepare_model_for_kbit_training makes embeddings, head and norms fp32. TRL's trainers do not call it: it is in memory only if your own code calls it before the trainer is made.",
		Source:   "trl/trainer/sft_trainer.py; peft/utils/other.py",
		Severity: Suggestion,
		Params:   []string{"kbitPreparation", "trainingStack"},
		Bad:      with(llama7B, `"fineTuningMethod":"qlora","trainingStack":"trl-sft","kbitPreparation":true`),
		Good:     with(llama7B, `"fineTuningMethod":"qlora","trainingStack":"trl-sft"`),
		Run: func(p *Pass) *Told {
			if p.Stack == nil || !p.Stack.SFT.SixteenBitLoRA || !p.Adapter.KBit || !p.Given("kbitPreparation") {
				return nil
			}
			return &Told{
				Message: p.Stack.Name.String() + " does not call prepare_model_for_kbit_training; the estimate counts it, as asked",
				Fix:     "Leave kbitPreparation out unless your code calls it.",
				Change:  map[string]any{"kbitPreparation": nil},
			}
		},
	}
)
