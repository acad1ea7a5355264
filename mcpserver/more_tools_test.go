package mcpserver_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vramcalc/calc/report"
	"vramcalc/mcpserver"
)

const (
	trainingTool   = "calculate_training_vram"
	finetuningTool = "calculate_finetuning_vram"
	compareTool    = "compare_configurations"
	diagnoseTool   = "diagnose_oom"
)

// failedRun is a QLoRA run that went out of memory, as its user pastes it.
const failedRun = `"errorText":"torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 296.00 MiB. GPU 0 has a total capacity of 23.52 GiB of which 186.00 MiB is free. Including non-PyTorch memory, this process has 23.33 GiB memory in use. Of the allocated memory 22.71 GiB is allocated by PyTorch, and 145.00 MiB is reserved by PyTorch but unallocated."`

// someCalls are calls of the tools beside the flagship whose answers are kept.
var someCalls = []struct{ golden, tool, arguments string }{
	{"training-gpt2", trainingTool, `{"modelId":"gpt2","batchSize":8,"sequenceLength":1024,"targetMemoryGiB":24}`},
	{"training-resnet50", trainingTool, `{"modelId":"resnet50","batchSize":64,"optimizer":"sgd_momentum"}`},
	{"finetuning-qlora", finetuningTool, `{"modelId":"qwen2.5-7b","fineTuningMethod":"qlora","gradientCheckpointing":true,"targetGpu":"rtx-4090"}`},
	{"finetuning-prefix", finetuningTool, `{"modelId":"llama-7b","fineTuningMethod":"prefix","detail":"brief"}`},
	{"compare-methods", compareTool, `{"configurations":[{"name":"full","modelId":"llama-7b","targetGpu":"a100-80gb-sxm"},{"name":"LoRA","modelId":"llama-7b","loraRank":16},{"name":"smaller","modelId":"gpt2","batchSize":4}]}`},
	{"diagnose-message", diagnoseTool, `{"errorText":"RuntimeError: CUDA out of memory. Tried to allocate 2.34 GiB (GPU 1; 39.59 GiB total capacity; 27.40 GiB already allocated; 1.20 GiB free; 36.72 GiB reserved in total by PyTorch)"}`},
	{"diagnose-workload", diagnoseTool, `{"modelId":"qwen2.5-7b","fineTuningMethod":"qlora","batchSize":2,` + failedRun + `}`},
}

func named(t *testing.T, name string) mcpserver.Tool {
	t.Helper()
	tool, ok := mcpserver.Find(tools(), name)
	if !ok {
		t.Fatalf("no tool %s", name)
	}
	return tool
}

// ask calls a tool and holds the answer against its schema.
func ask(t *testing.T, name, arguments string) mcpserver.Result {
	t.Helper()
	tool := named(t, name)
	r, err := tool.Call(t.Context(), json.RawMessage(arguments))
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(r.Structured, &v); err != nil {
		t.Fatal(err)
	}
	if err := outputSchema(t, tool).Validate(v); err != nil {
		t.Errorf("%s: against the output schema: %v", name, err)
	}
	return r
}

// TestMoreAnswers compares answers with reviewed ones, and the plain form and
// the protocol with both.
func TestMoreAnswers(t *testing.T) {
	web := serve(t, &mcpserver.HTTP{})
	memory := inMemory(t, newServer(), "2025-11-25")
	for _, test := range someCalls {
		t.Run(test.golden, func(t *testing.T) {
			r := ask(t, test.tool, test.arguments)
			if r.Refused {
				t.Fatal(r.Text)
			}
			var b bytes.Buffer
			if err := json.Indent(&b, r.Structured, "", "  "); err != nil {
				t.Fatal(err)
			}
			b.WriteByte('\n')
			golden(t, "answer-"+test.golden+".json", b.Bytes())
			golden(t, "answer-"+test.golden+".txt", []byte(r.Answer.Text()))

			status, body := post(t, web.URL, "application/json", `{"name":"`+test.tool+`","arguments":`+test.arguments+`}`)
			var plain struct{ StructuredContent json.RawMessage }
			if err := json.Unmarshal([]byte(body), &plain); err != nil || status != 200 {
				t.Fatalf("plain form: status %d, %v", status, err)
			}
			if normal(t, plain.StructuredContent) != normal(t, r.Structured) {
				t.Error("the plain form answers otherwise")
			}
			answer, err := memory.CallTool(t.Context(), &mcp.CallToolParams{Name: test.tool, Arguments: json.RawMessage(test.arguments)})
			if err != nil || answer.IsError || normal(t, answer.StructuredContent) != normal(t, r.Structured) {
				t.Errorf("MCP answers otherwise: %v", err)
			}
		})
	}
}

