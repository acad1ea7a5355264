package schemas_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vramcalc/calc/check"
	"vramcalc/schemas"
)

// usualRanges are those of the published table, written down a second time so
// that no tag can move by accident.
var usualRanges = map[string]string{
	"modelSize":                 "nlp 0.06..700; multimodal 0.08..400; moe 0.2..2000; cnn 0.001..1",
	"batchSize":                 "nlp 1..64; multimodal 1..64; moe 1..64; cnn 8..512",
	"gradientAccumulationSteps": "1..128",
	"learningRate":              "nlp 1e-06..0.0001; multimodal 1e-06..0.0001; moe 1e-06..0.0001; cnn 0.0001..0.01",
	"trainingEpochs":            "nlp 1..10; multimodal 1..30; moe 1..5; cnn 1..300",
	"sequenceLength":            "32..32768",
	"hiddenSize":                "512..16384",
	"numLayers":                 "6..128",
	"numAttentionHeads":         "8..128",
	"vocabSize":                 "30000..300000",
	"loraRank":                  "4..256",
	"loraAlpha":                 "16..128",
	"loraDropout":               "0..0.2",
	"prefixLength":              "10..200",
	"maxGenerationLength":       "0|256..4096",
	"temperature":               "0.1..1",
	"topP":                      "0.9..0.95",
	"repetitionPenalty":         "1..1.2",
	"weightDecay":               "0|0.0001..0.1",
	"warmupSteps":               "0..2000",
	"gradientClipping":          "0|0.1..5",
	"labelSmoothing":            "0..0.3",
	"dropoutRate":               "0..0.5",
	"imageResolution":           "224..1024",
	"imageWidth":                "224..1024",
	"imageHeight":               "224..1024",
	"patchSize":                 "14..32",
	"visionFeatureDim":          "768..1536",
	"crossModalAlignmentWeight": "0.1..1",
	"imageTextContrastWeight":   "0.1..1",
	"numExperts":                "8..2048",
	"numActiveExperts":          "1..8",
	"expertCapacityFactor":      "0|1..2",
	"loadBalanceLossWeight":     "0|0.01..0.1",
	"auxiliaryLossWeight":       "0|0.001..0.01",
	"expertDropoutRate":         "0..0.1",
	"expertRegularization":      "0.001..0.1",
	"expertSpecialization":      "0.1..1",
	"inputImageSize":            "224..512",
	"kernelSize":                "3..7",
	"classificationHeadDim":     "2..22000",
	"reservedGiB":               "1..2",
}

func TestUsualRanges(t *testing.T) {
	got := map[string]string{}
	for _, a := range schemas.Arguments() {
		var parts []string
		for _, u := range a.Usual {
			s := fmt.Sprintf("%g..%g", u.Low, u.High)
			if u.High >= 1e5 {
				s = fmt.Sprintf("%g..%.0f", u.Low, u.High)
			}
			if u.Zero {
				s = "0|" + s
			}
			parts = append(parts, strings.TrimSpace(u.ModelType+" "+s))
		}
		if len(parts) > 0 {
			got[a.Name] = strings.Join(parts, "; ")
		}
	}
	if d := cmp.Diff(usualRanges, got); d != "" {
		t.Errorf("usual ranges of the arguments (-published +tags):\n%s", d)
	}
}

// TestUsualRules demands one rule for each range and one range for each rule.
func TestUsualRules(t *testing.T) {
	spoken := map[string]bool{}
	for _, r := range check.All() {
		if !strings.HasPrefix(r.ID, "range/") {
			continue
		}
		for _, name := range r.Params {
			spoken[name] = true
		}
	}
	for _, a := range schemas.Arguments() {
		if r, ok := check.UsualRange(a.Name); ok != (len(a.Usual) > 0) || ok && r.Severity != check.Warning {
			t.Errorf("%s: ranges %v, rule %v", a.Name, a.Usual, r)
		}
		delete(spoken, a.Name)
	}
	if len(spoken) > 0 {
		t.Errorf("rules about ranges of %v, which are no arguments", spoken)
	}
}

// calls are complete requests of each type of model, to which a value is added.
var calls = map[string]string{
	"nlp":        `{"modelType":"nlp","modelId":"gpt2","precision":"bf16","batchSize":8,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3}`,
	"multimodal": `{"modelType":"multimodal","modelSize":0.43,"architectureType":"CLIP","precision":"bf16","batchSize":8,"learningRate":1e-5,"optimizer":"adamw","trainingEpochs":3}`,
	"moe":        `{"modelType":"moe","modelId":"mixtral-8x7b","precision":"bf16","batchSize":8,"learningRate":1e-5,"optimizer":"adamw","trainingEpochs":1}`,
	"cnn":        `{"modelType":"cnn","modelId":"resnet50","precision":"fp32","batchSize":32,"learningRate":1e-3,"optimizer":"adamw","trainingEpochs":90}`,
}

