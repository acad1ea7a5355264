package mcpserver_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"vramcalc/calc/say"
	"vramcalc/mcpserver"
)

// english is prose in English: three words in a row, that are not quoted.
var (
	english = regexp.MustCompile(`\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b`)
	quoted  = regexp.MustCompile(`"[^"]*"`)
)

func inEnglish(s string) bool { return english.MatchString(quoted.ReplaceAllString(s, "")) }

// textsOf are the texts of an answer.
func textsOf(v reflect.Value) []say.Text {
	if v.Type() == reflect.TypeFor[say.Text]() {
		return []say.Text{v.Interface().(say.Text)}
	}
	var out []say.Text
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			out = textsOf(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, textsOf(v.Index(i))...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out = append(out, textsOf(v.Field(i))...)
			}
		}
	}
	return out
}

// inChinese calls a tool and looks for English in what it tells.
func inChinese(t *testing.T, tool string, arguments []byte) mcpserver.Result {
	t.Helper()
	row, ok := mcpserver.Find(tools(), tool)
	if !ok {
		t.Fatalf("no tool %s", tool)
	}
	r, err := row.Call(t.Context(), patched(t, arguments, map[string]any{"language": "zh"}))
	if err != nil {
		t.Fatal(err)
	}
	texts := textsOf(reflect.ValueOf(r.Answer))
	if len(texts) == 0 {
		t.Errorf("%s %s tells nothing", tool, arguments)
	}
	for _, text := range texts {
		if s := text.String(); inEnglish(s) {
			t.Errorf("%s: %s", tool, s)
		}
	}
	if r.Refused && inEnglish(r.Text) {
		t.Errorf("%s refuses: %s", tool, r.Text)
	}
	return r
}

// TestInChinese: every tool answers, and refuses, in Chinese alone where it is
// asked to.
func TestInChinese(t *testing.T) {
	examples, err := filepath.Glob("../examples/arguments/*.json")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no example calls: %v", err)
	}
	for _, file := range examples {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			arguments, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			inChinese(t, flagship, patched(t, arguments, map[string]any{"formulaSet": "guide", "datasetSamples": 1e5}))
		})
	}
	for _, call := range []struct{ tool, arguments string }{
		{"recommend_gpu", `{"neededGiB":130,"targetGpu":"A100 80GB","detail":"full"}`},
		{"recommend_gpu", `{"neededGiB":1e5}`},
		{"recommend_gpu", `{}`},
		{"analyze_cost", `{` + loraRun + `}`},
		{"analyze_cost", `{` + loraRun + `,"targetGpu":"h100-nvl","precision":"fp32"}`},
		{"describe_model", `{"modelId":"mixtral-8x7b"}`},
		{"describe_model", `{"modelId":"no-such-model"}`},
		{"compare_configurations", `{"configurations":[{"name":"a","modelId":"gpt2"},{"name":"b","modelId":"gpt2","batchSize":8,"targetGpu":"T4"}]}`},
		{"compare_configurations", `{"configurations":[{"modelId":"gpt2"}]}`},
		{"diagnose_oom", `{"errorText":"torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 23.64 GiB of which 1.10 GiB is free. Including non-PyTorch memory, this process has 22.52 GiB memory in use. Of the allocated memory 16.00 GiB is allocated by PyTorch, and 6.02 GiB is reserved by PyTorch but unallocated."}`},
		{"diagnose_oom", `{"errorText":"nothing of the kind"}`},
		{"calculate_inference_vram", `{"modelId":"llama-7b","cacheImplementation":"paged","concurrentRequests":8,"targetGpu":"A100 80GB"}`},
		{"calculate_multimodal_vram", `{"modelId":"llava-1.5-7b"}`},
		{"calculate_finetuning_vram", `{"modelId":"gpt2","lora_rank":8,"batchSize":"x"}`},
		{"calculate_training_vram", `{"modelId":"gpt2","fineTuningMethod":"lora"}`},
		{"calculate_finetuning_vram", `{"modelId":"gpt2","numGpus":4,"zeroStage":3,"trainingStack":"deepspeed","datasetSamples":1e5,"detail":"full"}`},
		{"calculate_finetuning_vram", `{"modelId":"llama-7b","numGpus":4,"trainingStack":"fsdp2","fineTuningMethod":"qlora","detail":"full"}`},
		{"calculate_finetuning_vram", `{"modelId":"llama-7b","tensorParallelSize":2,"detail":"full"}`},
		{"calculate_finetuning_vram", `{"modelId":"llama-7b","contextParallelSize":2,"detail":"full"}`},
		{"calculate_finetuning_vram", `{"modelId":"llama-7b","pipelineParallelSize":2,"stackOptions":{"microbatches":1,"version":"4.45"},"detail":"full"}`},
		{"calculate_finetuning_vram", `{"modelId":"llama-7b","trainingStack":"trl-sft","stackOptions":{"version":"4.45","nonsense":1}}`},
		{"calculate_finetuning_vram", `{"modelId":"llama-7b","trainingStack":"trl-sft","stackOptions":{"version":"4.45"},"detail":"full"}`},
		{"calculate_grpo_vram", `{"modelId":"llama-7b","loraRank":16,"batchSize":8,"rollout":"vllm-colocate","detail":"full"}`},
		{"calculate_grpo_vram", `{"modelId":"gpt2","algorithm":"dpo","detail":"full","targetGpu":"T4"}`},
		{"calculate_grpo_vram", `{"modelId":"gpt2","algorithm":"orpo","numGpus":2}`},
		{"recommend_gpu", `{"modelId":"llama-7b","batchSize":4,"detail":"full"}`},
		{flagship, `{"modelType":"cnn","modelId":"resnet50","precision":"bf16","kernelSize":4,"batchSize":0}`},
		{flagship, `{"modelConfig":{"model_type":"llama","hidden_size":-1}}`},
	} {
		t.Run(call.tool+" "+call.arguments, func(t *testing.T) {
			t.Parallel()
			inChinese(t, call.tool, []byte(call.arguments))
		})
	}
}

