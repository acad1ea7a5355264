package schemas_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/nlp"
	"vramcalc/calc/report"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

const (
	always = `"batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":3`
	llama  = `{"modelType":"nlp","modelId":"llama-7b",` + always
	sized  = `{"modelType":"nlp","architectureType":"LLaMA","precision":"bf16",` + always
)

// resolved takes arguments that must be accepted to their workload.
func resolved(t *testing.T, arguments string) (*nlp.Config, []report.Assumption, []check.Finding) {
	t.Helper()
	args, problems := schemas.Decode[schemas.EstimateArgs]([]byte(arguments))
	w, assumptions, findings := args.Resolve(catalog.Load())
	c, ok := w.(*nlp.Config)
	if !ok {
		t.Fatalf("%s gives %T: %v %v", arguments, w, told(problems), findings)
	}
	return c, assumptions, append(problems, findings...)
}

// grave leaves out suggestions.
func grave(findings []check.Finding) []check.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f check.Finding) bool { return f.Severity == check.Suggestion })
}

func TestDocumentedCall(t *testing.T) {
	c, assumptions, findings := resolved(t, `{"modelType":"nlp","modelSize":7,"architectureType":"LLaMA","precision":"fp16",
		"batchSize":4,"learningRate":2e-5,"optimizer":"AdamW","trainingEpochs":3,"sequenceLength":2048}`)
	if len(grave(findings)) > 0 {
		t.Errorf("findings: %v", findings)
	}
	n, err := calc.Count(c)
	if err != nil || n.Total != 6_738_415_616 || c.Text.Vocab != 32000 {
		t.Errorf("%d parameters, vocabulary %d, %v", n.Total, c.Text.Vocab, err)
	}
	i := slices.IndexFunc(assumptions, func(a report.Assumption) bool { return a.Argument == "modelId" })
	if i < 0 || assumptions[i].Value != "llama-7b" || assumptions[i].Origin != report.Derived {
		t.Errorf("the model taken is not told: %v", assumptions)
	}
}

func TestMissingIsOneFinding(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{`{}`, []string{"arguments/missing modelType,modelSize,architectureType,precision,batchSize,learningRate,optimizer,trainingEpochs"}},
		{`{"modelId":"llama-7b","batchSize":0}`, []string{"arguments/out-of-range batchSize", "arguments/missing modelType,precision,learningRate,optimizer,trainingEpochs"}},
		{`{"modelType":"nlp","modelSize":7,"precision":"bf16",` + always + `}`, []string{"arguments/missing architectureType"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, told(findingsOf(tt.in))); diff != "" {
			t.Errorf("%s mismatch (-want +got):\n%s", tt.in, diff)
		}
	}
}

func TestMethodIsImplied(t *testing.T) {
	tests := []struct {
		arguments    string
		method       workload.Method
		quantization workload.Quantization
	}{
		{`"precision":"bf16"`, workload.Full, workload.NoQuantization},
		{`"precision":"bf16","loraRank":8`, workload.LoRA, workload.NoQuantization},
		{`"precision":"int4"`, workload.QLoRA, workload.NF4},
		{`"precision":"int8","loraRank":8`, workload.QLoRA, workload.Int8},
		{`"precision":"int4","quantization":"nf4-double"`, workload.QLoRA, workload.NF4Double},
		{`"precision":"bf16","quantization":"fp4","fineTuningMethod":"lora"`, workload.QLoRA, workload.FP4},
		{`"precision":"bf16","fineTuningMethod":"qlora"`, workload.QLoRA, workload.NF4},
		{`"precision":"bf16","frozenLayers":0`, workload.Freeze, workload.NoQuantization},
		{`"precision":"bf16","trainableModules":["lm_head"]`, workload.Freeze, workload.NoQuantization},
		{`"precision":"bf16","fineTuningMethod":"prefix"`, workload.Prefix, workload.NoQuantization},
	}
	for _, tt := range tests {
		args, _ := schemas.Decode[schemas.EstimateArgs]([]byte(llama + "," + tt.arguments + "}"))
		w, _, findings := args.Resolve(catalog.Load())
		c, ok := w.(*nlp.Config)
		if !ok {
			t.Errorf("%s is refused: %v", tt.arguments, told(findings))
			continue
		}
		if c.Train.Method != tt.method || c.Adapter.Quantization != tt.quantization {
			t.Errorf("%s means %s and %s, want %s and %s", tt.arguments, c.Train.Method, c.Adapter.Quantization, tt.method, tt.quantization)
		}
	}
}

