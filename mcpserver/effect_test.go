package mcpserver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"vramcalc/calc/report"
)

// timedRuns are runs of known length on named cards.
var timedRuns = map[string]string{
	"adapters with room": `{"modelType":"nlp","modelId":"qwen2-0.5b","fineTuningMethod":"lora","precision":"bf16","batchSize":2,"gradientAccumulationSteps":16,
		"gradientCheckpointing":true,"learningRate":1e-4,"optimizer":"adamw","trainingEpochs":8,"sequenceLength":512,"targetGpu":"A100 80GB","datasetSamples":50000}`,
	"adapters that do not fit": `{"modelType":"nlp","modelId":"qwen2-0.5b","fineTuningMethod":"lora","precision":"bf16","batchSize":64,
		"learningRate":1e-4,"optimizer":"adamw","trainingEpochs":1,"sequenceLength":1024,"targetGpu":"RTX 4090","datasetTokens":1e7}`,
	"classifier": `{"modelType":"cnn","modelId":"resnet18","precision":"bf16","batchSize":32,"learningRate":0.01,"optimizer":"sgd_momentum",
		"trainingEpochs":30,"targetGpu":"L4","datasetSamples":1e6}`,
	"experts": `{"modelType":"moe","modelConfig":{"model_type":"mixtral","hidden_size":256,"intermediate_size":512,"num_hidden_layers":4,"num_attention_heads":8,
		"num_key_value_heads":2,"vocab_size":32000,"num_local_experts":8,"num_experts_per_tok":2,"sliding_window":null},"precision":"bf16","batchSize":4,"learningRate":1e-4,"optimizer":"adamw",
		"trainingEpochs":2,"sequenceLength":256,"gradientCheckpointing":true,"targetGpu":"H100","datasetSamples":1e5}`,
}

// TestEffect: what a piece of advice says about hours and rent is what the
// patched call answers, and decides its priority.
func TestEffect(t *testing.T) {
	for name, arguments := range timedRuns {
		for _, detail := range []string{"standard", "full"} {
			t.Run(name+" "+detail, func(t *testing.T) {
				t.Parallel()
				call := patched(t, []byte(arguments), map[string]any{"detail": detail})
				a, ok := answered(t, call)
				if !ok || a.Cost == nil || a.Cost.Hours == nil || len(a.Optimizations) == 0 {
					t.Fatalf("no hours or no advice: %s", a.Summary)
				}
				for _, o := range a.Optimizations {
					if o.Effect == nil {
						t.Errorf("%s has no effect on time", o.ID)
						continue
					}
					after, _ := analyzed(t, string(patched(t, call, o.Change)))
					if len(after.Costs()) != 1 || after.Costs()[0].Hours == nil {
						t.Errorf("%s: the patched call tells no hours: %s", o.ID, after.Summary)
						continue
					}
					want := &report.Effect{
						HoursBefore: a.Cost.Hours, HoursAfter: after.Costs()[0].Hours,
						USDBefore: a.Cost.RentUSD.OnDemand, USDAfter: after.Costs()[0].RentUSD.OnDemand,
					}
					if diff := cmp.Diff(want, o.Effect); diff != "" {
						t.Errorf("%s (-calls +advice):\n%s", o.ID, diff)
					}
					if want := priorityOf(o); o.Priority != want && o.Priority != "high" {
						t.Errorf("%s is of priority %s, want %s: %+v", o.ID, o.Priority, want, o)
					}
				}
			})
		}
	}
}

// priorityOf is the documented one of a run that fits.
func priorityOf(o report.Optimization) string {
	saved := func(before, after float64) bool { return before > 0 && 1-after/before >= 0.1 }
	e := o.Effect
	if saved(float64(o.Before), float64(o.After)) || saved(*e.HoursBefore, *e.HoursAfter) || saved(*e.USDBefore, *e.USDAfter) {
		return "medium"
	}
	return "low"
}

// TestCostMovesPay: no move for the sake of cost is dearer and slower.
func TestCostMovesPay(t *testing.T) {
	seen := 0
	for _, arguments := range timedRuns {
		a, _ := answered(t, patched(t, []byte(arguments), map[string]any{"detail": "full"}))
		for _, o := range a.Optimizations {
			if e := o.Effect; o.Category == "cost" && o.Priority != "high" {
				seen++
				if *e.HoursAfter >= *e.HoursBefore && *e.USDAfter >= *e.USDBefore {
					t.Errorf("%s saves nothing: %+v", o.ID, e)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no run has a move for cost")
	}
}

// TestNoInventedHours: without a data set or a card advice tells no time.
func TestNoInventedHours(t *testing.T) {
	for _, missing := range []string{"datasetSamples", "targetGpu"} {
		call := patched(t, []byte(timedRuns["adapters with room"]), map[string]any{missing: nil})
		a, ok := answered(t, call)
		if !ok || len(a.Optimizations) == 0 {
			t.Fatalf("no advice: %s", a.Summary)
		}
		for _, o := range a.Optimizations {
			if o.Effect != nil {
				t.Errorf("without %s %s has an effect of %+v", missing, o.ID, o.Effect)
			}
		}
	}
}
