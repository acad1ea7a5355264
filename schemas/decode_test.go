package schemas_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// told is a finding reduced to what a test compares: id and arguments.
func told(findings []schemas.Problem) []string {
	var out []string
	for _, f := range findings {
		out = append(out, strings.TrimSpace(f.ID+" "+strings.Join(f.Arguments, ",")))
	}
	return out
}

func TestDecodeProblems(t *testing.T) {
	deep := `{"modelConfig":` + strings.Repeat(`[`, 40) + strings.Repeat(`]`, 40) + `}`
	tests := []struct {
		name string
		in   string
		want []string
	}{
		{"nothing", ``, nil},
		{"null", ` null `, nil},
		{"empty object", `{}`, nil},
		{"null is absent", `{"batchSize":null}`, nil},
		{"unknown null is absent", `{"lora_rank":null}`, nil},
		{"a client's own argument", `{"wait_for_previous":true}`, nil},
		{"cut off", `{"batchSize":1`, []string{"arguments/not-json"}},
		{"trailing text", `{} {}`, []string{"arguments/not-json"}},
		{"NaN", `{"batchSize":NaN}`, []string{"arguments/not-json"}},
		{"Infinity", `{"learningRate":Infinity}`, []string{"arguments/not-json"}},
		{"list", `[1]`, []string{"arguments/not-object"}},
		{"string", `"nlp"`, []string{"arguments/not-object"}},
		{"deep", deep, []string{"arguments/too-deep"}},
		{"twice", `{"batchSize":1,"batchSize":2}`, []string{"arguments/duplicate batchSize"}},
		{"unknown", `{"batch_size":1}`, []string{"arguments/unknown batch_size"}},
		{"all at once", `{"foo":1,"batchSize":"x","precision":"fp7","loraRank":0}`, []string{
			"arguments/not-a-choice precision", "arguments/out-of-range loraRank", "arguments/unknown foo", "arguments/wrong-type batchSize"}},
		{"too small", `{"batchSize":0}`, []string{"arguments/out-of-range batchSize"}},
		{"too large", `{"batchSize":65537}`, []string{"arguments/out-of-range batchSize"}},
		{"beyond any float", `{"batchSize":1e999}`, []string{"arguments/out-of-range batchSize"}},
		{"huge", `{"modelSize":1e308}`, []string{"arguments/out-of-range modelSize"}},
		{"zero excluded", `{"learningRate":0}`, []string{"arguments/out-of-range learningRate"}},
		{"not whole", `{"batchSize":1.5}`, []string{"arguments/wrong-type batchSize"}},
		{"whole in other writing", `{"batchSize":1e1,"loraRank":16.0}`, nil},
		{"quoted number", `{"batchSize":" 16 "}`, []string{"arguments/quoted batchSize"}},
		{"quoted NaN", `{"learningRate":"NaN"}`, []string{"arguments/wrong-type learningRate"}},
		{"quoted hexadecimal", `{"batchSize":"0x10"}`, []string{"arguments/wrong-type batchSize"}},
		{"quoted boolean", `{"gradientCheckpointing":"True"}`, []string{"arguments/quoted gradientCheckpointing"}},
		{"number for boolean", `{"gradientCheckpointing":1}`, []string{"arguments/wrong-type gradientCheckpointing"}},
		{"object for number", `{"batchSize":{}}`, []string{"arguments/wrong-type batchSize"}},
		{"number for choice", `{"precision":16}`, []string{"arguments/wrong-type precision"}},
		{"bare string for list", `{"loraTargetModules":"q_proj"}`, nil},
		{"list in quotes", `{"loraTargetModules":"[\"q_proj\"]"}`, []string{"arguments/quoted loraTargetModules"}},
		{"empty list", `{"loraTargetModules":[]}`, []string{"arguments/out-of-range loraTargetModules"}},
		{"list of wrong things", `{"loraTargetModules":[1]}`, []string{"arguments/wrong-type loraTargetModules"}},
		{"list of unknown choices", `{"dataAugmentationStrategy":["RandomCrop","blur"]}`, []string{"arguments/not-a-choice dataAugmentationStrategy"}},
		{"length out of range", `{"sampleLengths":[10,0]}`, []string{"arguments/out-of-range sampleLengths"}},
		{"config in quotes", `{"modelConfig":"{\"model_type\":\"llama\"}"}`, []string{"arguments/quoted modelConfig"}},
		{"config that is none", `{"modelConfig":"llama"}`, []string{"arguments/wrong-type modelConfig"}},
		{"number for name", `{"modelId":7}`, []string{"arguments/wrong-type modelId"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := schemas.Decode[schemas.EstimateArgs]([]byte(tt.in))
			if diff := cmp.Diff(tt.want, told(problems)); diff != "" {
				t.Errorf("Decode(%s) mismatch (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func TestDecodeValues(t *testing.T) {
	a, problems := schemas.Decode[schemas.EstimateArgs]([]byte(`{
		"modelType": "NLP", "architectureType": "switch-transformer", "precision": "BF16",
		"batchSize": "4", "optimizer": "adamw_torch_fused", "loraTargetModules": "q_proj",
		"sampleLengths": [3, 5], "dataAugmentationStrategy": ["randomcrop"]}`))
	if len(problems) != 1 {
		t.Errorf("problems: %v", told(problems))
	}
	got := []any{
		a.ModelType.Or(0), a.ArchitectureType.Or(0), a.Precision.Or(0), a.BatchSize.Or(0), a.Optimizer.Or(schemas.OptimizerName{}),
		a.LoRATargetModules.Or(nil), a.SampleLengths.Or(nil), a.DataAugmentationStrategy.Or(nil), a.LoRARank.IsSet(), a.WasSent("batchSize"), a.WasSent("loraRank"),
	}
	want := []any{
		workload.NLP, workload.ArchSwitch, workload.BF16, int64(4), schemas.OptimizerName{Optimizer: workload.AdamW, Form: workload.Fused},
		[]string{"q_proj"}, []int64{3, 5}, []workload.Augmentation{workload.RandomCrop}, false, true, false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Decode mismatch (-want +got):\n%s", diff)
	}
}

func TestDecodeProposes(t *testing.T) {
	tests := []struct{ in, fix, change string }{
		{`{"batch_size":4}`, "batchSize", `map[batchSize:[52] batch_size:<nil>]`},
		{`{"learning_rat":1}`, "learningRate", ``},
		{`{"optimizer":"adamm"}`, "adam", `map[optimizer:adam]`},
		{`{"batchSize":"16"}`, "16", `map[batchSize:16]`},
		{`{"precision":"fp7"}`, "bf16", ``},
		{`{"batchSize":"many"}`, "1 to 65536", ``},
	}
	for _, tt := range tests {
		_, problems := schemas.Decode[schemas.EstimateArgs]([]byte(tt.in))
		if len(problems) != 1 || !strings.Contains(problems[0].Fix, tt.fix) {
			t.Errorf("Decode(%s) proposes %+v, want %q", tt.in, problems, tt.fix)
			continue
		}
		if got := fmt.Sprint(problems[0].Change); tt.change != "" && got != tt.change {
			t.Errorf("Decode(%s) changes %s, want %s", tt.in, got, tt.change)
		}
	}
}

func TestDecodeBoundsUnknownNames(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"batchSize":1`)
	for i := range 5000 {
		fmt.Fprintf(&b, `,"strange%d":1`, i)
	}
	b.WriteString(`}`)
	_, problems := schemas.Decode[schemas.EstimateArgs]([]byte(b.String()))
	if len(problems) != 21 || !strings.Contains(problems[20].Message, "4980 more") {
		t.Errorf("%d problems, the last %v", len(problems), problems[len(problems)-1])
	}
}