func TestShapeFromSize(t *testing.T) {
	for _, size := range []string{"0.1", "1", "3", "7", "10", "20", "34", "65", "70", "180", "1000", "9999"} {
		c, _, findings := resolved(t, sized+`,"modelSize":`+size+`}`)
		for _, f := range grave(findings) {
			if f.ID == "range/model-size" {
				continue
			}
			t.Errorf("modelSize %s: %v", size, f)
		}
		text := c.Text
		if text.Hidden%text.Heads != 0 || text.Heads%text.KVHeads != 0 || text.HeadDim*text.Heads != text.Hidden {
			t.Errorf("modelSize %s gives an inconsistent shape: %+v", size, text)
		}
	}
}

func TestGivenDimensionsHold(t *testing.T) {
	tests := []struct {
		arguments string
		want      workload.Text // the fields compared: those not zero
	}{
		{`"modelSize":7,"hiddenSize":5120`, workload.Text{Hidden: 5120, Heads: 40, Layers: 21}},
		{`"modelSize":3,"numLayers":16`, workload.Text{Layers: 16}},
		{`"modelSize":7,"numKeyValueHeads":8`, workload.Text{Hidden: 4096, Layers: 32, KVHeads: 8}},
		{`"modelSize":7,"vocabSize":50000,"intermediateSize":11000`, workload.Text{Vocab: 50000, Intermediate: 11000}},
		{`"modelSize":7,"headDim":64`, workload.Text{HeadDim: 64, RotaryDim: 64, Heads: 32}},
		{`"modelSize":7,"numAttentionHeads":16`, workload.Text{Heads: 16, HeadDim: 256, KVHeads: 16, RotaryDim: 256}},
	}
	for _, tt := range tests {
		c, _, _ := resolved(t, sized+","+tt.arguments+"}")
		got := c.Text
		for _, f := range []struct {
			name       string
			want, have int64
		}{
			{"hidden", tt.want.Hidden, got.Hidden}, {"layers", tt.want.Layers, got.Layers}, {"heads", tt.want.Heads, got.Heads},
			{"key-value heads", tt.want.KVHeads, got.KVHeads}, {"head width", tt.want.HeadDim, got.HeadDim}, {"vocabulary", tt.want.Vocab, got.Vocab},
			{"inner width", tt.want.Intermediate, got.Intermediate}, {"rotary width", tt.want.RotaryDim, got.RotaryDim},
		} {
			if f.want != 0 && f.want != f.have {
				t.Errorf("%s: %s is %d, want %d", tt.arguments, f.name, f.have, f.want)
			}
		}
	}
}

func TestConfigAgreesWithCatalogue(t *testing.T) {
	config := `{"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_act":"silu","hidden_size":4096,"intermediate_size":11008,
		"max_position_embeddings":2048,"num_attention_heads":32,"num_hidden_layers":32,"rms_norm_eps":1e-06,"tie_word_embeddings":false,"vocab_size":32000}`
	pasted, _, findings := resolved(t, `{"modelType":"nlp","precision":"bf16","modelConfig":`+config+`,`+always+`}`)
	if len(grave(findings)) > 0 {
		t.Errorf("findings: %v", findings)
	}
	named, _, _ := resolved(t, llama+`,"precision":"bf16"}`)
	if diff := cmp.Diff(named.Text, pasted.Text); diff != "" {
		t.Errorf("the pasted config differs from the catalogue (-named +pasted):\n%s", diff)
	}
	quoted := strings.NewReplacer("\n", "", "\t", "", `"`, `\"`).Replace(config)
	again, _, findings := resolved(t, `{"modelType":"nlp","precision":"bf16","modelConfig":"`+quoted+`",`+always+`}`)
	if diff := cmp.Diff(pasted, again); diff != "" || !slices.ContainsFunc(findings, func(f check.Finding) bool { return f.ID == check.Quoted.ID }) {
		t.Errorf("the quoted config differs: %v\n%s", told(findings), diff)
	}
}

