package mcpserver_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/advise"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/calc/unit"
	"vramcalc/schemas"
)

// answered calls the flagship and gives the answer, not ok where it refuses.
func answered(t *testing.T, arguments []byte) (report.Answer, bool) {
	t.Helper()
	a, ok := direct(t, string(arguments)).Answer.(report.Answer)
	if !ok {
		t.Fatal("the answer is of another type")
	}
	return a, !a.Refused()
}

func patched(t *testing.T, arguments []byte, change map[string]any) []byte {
	t.Helper()
	out, err := schemas.Patch(arguments, change)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// needs is what a call answers: totalBytes, and the tensors at the peak.
type needs struct{ total, tensors unit.Bytes }

// byCall asks the tool.
func byCall(t *testing.T, arguments []byte) (needs, bool) {
	a, ok := answered(t, arguments)
	if !ok {
		return needs{}, false
	}
	return needs{a.Estimate.TotalBytes, a.Estimate.PeakTensorBytes}, true
}

// byEngine asks what the tool asks, without the search for the largest batch
// and sequence that a target brings with it.
func byEngine(t *testing.T, arguments []byte) (needs, bool) {
	args, problems := schemas.Decode[schemas.EstimateArgs](arguments)
	w, _, _ := args.Resolve(catalog.Load())
	if w == nil || check.HasErrors(problems) {
		return needs{}, false
	}
	b, err := calc.Estimate(w)
	if err != nil {
		return needs{}, false
	}
	total := args.FormulaSet.Or(report.Architecture).Total(report.Case{Workload: w, Breakdown: b})
	return needs{total, b.PeakTensor}, true
}

// keepsItsWord applies every piece of advice of a call and compares.
func keepsItsWord(t *testing.T, arguments []byte, ask func(*testing.T, []byte) (needs, bool)) (advice int, accepted bool) {
	t.Helper()
	a, ok := answered(t, arguments)
	if !ok {
		return 0, false
	}
	for _, o := range a.Optimizations {
		brief := patched(t, arguments, map[string]any{"detail": "brief"})
		after, ok := ask(t, patched(t, brief, o.Change))
		switch {
		case !ok:
			t.Errorf("%s: the patch of %s, %v, is refused", arguments, o.ID, o.Change)
		case o.Before != a.Estimate.TotalBytes || o.SavedBytes != int64(o.Before-o.After):
			t.Errorf("%s: %s is before %d and saves %d, the call needs %d", arguments, o.ID, o.Before, o.SavedBytes, a.Estimate.TotalBytes)
		case after.total != o.After:
			t.Errorf("%s: %s promises %d, its patch %v gives %d", arguments, o.ID, o.After, o.Change, after.total)
		case o.Category == "memory" && o.After >= o.Before:
			t.Errorf("%s: %s does not lower the total", arguments, o.ID)
		case o.Category == "memory" && after.tensors >= a.Estimate.PeakTensorBytes:
			t.Errorf("%s: %s does not lower the peak", arguments, o.ID)
		}
		unfit := a.Target != nil && a.Target.Fits == "no"
		if o.Priority == "high" && !unfit && o.Category != "stability" {
			t.Errorf("%s: %s is of high priority though the run fits", arguments, o.ID)
		}
	}
	return len(a.Optimizations), true
}

// TestAdviceOfExamples holds for all that is found for the example calls.
func TestAdviceOfExamples(t *testing.T) {
	files, err := filepath.Glob("../examples/arguments/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no example calls: %v", err)
	}
	for _, file := range files {
		for _, detail := range []string{"standard", "full"} {
			if raced && !strings.HasPrefix(filepath.Base(file), "llama") && !strings.HasPrefix(filepath.Base(file), "resnet") {
				continue // the large ones take minutes under the race detector
			}
			t.Run(filepath.Base(file)+" "+detail, func(t *testing.T) {
				t.Parallel()
				arguments, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if n, _ := keepsItsWord(t, patched(t, arguments, map[string]any{"detail": detail}), byCall); n == 0 {
					t.Error("there is no advice")
				}
			})
		}
	}
}

// TestMoveExamples executes the documentation of every move: it is offered for
// one call and not for the other.
func TestMoveExamples(t *testing.T) {
	offered := func(t *testing.T, id, arguments string) bool {
		t.Helper()
		a, ok := answered(t, patched(t, []byte(arguments), map[string]any{"detail": "full"}))
		if !ok {
			t.Errorf("%s is refused: %s", arguments, a.Summary)
		}
		return slices.ContainsFunc(a.Optimizations, func(o report.Optimization) bool { return o.ID == id })
	}
	for _, m := range advise.All() {
		t.Run(m.ID, func(t *testing.T) {
			t.Parallel()
			if !offered(t, m.ID, m.For) {
				t.Errorf("not offered for %s", m.For)
			}
			if offered(t, m.ID, m.NotFor) {
				t.Errorf("offered for %s", m.NotFor)
			}
		})
	}
}

// generated is how many accepted calls are drawn, and few of them in a short
// test or under the race detector, which takes many times as long.
const generated, few = 500, 60