// TestMoreBadInput refuses what no caller should send, with problems to read.
func TestMoreBadInput(t *testing.T) {
	web := serve(t, &mcpserver.HTTP{})
	for _, test := range []struct{ name, tool, arguments string }{
		{"nothing", trainingTool, `{}`},
		{"adapters from scratch", trainingTool, `{"modelId":"gpt2","fineTuningMethod":"lora"}`},
		{"stored weights from scratch", trainingTool, `{"modelId":"gpt2","precision":"int4"}`},
		{"quantized from scratch", trainingTool, `{"modelId":"gpt2","quantization":"nf4"}`},
		{"list", finetuningTool, `[]`},
		{"no model", finetuningTool, `{"fineTuningMethod":"lora"}`},
		{"unknown argument", finetuningTool, `{"modelId":"gpt2","lora_rank":4}`},
		{"wrong types", finetuningTool, `{"modelId":7,"batchSize":[],"fineTuningMethod":"x"}`},
		{"nothing", compareTool, `{}`},
		{"one", compareTool, `{"configurations":[{"modelId":"gpt2"}]}`},
		{"nine", compareTool, `{"configurations":[{},{},{},{},{},{},{},{},{}]}`},
		{"no objects", compareTool, `{"configurations":[1,2]}`},
		{"one refused", compareTool, `{"configurations":[{"modelId":"gpt2"},{"modelId":"gpt2","batchSize":0}]}`},
		{"a name twice", compareTool, `{"configurations":[{"name":"a","modelId":"gpt2"},{"name":"a","modelId":"gpt2"}]}`},
		{"an argument twice", compareTool, `{"configurations":[{"modelId":"gpt2","batchSize":1,"batchSize":2},{"modelId":"gpt2"}]}`},
		{"nothing", diagnoseTool, `{}`},
		{"no text", diagnoseTool, `{"errorText":7}`},
		{"no message", diagnoseTool, `{"errorText":"it crashed"}`},
		{"too long", diagnoseTool, `{"errorText":"` + string(bytes.Repeat([]byte("x"), 200_000)) + `"}`},
		{"workload refused", diagnoseTool, `{"modelId":"nope",` + failedRun + `}`},
	} {
		t.Run(test.tool+"/"+test.name, func(t *testing.T) {
			r := ask(t, test.tool, test.arguments)
			if !r.Refused || len(r.Answer.Validated().Errors) == 0 {
				t.Fatalf("answered: %.300s", r.Structured)
			}
			if n := len(r.Text); n > 11_000 {
				t.Errorf("the text has %d characters", n)
			}
			if status, body := post(t, web.URL, "application/json", `{"name":"`+test.tool+`","arguments":`+test.arguments+`}`); status != 422 {
				t.Errorf("plain form: status %d, body %.200s; want 422", status, body)
			}
		})
	}
}