func TestTargets(t *testing.T) {
	tests := []struct {
		model, given string
		want         []string
	}{
		{"llama-7b", `["q_proj","o_proj"]`, []string{"q_proj", "o_proj"}},
		{"llama-7b", `"all-linear"`, []string{"all-linear"}},
		{"llama-7b", `[".*layers.*(q_proj|v_proj)"]`, []string{".*layers.*(q_proj|v_proj)"}},
		{"llama-7b", `["self_attn.q_proj","mlp.down_proj"]`, []string{"self_attn.q_proj", "mlp.down_proj"}},
		{"llama-7b", `null`, []string{"q_proj", "v_proj"}},
	}
	for _, tt := range tests {
		c, _, _ := resolved(t, `{"modelType":"nlp","modelId":"`+tt.model+`","precision":"bf16","fineTuningMethod":"lora","loraTargetModules":`+tt.given+`,`+always+`}`)
		if diff := cmp.Diff(tt.want, c.Adapter.Targets); diff != "" {
			t.Errorf("%s with %s mismatch (-want +got):\n%s", tt.model, tt.given, diff)
		}
	}
}

func TestNotModelledNamesAll(t *testing.T) {
	findings := grave(findingsOf(llama + `,"precision":"bf16","trainingStack":"megatron","numGpus":8,"zeroStage":3,"cpuOffload":"optimizer","stackOptions":{"a":1}}`))
	if diff := cmp.Diff([]string{"stack/not-modelled cpuOffload,numGpus,stackOptions,trainingStack,zeroStage"}, told(findings)); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}
	if len(findings) == 1 && len(findings[0].Change) != 5 {
		t.Errorf("the change is %v", findings[0].Change)
	}
}

// TestChangesApply sends every rule's Bad example again with the change that
// its finding proposes: the finding must be gone.
func TestChangesApply(t *testing.T) {
	for _, r := range check.All() {
		for _, f := range findingsOf(r.Bad) {
			if f.ID != r.ID || f.Change == nil {
				continue
			}
			patched := patch(t, r.Bad, f.Change)
			if again := findingsOf(patched); slices.ContainsFunc(again, func(g check.Finding) bool { return g.ID == r.ID }) {
				t.Errorf("%s fires again on %s", r.ID, patched)
			}
		}
	}
}

func TestHardware(t *testing.T) {
	c, _, _ := resolved(t, llama+`,"precision":"bf16","targetMemoryGiB":24,"reservedGiB":0}`)
	if c.Hardware.Usable != 24<<30 || c.Hardware.Reserved != 0 || c.Hardware.SMs != 108 {
		t.Errorf("hardware %+v", c.Hardware)
	}
	c, _, _ = resolved(t, llama+`,"precision":"bf16"}`)
	if want := int64(math.Ceil(1.6 * (1 << 30))); c.Hardware.Reserved != want || c.Hardware.Usable != 0 {
		t.Errorf("hardware %+v", c.Hardware)
	}
}

func TestCards(t *testing.T) {
	c, _, findings := resolved(t, llama+`,"precision":"bf16","targetGpu":"NVIDIA H100 80GB HBM3"}`)
	if h := c.Hardware; h.Target != "h100-sxm" || h.SMs != 132 || h.MatmulWorkspace != 32<<20 || h.Usable <= 70<<30 || len(grave(findings)) > 0 {
		t.Errorf("hardware %+v, %v", h, findings)
	}
	c, _, _ = resolved(t, llama+`,"precision":"int4","targetGpu":"V100 32GB"}`)
	if c.Train.Compute() != workload.FP16 {
		t.Errorf("int4 computes in %s on a card without bf16", c.Train.Compute())
	}
	c, _, _ = resolved(t, llama+`,"precision":"int4","targetGpu":"A100 80GB","targetMemoryGiB":20}`)
	if c.Train.Compute() != workload.BF16 || c.Hardware.Usable != 20<<30 || c.Hardware.Target == "" {
		t.Errorf("hardware %+v", c.Hardware)
	}
}

func TestFusedOptimizerName(t *testing.T) {
	c, _, _ := resolved(t, `{"modelType":"nlp","modelId":"llama-7b","precision":"bf16","batchSize":1,"learningRate":2e-5,"optimizer":"adamw_torch_fused","trainingEpochs":3}`)
	if c.Train.Optimizer != workload.AdamW || c.Train.Implementation != workload.Fused {
		t.Errorf("%s, %s", c.Train.Optimizer, c.Train.Implementation)
	}
}
