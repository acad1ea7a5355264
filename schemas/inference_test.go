package schemas_test

import (
	"encoding/json"
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// TestLengths: any two of prompt, new tokens and their sum suffice.
func TestLengths(t *testing.T) {
	for _, test := range []struct {
		arguments   string
		prompt, new int64
	}{
		{`{"modelId":"llama-3.1-8b"}`, 2048, 256},
		{`{"modelId":"llama-3.1-8b","promptLength":100}`, 100, 256},
		{`{"modelId":"llama-3.1-8b","newTokens":0}`, 2048, 0},
		{`{"modelId":"llama-3.1-8b","promptLength":100,"sequenceLength":150}`, 100, 50},
		{`{"modelId":"llama-3.1-8b","newTokens":100,"sequenceLength":150}`, 50, 100},
		{`{"modelId":"llama-3.1-8b","newTokens":100,"promptLength":50,"sequenceLength":150}`, 50, 100},
		{`{"modelId":"llama-3.1-8b","sequenceLength":1000}`, 744, 256},
		{`{"modelId":"llama-3.1-8b","sequenceLength":10}`, 1, 9},
		{`{"modelId":"llama-7b"}`, 1792, 256},
		{`{"modelId":"gpt2","newTokens":1000}`, 24, 1000},
		{`{"modelId":"bert-base-uncased"}`, 512, 0},
	} {
		args, problems := schemas.Decode[schemas.InferenceArgs]([]byte(test.arguments))
		w, assumptions, findings := args.Resolve(catalog.Load())
		if w == nil || len(problems) > 0 || check.HasErrors(findings) {
			t.Errorf("%s: %v", test.arguments, told(append(problems, findings...)))
			continue
		}
		p := check.NewPass(w, true, func(string) bool { return false })
		if p.Train.Sequence != test.prompt || p.Inference.NewTokens != test.new || !p.Inference.On {
			t.Errorf("%s: prompt %d and %d new tokens, want %d and %d", test.arguments, p.Train.Sequence, p.Inference.NewTokens, test.prompt, test.new)
		}
		for _, a := range assumptions {
			if a.Argument == "learningRate" || a.Argument == "sequenceLength" {
				t.Errorf("%s: assumes %s, which means nothing here", test.arguments, a.Argument)
			}
		}
	}
}

// TestServedMethods: adapters are beside the weights only where they are asked
// for, and quantized weights need none.
func TestServedMethods(t *testing.T) {
	for arguments, want := range map[string]struct {
		method workload.Method
		stored workload.Quantization
	}{
		`{"modelId":"llama-7b"}`:                                 {workload.Full, workload.NoQuantization},
		`{"modelId":"llama-7b","precision":"int4"}`:              {workload.Full, workload.NF4},
		`{"modelId":"llama-7b","quantization":"gptq-int4"}`:      {workload.Full, workload.GPTQInt4},
		`{"modelId":"llama-7b","quantization":"FP8"}`:            {workload.Full, workload.FP8},
		`{"modelId":"llama-7b","loraRank":8}`:                    {workload.LoRA, workload.NoQuantization},
		`{"modelId":"llama-7b","loraRank":8,"precision":"int8"}`: {workload.LoRA, workload.Int8},
	} {
		args, problems := schemas.Decode[schemas.InferenceArgs]([]byte(arguments))
		w, _, findings := args.Resolve(catalog.Load())
		if w == nil || check.HasErrors(append(problems, findings...)) {
			t.Errorf("%s: %v", arguments, told(append(problems, findings...)))
			continue
		}
		p := check.NewPass(w, true, func(string) bool { return false })
		if p.Train.Method != want.method || p.Adapter.Quantization != want.stored {
			t.Errorf("%s: method %s over %s", arguments, p.Train.Method, workload.Served(p.Adapter.Quantization))
		}
	}
}

// TestImageBudget holds what images cost to the models' published numbers, and
// the crossing of the context to its definition.
func TestImageBudget(t *testing.T) {
	for _, test := range []struct {
		arguments string
		each      int64
	}{
		{`{"modelId":"llava-1.5-7b"}`, 576},
		{`{"modelId":"gemma-3-4b"}`, 256},
		{`{"modelId":"paligemma-3b-224"}`, 256},
		{`{"modelId":"qwen2.5-vl-7b","imageWidth":1288,"imageHeight":952}`, 1564},
		{`{"modelId":"qwen2.5-vl-7b","imageWidth":4000,"imageHeight":3000,"imagesPerSample":9}`, 15301},
		{`{"modelId":"llama-3.2-11b-vision"}`, 0},
	} {
		args, problems := schemas.Decode[schemas.MultimodalArgs]([]byte(test.arguments))
		w, _, findings := args.Resolve(catalog.Load())
		if w == nil || check.HasErrors(append(problems, findings...)) {
			t.Errorf("%s: %v", test.arguments, told(append(problems, findings...)))
			continue
		}
		b := args.Budget(w)
		if b == nil || b.TokensPerImage != test.each || b.How.IsZero() {
			t.Errorf("%s: %+v, want %d tokens", test.arguments, b, test.each)
			continue
		}
		if b.Crosses == nil {
			continue
		}
		room := (b.Context - b.TextTokens) / b.Images
		if b.Crosses.Tokens <= room || b.Largest == nil || b.Largest.Tokens > room {
			t.Errorf("%s: crosses at %+v after %+v, and %d tokens have room", test.arguments, b.Crosses, b.Largest, room)
		}
	}
}

// FuzzServedResolvesOrRefuses: whatever is sent, there is a workload or an
// error, never both nor neither.
func FuzzServedResolvesOrRefuses(f *testing.F) {
	for _, seed := range []string{
		`{"modelId":"llama-7b"}`, `{"modelId":"gpt2","promptLength":-1}`, `{"modelSize":7,"architectureType":"LLaMA","newTokens":0}`,
		`{"modelId":"qwen2.5-vl-7b","mode":"inference","imageWidth":14}`, `{"mode":"training","modelId":"clip-vit-l-14","quantization":"mxfp4"}`,
		`{"modelConfig":{"model_type":"bert"},"sequenceLength":1}`,
	} {
		f.Add([]byte(seed))
	}
	c := catalog.Load()
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) || len(raw) > 1<<12 {
			return
		}
		args, problems := schemas.Decode[schemas.MultimodalArgs](raw)
		if args == nil {
			if !check.HasErrors(problems) {
				t.Fatal("no arguments and no error")
			}
			return
		}
		w, _, findings := args.Resolve(c)
		_ = args.Budget(w)
		if w == nil && !check.HasErrors(append(problems, findings...)) {
			t.Fatalf("%s: no workload and no error", raw)
		}
	})
}