// TestFewArguments: the tools of few arguments give the flagship's numbers.
func TestFewArguments(t *testing.T) {
	want := direct(t, `{"modelType":"nlp","modelId":"gpt2","precision":"bf16","batchSize":1,"learningRate":2e-5,"optimizer":"adamw","trainingEpochs":1,"detail":"brief"}`).Answer.(report.Answer).Estimate.TotalBytes
	for _, tool := range []string{trainingTool, finetuningTool} {
		if got := ask(t, tool, `{"modelId":"gpt2","detail":"brief"}`).Answer.(report.Answer).Estimate.TotalBytes; got != want {
			t.Errorf("%s: %d bytes, the flagship says %d", tool, got, want)
		}
	}
	a := ask(t, trainingTool, `{"modelId":"gpt2","loraRank":4,"detail":"brief"}`).Answer.(report.Answer)
	if a.Estimate.TotalBytes != want || len(a.Validation.Warnings) != 1 {
		t.Errorf("loraRank from scratch: %d bytes, %+v; want it told and ignored", a.Estimate.TotalBytes, a.Validation.Warnings)
	}
}

// TestPatchesApply sends every patch of a diagnosis with the workload: the total
// is what was said.
func TestPatchesApply(t *testing.T) {
	const workload = `{"modelId":"qwen2.5-7b","fineTuningMethod":"qlora","batchSize":2`
	d := ask(t, diagnoseTool, workload+","+failedRun+"}").Answer.(report.Diagnosis)
	if len(d.Patches) < 3 || d.Phase == nil || d.Cause.ID != "capacity" {
		t.Fatalf("%d patches, phase %+v, cause %+v", len(d.Patches), d.Phase, d.Cause)
	}
	fits := false
	for _, p := range d.Patches {
		if p.Change == nil {
			continue
		}
		fits = fits || *p.Fits
		arguments := patched(t, patched(t, []byte(workload+"}"), p.Change), map[string]any{"detail": "brief"})
		got := ask(t, finetuningTool, string(arguments)).Answer.(report.Answer)
		if got.Estimate == nil || got.Estimate.TotalBytes != *p.After {
			t.Errorf("%s: %s, want %d bytes", p.ID, got.Summary, *p.After)
		}
		if *p.SavedBytes != int64(*p.Before-*p.After) || *p.SavedBytes <= 0 {
			t.Errorf("%s: saves %d", p.ID, *p.SavedBytes)
		}
	}
	if !fits {
		t.Error("no patch makes it fit")
	}
}

// TestDiagnosedWithoutModel: arguments of a workload without its model are told.
func TestDiagnosedWithoutModel(t *testing.T) {
	d := ask(t, diagnoseTool, `{"batchSize":4,`+failedRun+`}`).Answer.(report.Diagnosis)
	if d.Estimate != nil || len(d.Validation.Warnings) != 1 {
		t.Errorf("%+v, want one warning", d.Validation)
	}
}

// TestMoves sends what a difference says: the first configuration with another's
// value takes as many bytes more.
func TestMoves(t *testing.T) {
	s := ask(t, compareTool, `{"configurations":[{"modelId":"gpt2","batchSize":2,"name":"a"},{"modelId":"gpt2-medium","batchSize":4,"gradientCheckpointing":true,"name":"b"}]}`).Answer.(report.SideBySide)
	total := func(arguments string) int64 {
		return int64(ask(t, finetuningTool, arguments).Answer.(report.Answer).Estimate.TotalBytes)
	}
	before := total(`{"modelId":"gpt2","batchSize":2,"detail":"brief"}`)
	want := map[string]int64{
		"modelId":               total(`{"modelId":"gpt2-medium","batchSize":2,"detail":"brief"}`) - before,
		"batchSize":             total(`{"modelId":"gpt2","batchSize":4,"detail":"brief"}`) - before,
		"gradientCheckpointing": total(`{"modelId":"gpt2","batchSize":2,"gradientCheckpointing":true,"detail":"brief"}`) - before,
	}
	if len(s.Differences) != len(want) || int64(s.Rows[0].TotalBytes) != before {
		t.Errorf("%d differences, first total %d; want %d and %d", len(s.Differences), s.Rows[0].TotalBytes, len(want), before)
	}
	for _, d := range s.Differences {
		if m := d.Cells[1].MovesBytes; m == nil || *m != want[d.Arguments[0]] {
			t.Errorf("%s moves %v, want %d", d.Arguments, m, want[d.Arguments[0]])
		}
	}
}
