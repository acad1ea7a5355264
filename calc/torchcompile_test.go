package calc_test

import (
	"maps"
	"strings"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/layers"
)

// compiledRun is a run that torch.compile is modelled for.
func compiledRun(more map[string]any) map[string]any {
	a := map[string]any{
		"modelType": "nlp", "modelId": "qwen2.5-0.5b", "precision": "bf16", "precisionMode": "pure", "batchSize": 2, "sequenceLength": 1024,
		"optimizer": "adamw", "learningRate": 1e-5, "trainingEpochs": 1, "fineTuningMethod": "full", "torchCompile": true,
	}
	maps.Copy(a, more)
	return a
}

// TestTorchCompileKeepsLess: forward leaves less for backward where inductor
// fuses, of a full fine-tuning and of adapters, and weights, gradients and
// states are as they were.
func TestTorchCompileKeepsLess(t *testing.T) {
	for _, method := range []string{"full", "lora"} {
		a := map[string]any{"fineTuningMethod": method}
		if method == "lora" {
			a["loraRank"], a["loraDropout"] = 8, 0
		}
		with := marksOf(t, compiledRun(a))
		a["torchCompile"] = false
		without := marksOf(t, compiledRun(a))
		kept := with[layers.MarkSaved] - with[layers.MarkStart]
		before := without[layers.MarkSaved] - without[layers.MarkStart]
		if kept <= 0 || kept >= before {
			t.Errorf("%s: compiled it keeps %d bytes, without %d", method, kept, before)
		}
		for _, mark := range []string{layers.MarkStart, layers.MarkGradients, layers.MarkEnd} {
			if with[mark] != without[mark] {
				t.Errorf("%s: at %s %d bytes compiled, %d without", method, mark, with[mark], without[mark])
			}
		}
	}
}

// TestTorchCompileRefuses: what has not been written as inductor compiles it is
// refused by name.
func TestTorchCompileRefuses(t *testing.T) {
	for _, c := range []struct {
		more map[string]any
		says string
	}{
		{map[string]any{"modelId": "gemma-2-9b"}, "not for this model"},
		{map[string]any{"gradientCheckpointing": true}, "send gradientCheckpointing false"},
		{map[string]any{"precisionMode": "autocast"}, "send precision bf16"},
		{map[string]any{"precision": "fp32"}, "send precision bf16"},
		{map[string]any{"attentionImplementation": "eager"}, "send attentionImplementation sdpa"},
		{map[string]any{"fineTuningMethod": "lora", "loraRank": 8, "loraDropout": 0.1}, "send loraDropout 0"},
		{map[string]any{"fineTuningMethod": "qlora", "loraRank": 8, "loraDropout": 0}, "send fineTuningMethod lora and quantization none"},
		{map[string]any{"trainingStack": "transformers"}, "send trainingStack pytorch"},
		{map[string]any{"trainingStack": "liger"}, "kernels of Liger"},
		{map[string]any{"lossImplementation": "chunked"}, "send head lm"},
		{map[string]any{"numGpus": 2}, "send numGpus 1"},
		{map[string]any{"contextParallelSize": 2}, "send numGpus 1"},
		{map[string]any{"pipelineParallelSize": 2}, "send numGpus 1"},
	} {
		w := workloadOf(t, compiledRun(c.more))
		if w == nil {
			t.Errorf("%v: the arguments are refused before the model is looked at", c.more)
			continue
		}
		if _, err := calc.Estimate(w); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: want %q, got %v", c.more, c.says, err)
		}
	}
}
