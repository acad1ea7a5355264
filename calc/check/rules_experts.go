package check

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Rules about mixtures of experts.

var mixtures = []workload.Kind{workload.MoE}

var (
	activeAboveCount = &Rule{
		ID:       "moe/active-above-count",
		Title:    "More active experts than there are",
		Doc:      "A token visits different experts, so at most all of them.",
		Source:   "Shazeer et al. 2017",
		Severity: Error,
		Applies:  mixtures,
		Params:   []string{"numActiveExperts", "numExperts"},
		Bad:      with(mixtral, `"numExperts":8,"numActiveExperts":16`),
		Good:     with(mixtral, `"numExperts":8,"numActiveExperts":2`),
		Run: func(p *Pass) *Told {
			if p.Experts.Active <= p.Experts.Count {
				return nil
			}
			return &Told{
				Message: say.F("numActiveExperts %d exceeds numExperts %d", p.Experts.Active, p.Experts.Count),
				Fix:     say.F("Send 1 to %d.", p.Experts.Count),
				Change:  map[string]any{"numActiveExperts": p.Experts.Count},
			}
		},
	}
	switchOneActive = &Rule{
		ID:       "moe/switch-one-active",
		Title:    "Switch routing sends a token to one expert",
		Doc:      "The point of the Switch Transformer is k = 1. With more active experts the routing is top-k.",
		Source:   "Fedus et al. 2021, section 2.1",
		Severity: Warning,
		Applies:  mixtures,
		Params:   []string{"routingStrategy", "numActiveExperts"},
		Bad:      with(mixtral, `"routingStrategy":"switch","numActiveExperts":2`),
		Good:     with(mixtral, `"routingStrategy":"switch","numActiveExperts":1`),
		Run: func(p *Pass) *Told {
			if p.Experts.Routing != workload.SwitchRouting || p.Experts.Active == 1 || !p.Given("routingStrategy", "numActiveExperts") {
				return nil
			}
			return &Told{
				Message: say.F("routingStrategy switch means 1 active expert, not %d", p.Experts.Active),
				Fix:     say.F("Send numActiveExperts 1, or routingStrategy top-k."),
				Change:  map[string]any{"numActiveExperts": 1},
			}
		},
	}
	expertsNotQuantized = &Rule{
		ID:       "moe/experts-not-quantized",
		Title:    "The experts are not quantized",
		Doc:      "transformers 5 keeps the experts of a layer as one fused tensor, and bitsandbytes quantizes linear modules only: the experts stay in 16 bits, and k-bit preparation casts them to fp32, which doubles them. Turn kbitPreparation off, or take LoRA over a checkpoint that is quantized otherwise.",
		Source:   "transformers 5.24 integrations/bitsandbytes.py, peft 0.21 prepare_model_for_kbit_training",
		Severity: Warning,
		Applies:  []workload.Kind{workload.MoE},
		Params:   []string{"fineTuningMethod", "quantization", "kbitPreparation"},
		Bad:      with(mixtral, `"fineTuningMethod":"qlora"`),
		Good:     with(mixtral, `"fineTuningMethod":"lora"`),
		Run: func(p *Pass) *Told {
			if p.Adapter == nil || p.Adapter.Quantization == workload.NoQuantization || p.Adapter.Quantization > workload.NF4Double || p.Text == nil || p.Text.Family == workload.Switch {
				return nil
			}
			told := &Told{Message: say.F("the experts are fused tensors, which bitsandbytes leaves in 16 bits"), Fix: say.F("Expect the experts at 2 bytes a parameter.")}
			if p.Adapter.KBit {
				told.Message = say.Join("; ", told.Message, say.F("k-bit preparation casts them to fp32"))
				told.Fix = say.F("Send kbitPreparation false, which keeps the experts at 2 bytes a parameter.")
			}
			return told
		},
	}
	firstDenseAboveLayers = &Rule{
		ID:       "moe/first-dense-above-layers",
		Title:    "More leading dense layers than layers",
		Doc:      "firstDenseLayers counts the layers before the first with experts, so it is at most numLayers.",
		Source:   "DeepSeek-AI 2024",
		Severity: Error,
		Applies:  mixtures,
		Params:   []string{"firstDenseLayers", "numLayers"},
		Bad:      with(mixtral, `"firstDenseLayers":64`),
		Good:     with(mixtral, `"firstDenseLayers":0`),
		Run: func(p *Pass) *Told {
			if p.Experts.FirstDense <= p.layers() {
				return nil
			}
			return &Told{
				Message: say.F("firstDenseLayers %d exceeds the %d layers of the model", p.Experts.FirstDense, p.layers()),
				Fix:     say.F("Send 0 to %d.", p.layers()),
				Change:  map[string]any{"firstDenseLayers": 0},
			}
		},
	}
)