// TestUsualBounds holds that a bound is usual and what lies beyond is not, for
// each argument and type of model.
func TestUsualBounds(t *testing.T) {
	const beyond = 1.5
	for _, a := range schemas.Arguments() {
		for _, u := range a.Usual {
			for kind, call := range calls {
				if u.ModelType != "" && u.ModelType != kind || len(a.ModelTypes) > 0 && !slices.Contains(a.ModelTypes, kind) {
					continue
				}
				change := map[string]any{}
				if len(a.Methods) > 0 {
					change["fineTuningMethod"] = a.Methods[0]
				}
				if a.Name == "modelSize" {
					change["modelId"] = nil
					change["architectureType"] = map[string]string{"nlp": "LLaMA", "multimodal": "LLaVA", "moe": "Mixtral", "cnn": "ResNet"}[kind]
				}
				fires := func(x float64) bool {
					change[a.Name] = x
					return slices.ContainsFunc(findingsOf(patch(t, call, change)), func(f check.Finding) bool {
						return strings.HasPrefix(f.ID, "range/") && slices.Equal(f.Arguments, []string{a.Name})
					})
				}
				for _, x := range []float64{u.Low, u.High} {
					if fires(x) {
						t.Errorf("%s %s %g is told to be unusual", kind, a.Name, x)
					}
				}
				if overruled[kind+" "+a.Name] {
					continue
				}
				for _, x := range []float64{whole(a, u.High*beyond), math.Floor(u.Low / beyond), u.Low / beyond} {
					if inside(a, x) && x != u.Low && !(u.Zero && x == 0) && whole(a, x) == x && !fires(x) {
						t.Errorf("%s %s %g is told to be usual", kind, a.Name, x)
					}
				}
			}
		}
	}
}

// whole keeps whole numbers whole.
func whole(a schemas.Argument, x float64) float64 {
	if a.Type == "integer" {
		return math.Ceil(x)
	}
	return x
}

// overruled are those of which a graver rule speaks beyond the range, or whose
// range is wider for the call of the test.
var overruled = map[string]bool{
	"moe numActiveExperts": true, "nlp loraAlpha": true, "multimodal loraAlpha": true, "moe loraAlpha": true, "cnn loraAlpha": true,
	"cnn batchSize": true, "multimodal batchSize": true, "cnn weightDecay": true, "moe expertCapacityFactor": true,
}

func inside(a schemas.Argument, x float64) bool {
	b := a.Bounds
	return (b.Minimum == nil || x >= *b.Minimum) && (b.ExclusiveMinimum == nil || x > *b.ExclusiveMinimum) &&
		(b.Maximum == nil || x <= *b.Maximum) && (b.ExclusiveMaximum == nil || x < *b.ExclusiveMaximum)
}

// TestUsualToday holds that what is practised today is never called unusual.
func TestUsualToday(t *testing.T) {
	for name, arguments := range map[string]string{
		"LoRA at 2e-4":              `{"modelType":"nlp","modelId":"llama-7b","precision":"bf16","batchSize":4,"learningRate":2e-4,"optimizer":"adamw","trainingEpochs":3,"fineTuningMethod":"lora","loraRank":16,"loraAlpha":16}`,
		"PEFT's default alpha":      `{"modelType":"nlp","modelId":"llama-7b","precision":"bf16","batchSize":4,"learningRate":2e-4,"optimizer":"adamw","trainingEpochs":3,"fineTuningMethod":"lora","loraRank":8,"loraAlpha":8}`,
		"a rank of 256":             `{"modelType":"nlp","modelId":"llama-7b","precision":"bf16","batchSize":4,"learningRate":2e-4,"optimizer":"adamw","trainingEpochs":3,"fineTuningMethod":"lora","loraRank":256,"loraAlpha":512,"loraTargetModules":["all-linear"]}`,
		"a context of 131072":       `{"modelType":"nlp","modelId":"llama-3.1-8b","precision":"bf16","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3,"sequenceLength":131072}`,
		"a vocabulary of 128256":    `{"modelType":"nlp","modelSize":8,"architectureType":"LLaMA","vocabSize":128256,"precision":"bf16","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3}`,
		"T5 at 1e-3":                `{"modelType":"nlp","modelId":"t5-base","precision":"bf16","batchSize":8,"learningRate":1e-3,"optimizer":"adafactor","trainingEpochs":3}`,
		"SGD at 0.1":                `{"modelType":"cnn","modelId":"resnet50","precision":"fp16","batchSize":256,"learningRate":0.1,"optimizer":"sgd_momentum","trainingEpochs":90,"weightDecay":1e-4}`,
		"a vision transformer":      `{"modelType":"cnn","modelId":"vit_b_16","precision":"bf16","batchSize":64,"learningRate":5e-5,"optimizer":"adamw","trainingEpochs":10,"weightDecay":0.3}`,
		"contrast over 4096":        `{"modelType":"multimodal","modelId":"openai/clip-vit-base-patch32","precision":"bf16","batchSize":4096,"learningRate":1e-5,"optimizer":"adamw","trainingEpochs":30}`,
		"nucleus off":               `{"modelType":"nlp","modelId":"llama-7b","precision":"bf16","batchSize":4,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3,"topP":1}`,
		"prefixes at 2e-2":          `{"modelType":"nlp","modelId":"llama-7b","precision":"bf16","batchSize":4,"learningRate":2e-2,"optimizer":"adamw","trainingEpochs":3,"fineTuningMethod":"prefix","prefixLength":128}`,
		"accumulation switched off": `{"modelType":"nlp","modelId":"llama-7b","precision":"bf16","batchSize":4,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3,"weightDecay":0,"gradientClipping":0,"maxGenerationLength":0}`,
	} {
		for _, f := range findingsOf(arguments) {
			if f.Severity != check.Suggestion {
				t.Errorf("%s: %s %s", name, f.ID, f.Message)
			}
		}
	}
}

// TestUsualBatch holds that a batch beyond the range is unusual where samples
// are not each other's negatives.
func TestUsualBatch(t *testing.T) {
	found := findingsOf(`{"modelType":"multimodal","modelId":"llava-1.5-7b","precision":"bf16","batchSize":128,"learningRate":1e-5,"optimizer":"adamw","trainingEpochs":1}`)
	if !slices.ContainsFunc(found, func(f check.Finding) bool { return f.ID == "range/batch-size" }) {
		t.Errorf("batchSize 128 of LLaVA is told to be usual: %v", told(found))
	}
}