// TestAdviceOfGenerated draws small runs of all four types.
func TestAdviceOfGenerated(t *testing.T) {
	const groups = 20
	calls := generated / groups
	if testing.Short() || raced {
		calls = few / groups
	}
	for g := range groups {
		t.Run(fmt.Sprint(g), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(7, uint64(g)))
			advice := 0
			for done := 0; done < calls; {
				raw, err := json.Marshal(draw(r))
				if err != nil {
					t.Fatal(err)
				}
				if n, ok := keepsItsWord(t, raw, byEngine); ok {
					advice += n
					done++
				}
			}
			if advice < calls {
				t.Errorf("%d pieces of advice, want at least one for each call", advice)
			}
		})
	}
}

// smallModels are pasted configurations, and classifiers, of few parameters.
var smallModels = []map[string]any{
	{"modelType": "nlp", "modelConfig": raw(`{"model_type":"llama","hidden_size":256,"intermediate_size":512,"num_hidden_layers":2,"num_attention_heads":8,"num_key_value_heads":2,"vocab_size":8000}`)},
	{"modelType": "nlp", "modelConfig": raw(`{"model_type":"gpt2","n_embd":128,"n_layer":2,"n_head":4,"vocab_size":5000}`)},
	{"modelType": "nlp", "modelConfig": raw(`{"model_type":"bert","hidden_size":128,"intermediate_size":256,"num_hidden_layers":2,"num_attention_heads":4,"vocab_size":3000}`)},
	{"modelType": "nlp", "modelConfig": raw(`{"model_type":"t5","d_model":128,"d_ff":256,"d_kv":32,"num_heads":4,"num_layers":2,"vocab_size":4000}`)},
	{"modelType": "moe", "modelConfig": raw(`{"model_type":"mixtral","hidden_size":128,"intermediate_size":256,"num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":2,"vocab_size":4000,"num_local_experts":4,"num_experts_per_tok":2,"sliding_window":null}`)},
	{"modelType": "multimodal", "modelConfig": raw(`{"model_type":"llava","text_config":{"model_type":"llama","hidden_size":128,"intermediate_size":256,"num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":4,"vocab_size":32064},"vision_config":{"model_type":"clip_vision_model","hidden_size":128,"intermediate_size":256,"num_hidden_layers":2,"num_attention_heads":4,"image_size":56,"patch_size":14}}`)},
	{"modelType": "cnn", "modelId": "resnet18"},
	{"modelType": "cnn", "modelId": "mobilenet_v2"},
}

func raw(text string) json.RawMessage { return json.RawMessage(text) }

// choices are the values that a generated call takes, nil for absence.
var choices = map[string][]any{
	"precision":                 {"fp32", "bf16", "bf16", "fp16"},
	"precisionMode":             {nil, nil, nil, "autocast", "pure"},
	"batchSize":                 {1, 2, 3, 4, 8, 16},
	"gradientAccumulationSteps": {nil, nil, 2, 8},
	"learningRate":              {1e-5, 1e-4, 1e-3, 0.05},
	"optimizer":                 {"adamw", "adamw", "adam", "sgd", "sgd_momentum", "adafactor", "lion", "paged_adamw_32bit"},
	"optimizerImplementation":   {nil, nil, "fused", "loop"},
	"trainingEpochs":            {1, 3, 10},
	"weightDecay":               {nil, nil, 0, 0.01, 0.3},
	"warmupSteps":               {nil, nil, 0},
	"gradientClipping":          {nil, nil, 0},
	"gradientCheckpointing":     {nil, false, true},
	"sequenceLength":            {64, 200, 384, 512},
	"targetMemoryGiB":           {nil, nil, nil, nil, nil, nil, nil, nil, nil, 1.8, 2, 3},
	"targetGpu":                 {nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, "A100 80GB", "T4"},
	"fineTuningMethod":          {nil, "full", "full", "lora", "lora", "qlora"},
	"loraRank":                  {8, 64},
	"loraTargetModules":         {nil, nil, []string{"all-linear"}},
	"loraPrecision":             {nil, nil, "model"},
	"attentionImplementation":   {nil, "eager", "sdpa"},
	"lossImplementation":        {nil, nil, "fused"},
	"freezeVisionEncoder":       {nil, true},
	"expertsImplementation":     {nil, "loop"},
	"loadBalanceLossWeight":     {nil, 0},
	"inputImageSize":            {64, 96, 256},
	"channelsLast":              {nil, true},
	"freezeBatchNorm":           {nil, true},
	"labelSmoothing":            {nil, nil, 0},
	"formulaSet":                {nil, nil, nil, nil, "guide"},
	"detail":                    {nil, nil, nil, nil, nil, nil, nil, "full"},
}

// draw makes a call of those arguments that apply.
func draw(r *rand.Rand) map[string]any {
	call := map[string]any{}
	for name, v := range smallModels[r.IntN(len(smallModels))] {
		call[name] = v
	}
	for _, a := range schemas.Arguments() {
		values, drawn := choices[a.Name]
		if !drawn || len(a.ModelTypes) > 0 && !slices.Contains(a.ModelTypes, call["modelType"].(string)) {
			continue
		}
		v := values[r.IntN(len(values))]
		method, _ := call["fineTuningMethod"].(string)
		switch {
		case v == nil, call["modelType"] == "cnn" && a.Name == "fineTuningMethod":
		case len(a.Methods) > 0 && !slices.Contains(a.Methods, method):
		default:
			call[a.Name] = v
		}
	}
	return call
}
