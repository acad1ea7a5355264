package check

import (
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Rules about how a run is trained: method, precision, what is frozen.

var (
	trainedQuantized = &Rule{
		ID:       "train/quantized-weights-trained",
		Title:    "Quantized weights cannot be trained",
		Doc:      "4- and 8-bit weights have no gradient: they can only be frozen below an adapter or a prefix. Take qlora, or a 16- or 32-bit precision.",
		Source:   "Dettmers et al. 2023",
		Severity: Error,
		Applies:  languages,
		Params:   []string{"fineTuningMethod", "precision", "quantization"},
		Bad:      `{"modelType":"nlp","modelId":"llama-7b","precision":"int4","fineTuningMethod":"full","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3}`,
		Good:     `{"modelType":"nlp","modelId":"llama-7b","precision":"int4","fineTuningMethod":"qlora","batchSize":1,"learningRate":2e-4,"optimizer":"adamw","trainingEpochs":3}`,
		Run: func(p *Pass) *Told {
			trains := p.Train.Method == workload.Full || p.Train.Method == workload.Freeze
			if !trains || p.serves() || p.Adapter.Quantization == workload.NoQuantization {
				return nil
			}
			return &Told{
				Message: say.F("fineTuningMethod %s trains weights that quantization %s makes untrainable", p.Train.Method, p.Adapter.Quantization),
				Fix:     say.F("Send fineTuningMethod qlora, or precision bf16 with quantization none."),
				Change:  map[string]any{"fineTuningMethod": workload.QLoRA.String()},
			}
		},
	}
	qloraUnquantized = &Rule{
		ID:       "train/qlora-without-quantization",
		Title:    "qlora without quantized weights is lora",
		Doc:      "The q of qlora is the quantized base. With quantization none there is nothing quantized: send lora, or leave quantization out.",
		Source:   "Dettmers et al. 2023",
		Severity: Error,
		Params:   []string{"fineTuningMethod", "quantization"},
		Bad:      with(llama7B, `"fineTuningMethod":"qlora","quantization":"none"`),
		Good:     with(llama7B, `"fineTuningMethod":"qlora","quantization":"nf4"`),
		Run: func(p *Pass) *Told {
			if p.Train.Method != workload.QLoRA || p.Adapter.Quantization != workload.NoQuantization {
				return nil
			}
			return &Told{
				Message: say.F("fineTuningMethod qlora contradicts quantization none"),
				Fix:     say.F("Send fineTuningMethod lora, or quantization nf4."),
				Change:  map[string]any{"fineTuningMethod": workload.LoRA.String()},
			}
		},
	}
	precisionAgainstQuantization = &Rule{
		ID:       "train/precision-against-quantization",
		Title:    "precision and quantization name different stored weights",
		Doc:      "precision int8 and int4 name how the weights are stored (LLM.int8 and nf4), and quantization says the same in more detail. Send precision bf16 and let quantization decide.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Params:   []string{"precision", "quantization"},
		Bad:      `{"modelType":"nlp","modelId":"llama-7b","precision":"int8","quantization":"nf4","batchSize":1,"learningRate":2e-4,"optimizer":"adamw","trainingEpochs":3}`,
		Good:     `{"modelType":"nlp","modelId":"llama-7b","precision":"int8","quantization":"int8","batchSize":1,"learningRate":2e-4,"optimizer":"adamw","trainingEpochs":3}`,
		Run: func(p *Pass) *Told {
			q := p.Adapter.Quantization
			agree := true
			switch p.Train.Precision {
			case workload.INT8:
				agree = q == workload.Int8
			case workload.INT4:
				agree = q == workload.NF4 || q == workload.FP4 || q == workload.NF4Double
			}
			if agree {
				return nil
			}
			return &Told{
				Message: say.F("precision %s and quantization %s name different stored weights", p.Train.Precision, q),
				Fix:     say.F("Send precision bf16: quantization says how the frozen weights are stored."),
				Change:  map[string]any{"precision": workload.BF16.String()},
			}
		},
	}
	freezeNothingNamed = &Rule{
		ID:       "train/freeze-names-nothing",
		Title:    "Method freeze without anything to freeze",
		Doc:      "freeze trains a part of the model. Say which: frozenLayers (a number of layers from the bottom), frozenModules, or trainableModules.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Params:   []string{"fineTuningMethod", "frozenLayers", "frozenModules", "trainableModules"},
		Bad:      with(llama7B, `"fineTuningMethod":"freeze"`),
		Good:     with(llama7B, `"fineTuningMethod":"freeze","frozenLayers":16`),
		Run: func(p *Pass) *Told {
			t := p.Train
			if t.Method != workload.Freeze || t.FrozenLayers >= 0 || len(t.FrozenModules) > 0 || len(t.TrainableModules) > 0 {
				return nil
			}
			told := &Told{
				Message: say.F("fineTuningMethod freeze needs frozenLayers, frozenModules or trainableModules"),
				Fix:     say.F("Send one of them."),
			}
			if n := p.layers() / 2; n > 0 {
				told.Fix = say.F("Send one of them, for example frozenLayers %d.", n)
				told.Change = map[string]any{"frozenLayers": n}
			}
			return told
		},
	}
	frozenAboveLayers = &Rule{
		ID:       "train/frozen-above-layers",
		Title:    "More frozen layers than the model has",
		Doc:      "frozenLayers counts from the bottom of each stack: it lies between 0 and numLayers.",
		Source:   "the published arguments of the tool",
		Severity: Error,
		Applies:  languages,
		Params:   []string{"frozenLayers", "numLayers"},
		Bad:      with(llama7B, `"fineTuningMethod":"freeze","frozenLayers":33`),
		Good:     with(llama7B, `"fineTuningMethod":"freeze","frozenLayers":32`),
		Run: func(p *Pass) *Told {
			n := p.layers()
			if p.Train.FrozenLayers <= n {
				return nil
			}
			return &Told{
				Message: say.F("frozenLayers %d exceeds the %d layers of the model", p.Train.FrozenLayers, n),
				Fix:     say.F("Send 0 to %d.", n),
				Change:  map[string]any{"frozenLayers": n},
			}
		},
	}
	prefixNeedsAttention = &Rule{
		ID:       "train/prefix-needs-attention",
		Title:    "Prefix tuning of a model without attention",
		Doc:      "A prefix is a run of virtual tokens that attention sees. A convolutional classifier has no tokens: take lora, freeze or full.",
		Source:   "Li and Liang 2021",
		Severity: Error,
		Applies:  []workload.Kind{workload.CNN},
		Params:   []string{"fineTuningMethod", "modelType"},
		Bad:      with(resnet, `"fineTuningMethod":"prefix"`),
		Good:     with(resnet, `"fineTuningMethod":"full"`),
		Run: func(p *Pass) *Told {
			if p.Train.Method != workload.Prefix {
				return nil
			}
			return &Told{
				Message: say.F("fineTuningMethod prefix needs attention, which a cnn does not have"),
				Fix:     say.F("Send fineTuningMethod full or freeze."),
				Change:  map[string]any{"fineTuningMethod": workload.Full.String()},
			}
		},
	}
	fp16Pure = &Rule{
		ID:       "train/fp16-pure-unstable",
		Title:    "Pure fp16 training is unstable",
		Doc:      "Gradients below 6e-8 vanish in fp16 and updates below a thousandth of a weight are lost, so training in fp16 alone tends to diverge. bf16 has the range of fp32 at the same size; autocast keeps fp32 weights.",
		Source:   "Micikevicius et al. 2017, section 3",
		Severity: Warning,
		Params:   []string{"precision", "precisionMode"},
		Bad:      `{"modelType":"nlp","modelId":"llama-7b","precision":"fp16","precisionMode":"pure","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3}`,
		Good:     with(llama7B, `"precisionMode":"pure"`),
		Run: func(p *Pass) *Told {
			if p.Train.Precision != workload.FP16 || p.Train.Mode != workload.Pure || !p.Given("precisionMode") {
				return nil
			}
			return &Told{
				Message: say.F("precision fp16 with precisionMode pure is unstable"),
				Fix:     say.F("Send precision bf16, or precisionMode autocast."),
				Change:  map[string]any{"precision": workload.BF16.String()},
			}
		},
	}
	autocastFP32 = &Rule{
		ID:       "train/autocast-to-fp32",
		Title:    "Autocast to fp32 does nothing",
		Doc:      "torch.autocast takes a 16-bit type; with precision fp32 it is switched off, and the run is a plain fp32 run.",
		Source:   "torch.amp.autocast_mode",
		Severity: Warning,
		Params:   []string{"precision", "precisionMode", "mixedPrecisionTraining"},
		Bad:      `{"modelType":"nlp","modelId":"gpt2","precision":"fp32","precisionMode":"autocast","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3}`,
		Good:     with(gpt2, `"precisionMode":"autocast"`),
		Run: func(p *Pass) *Told {
			if p.Train.Precision != workload.FP32 || p.Train.Mode == workload.Pure {
				return nil
			}
			return &Told{
				Message: say.F("precisionMode %s has no effect with precision fp32", p.Train.Mode),
				Fix:     say.F("Send precision bf16, or precisionMode pure."),
				Change:  map[string]any{"precision": workload.BF16.String()},
			}
		},
	}
)
