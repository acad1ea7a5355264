package mcpserver_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/mcpserver"
)

const (
	inferenceTool  = "calculate_inference_vram"
	multimodalTool = "calculate_multimodal_vram"
	alignmentTool  = "calculate_grpo_vram"
)

// asked calls a tool as the other ways in do.
func asked(t *testing.T, name, arguments string) mcpserver.Result {
	t.Helper()
	tool, ok := mcpserver.Find(tools(), name)
	if !ok {
		t.Fatalf("no tool %s", name)
	}
	r, err := tool.Call(t.Context(), json.RawMessage(arguments))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// servedCalls are example calls of the tools for inference and for images.
var servedCalls = []struct{ name, tool, arguments string }{
	{"inference-llama-8b", inferenceTool, `{"modelId":"llama-3.1-8b","batchSize":8,"promptLength":1024,"newTokens":256,"targetGpu":"rtx-4090"}`},
	{"inference-mistral-awq", inferenceTool, `{"modelId":"mistral-7b","quantization":"awq-int4","sequenceLength":8192,"newTokens":512,"detail":"brief"}`},
	{"inference-server", inferenceTool, `{"modelId":"llama-3.1-8b","cacheImplementation":"paged","concurrentRequests":32,"targetGpu":"a100-80gb","detail":"brief"}`},
	{"inference-mixtral-fp8", inferenceTool, `{"modelId":"mixtral-8x7b","quantization":"fp8","detail":"brief"}`},
	{"multimodal-qwen-4-images", multimodalTool, `{"modelId":"qwen2.5-vl-7b","mode":"inference","imagesPerSample":4,"imageWidth":1280,"imageHeight":960,"promptLength":512}`},
	{"multimodal-llava-lora", multimodalTool, `{"modelId":"llava-1.5-7b","loraRank":16,"detail":"brief"}`},
	{"multimodal-clip-256", multimodalTool, `{"modelId":"clip-vit-l-14","mode":"training","batchSize":256,"precision":"fp32","detail":"brief"}`},
	{"grpo-qwen-beta", alignmentTool, `{"modelId":"qwen2.5-1.5b","beta":0.04,"gradientAccumulationSteps":2,"completionLength":1024,"targetGpu":"rtx-4090"}`},
	{"grpo-llama-colocate", alignmentTool, `{"modelId":"llama-3.1-8b","fineTuningMethod":"lora","rollout":"vllm-colocate","targetGpu":"h100","detail":"brief"}`},
	{"dpo-llama-qlora", alignmentTool, `{"modelId":"llama-3.1-8b","algorithm":"dpo","fineTuningMethod":"qlora","sequenceLength":1024,"promptLength":256,"batchSize":2,"detail":"brief"}`},
}

// TestServedAnswers compares answers with reviewed ones and with the published
// schema.
func TestServedAnswers(t *testing.T) {
	for _, test := range servedCalls {
		t.Run(test.name, func(t *testing.T) {
			r := asked(t, test.tool, test.arguments)
			if r.Refused {
				t.Fatal(r.Text)
			}
			tool, _ := mcpserver.Find(tools(), test.tool)
			var v any
			if err := json.Unmarshal(r.Structured, &v); err != nil {
				t.Fatal(err)
			}
			if err := outputSchema(t, tool).Validate(v); err != nil {
				t.Errorf("against the output schema: %v", err)
			}
			var a report.InferenceAnswer
			if err := json.Unmarshal(r.Structured, &a); err != nil {
				t.Fatal(err)
			}
			var sum int64
			for _, c := range a.Estimate.Components {
				sum += int64(c.Bytes)
			}
			if sum != int64(a.Estimate.TotalBytes) {
				t.Errorf("components sum to %d, the total is %d", sum, a.Estimate.TotalBytes)
			}
			var b bytes.Buffer
			if err := json.Indent(&b, r.Structured, "", "  "); err != nil {
				t.Fatal(err)
			}
			golden(t, "answer-"+test.name+".json", append(b.Bytes(), '\n'))
		})
	}
}

// TestInferencePhases demands the phases of inference and a cache among the
// components.
func TestInferencePhases(t *testing.T) {
	a := asked(t, inferenceTool, `{"modelId":"llama-3.1-8b"}`).Answer.(report.InferenceAnswer)
	var phases []string
	for _, p := range a.Estimate.Phases {
		phases = append(phases, p.ID)
	}
	if want := []string{"load", "prefill", "decode"}; !slices.Equal(phases, want) {
		t.Errorf("phases are %v, want %v", phases, want)
	}
	if !slices.ContainsFunc(a.Estimate.Components, func(c report.Component) bool { return c.ID == "kvCache" && c.Formula != "" }) {
		t.Error("no component kvCache with a formula")
	}
	if a.Estimate.Parameters.Trainable != 0 {
		t.Errorf("%v parameters are trainable", a.Estimate.Parameters.Trainable)
	}
}

// TestServerTakesItsShare holds a paged server's total to its share of the card.
func TestServerTakesItsShare(t *testing.T) {
	last := int64(-1)
	for _, share := range []string{"0.5", "0.7", "0.9"} {
		a := asked(t, inferenceTool, `{"modelId":"llama-3.1-8b","cacheImplementation":"paged","targetGpu":"a100-80gb","gpuMemoryUtilization":`+share+`}`).Answer.(report.InferenceAnswer)
		s := a.Server
		switch {
		case s == nil:
			t.Fatalf("share %s: no part about the server", share)
		case a.Estimate.TotalBytes != s.ReserveBytes:
			t.Errorf("share %s: total %d, reserve %d", share, a.Estimate.TotalBytes, s.ReserveBytes)
		case s.CacheTokens <= last:
			t.Errorf("share %s: the cache holds %d tokens, no more than %d", share, s.CacheTokens, last)
		}
		last = s.CacheTokens
	}
}

// badCalls are refused, naming what to send, or warned about.
var badCalls = []struct{ name, tool, arguments, want string }{
	{"no model", inferenceTool, `{}`, "arguments/missing"},
	{"list", inferenceTool, `[]`, "arguments/not-object"},
	{"unknown", inferenceTool, `{"modelId":"llama-7b","promptlength":5}`, "arguments/unknown"},
	{"zero prompt", inferenceTool, `{"modelId":"llama-7b","promptLength":0}`, "arguments/out-of-range"},
	{"lengths", inferenceTool, `{"modelId":"llama-7b","promptLength":5,"newTokens":5,"sequenceLength":11}`, "inference/lengths-disagree"},
	{"part above whole", inferenceTool, `{"modelId":"llama-7b","promptLength":50,"sequenceLength":11}`, "inference/lengths-disagree"},
	{"beyond positions", inferenceTool, `{"modelId":"gpt2","promptLength":1024,"newTokens":1}`, "inference/beyond-positions"},
	{"share", inferenceTool, `{"modelId":"llama-7b","gpuMemoryUtilization":1.1}`, "arguments/out-of-range"},
	{"cache", inferenceTool, `{"modelId":"llama-7b","cacheImplementation":"lru"}`, "arguments/not-a-choice"},
	{"cache precision", inferenceTool, `{"modelId":"llama-7b","cachePrecision":"int4"}`, "model/not-modelled"},
	{"huge", inferenceTool, `{"modelId":"llama-7b","promptLength":10485760,"newTokens":10485760,"batchSize":65536}`, "model/not-modelled"},
	{"classifier", inferenceTool, `{"modelId":"resnet50"}`, "stack/not-modelled"},
	{"text model", multimodalTool, `{"modelId":"llama-7b"}`, "multimodal/not-multimodal"},
	{"mode", multimodalTool, `{"modelId":"llava-1.5-7b","mode":"dreaming"}`, "arguments/not-a-choice"},
	{"method", multimodalTool, `{"modelId":"llava-1.5-7b","mode":"training","fineTuningMethod":"qlora"}`, "multimodal/mode-against-method"},
	{"served form trained", multimodalTool, `{"modelId":"llava-1.5-7b","quantization":"awq-int4","fineTuningMethod":"qlora"}`, "model/not-modelled"},
}

func TestServedBadInput(t *testing.T) {
	for _, test := range badCalls {
		t.Run(test.name, func(t *testing.T) {
			r := asked(t, test.tool, test.arguments)
			if !r.Refused {
				t.Fatalf("answered: %.300s", r.Structured)
			}
			errs := r.Answer.Validated().Errors
			if !slices.ContainsFunc(errs, func(f check.Finding) bool { return f.ID == test.want }) {
				t.Errorf("refused with %v, want %s", errs, test.want)
			}
			if strings.Contains(r.Text, "panic") {
				t.Error(r.Text)
			}
		})
	}
}