// TestChineseAnswers compares an answer and a refusal with reviewed ones.
func TestChineseAnswers(t *testing.T) {
	example, err := os.ReadFile("../examples/arguments/llama-7b-lora.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, arguments := range map[string][]byte{
		"llama-7b-lora": example,
		"refusal":       []byte(`{"modelType":"nlp","modelId":"llama-7b","precision":"bf17","batchSize":"many","lora_rank":8,"targetGpu":"RTX 9999"}`),
	} {
		r := inChinese(t, flagship, arguments)
		var b bytes.Buffer
		if err := json.Indent(&b, r.Structured, "", "  "); err != nil {
			t.Fatal(err)
		}
		if r.Refused {
			b.WriteString("\n" + r.Text)
		}
		b.WriteByte('\n')
		golden(t, "answer-zh-"+name+".json", b.Bytes())
	}
}

// TestLanguageChangesProseAlone: numbers, ids and patches are the same in every
// language.
func TestLanguageChangesProseAlone(t *testing.T) {
	arguments := []byte(strings.TrimSuffix(llama, "}") + `,"detail":"full","targetGpu":"A100 80GB"}`)
	read := func(language string) any {
		var v any
		if err := json.Unmarshal(direct(t, string(patched(t, arguments, map[string]any{"language": language}))).Structured, &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	same(t, "", read("en"), read("zh"))
}

// prose are the members of answers that hold it.
var prose = map[string]bool{
	"summary": true, "message": true, "fix": true, "why": true, "title": true, "reason": true, "tradeoff": true,
	"label": true, "note": true, "notes": true,
}

func same(t *testing.T, at string, en, zh any) {
	t.Helper()
	switch x := en.(type) {
	case map[string]any:
		y, ok := zh.(map[string]any)
		if !ok || len(x) != len(y) {
			t.Fatalf("%s: %v is not %v", at, zh, en)
		}
		for name := range x {
			if prose[name] && !strings.Contains(at, ".tensors") {
				if _, there := y[name]; !there {
					t.Errorf("%s.%s is missing", at, name)
				}
				continue
			}
			same(t, at+"."+name, x[name], y[name])
		}
	case []any:
		y, ok := zh.([]any)
		if !ok || len(x) != len(y) {
			t.Fatalf("%s: %v is not %v", at, zh, en)
		}
		for i := range x {
			same(t, at, x[i], y[i])
		}
	default:
		if en != zh {
			t.Errorf("%s: %v is not %v", at, zh, en)
		}
	}
}
