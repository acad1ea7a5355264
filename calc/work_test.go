package calc_test

import (
	"encoding/json"
	"maps"
	"math"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// workOf is the work of arguments that must be taken.
func workOf(t *testing.T, a map[string]any) memory.Work {
	t.Helper()
	w := workloadOf(t, a)
	if w == nil {
		t.Fatalf("refused: %v", a)
	}
	got, err := calc.Work(w)
	if err != nil {
		t.Fatalf("%v: %v", a, err)
	}
	return got
}

// TestVisionWork compares a classifier's forward with the multiply-adds that
// were counted while PyTorch ran it.
func TestVisionWork(t *testing.T) {
	seen := 0
	for _, r := range readRows(t, "vision") {
		if r.MACs == 0 {
			continue
		}
		var a map[string]any
		if err := json.Unmarshal(r.Arguments, &a); err != nil {
			t.Fatal(err)
		}
		seen++
		images := a["batchSize"].(float64) * a["gradientAccumulationSteps"].(float64)
		want := 2 * r.MACs * images
		if got := workOf(t, a).Of(memory.ForwardEffort); got != want {
			t.Errorf("%s: forward %.0f FLOPs, counted %.0f", r.ID, got, want)
		}
	}
	if seen < 80 {
		t.Errorf("only %d rows were compared", seen)
	}
}

// Small models for which torch's FlopCounterMode counted a forward and a
// backward (torch 2.15, transformers 5.24, fp32, eager attention, batch 3,
// sequence 64, decoder 32).
const (
	smallLlama   = `{"model_type":"llama","hidden_size":128,"intermediate_size":256,"num_hidden_layers":6,"num_attention_heads":8,"num_key_value_heads":2,"vocab_size":1000}`
	smallGPT2    = `{"model_type":"gpt2","n_embd":128,"n_layer":6,"n_head":4,"vocab_size":1000,"n_positions":512}`
	smallBERT    = `{"model_type":"bert","hidden_size":128,"intermediate_size":256,"num_hidden_layers":6,"num_attention_heads":4,"vocab_size":1000}`
	smallT5      = `{"model_type":"t5","d_model":128,"d_ff":256,"d_kv":32,"num_heads":4,"num_layers":6,"vocab_size":1000}`
	smallMixtral = `{"model_type":"mixtral","hidden_size":128,"intermediate_size":256,"num_hidden_layers":6,"num_attention_heads":8,"num_key_value_heads":2,"vocab_size":1000,"num_local_experts":4,"num_experts_per_tok":2,"sliding_window":null}`
	smallBLOOM   = `{"model_type":"bloom","hidden_size":128,"n_layer":6,"n_head":4,"vocab_size":1000}`
	smallFalcon  = `{"model_type":"falcon","hidden_size":128,"num_hidden_layers":6,"num_attention_heads":4,"vocab_size":1000,"multi_query":true,"parallel_attn":true,"new_decoder_architecture":false,"bias":false,"alibi":false}`
	smallGemma2  = `{"model_type":"gemma2","hidden_size":128,"intermediate_size":256,"num_hidden_layers":6,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":32,"vocab_size":1000}`
	smallLatent  = `{"model_type":"deepseek_v3","hidden_size":128,"intermediate_size":256,"moe_intermediate_size":64,"num_hidden_layers":7,"num_attention_heads":4,"num_key_value_heads":4,"vocab_size":1000,"n_routed_experts":8,"num_experts_per_tok":2,"n_group":2,"topk_group":1,"n_shared_experts":1,"first_k_dense_replace":1,"kv_lora_rank":32,"q_lora_rank":48,"qk_nope_head_dim":32,"qk_rope_head_dim":16,"v_head_dim":32}`
)

// What FlopCounterMode does not know: the grouped products of routed experts,
// two multiply-adds for each weight of the two experts of a token.
const (
	mixtralExperts = 2 * 192 * 2 * 3 * 128 * 256 * 6
	latentExperts  = 2 * 192 * 2 * 3 * 128 * 64 * 6
)

func small(kind, config string, more map[string]any) map[string]any {
	a := map[string]any{"modelType": kind, "modelConfig": json.RawMessage(config), "precision": "fp32", "batchSize": 3,
		"sequenceLength": 64, "learningRate": 1e-4, "optimizer": "adamw", "trainingEpochs": 1, "attentionImplementation": "eager"}
	maps.Copy(a, more)
	return a
}

// TestCountedWork compares whole steps with what PyTorch itself counted.
func TestCountedWork(t *testing.T) {
	type more = map[string]any
	decoder := more{"decoderSequenceLength": 32}
	checkpoints := more{"gradientCheckpointing": true}
	reentrant := more{"gradientCheckpointing": true, "checkpointingImplementation": "reentrant"}
	for _, test := range []struct {
		name, kind, config string
		more               more
		forward, backward  float64 // what is computed again counts as backward
	}{
		{"llama", "nlp", smallLlama, nil, 407764992, 815529984},
		{"llama checkpointed", "nlp", smallLlama, checkpoints, 407764992, 1098645504},
		{"llama checkpointed, reentrant", "nlp", smallLlama, reentrant, 407764992, 1174142976},
		{"llama, LoRA", "nlp", smallLlama, more{"loraRank": 8, "loraTargetModules": []string{"q_proj", "v_proj"}}, 415432704, 447479808},
		{"llama, LoRA everywhere, checkpointed", "nlp", smallLlama,
			more{"loraRank": 8, "loraTargetModules": "all-linear", "gradientCheckpointing": true}, 444334080, 911474688},
		{"gpt2", "nlp", smallGPT2, nil, 539885568, 1079771136},
		{"gpt2 checkpointed", "nlp", smallGPT2, checkpoints, 539885568, 1570504704},
		{"bert", "nlp", smallBERT, nil, 395182080, 790364160},
		{"t5", "nlp", smallT5, decoder, 656867328, 1313734656},
		{"t5 checkpointed", "nlp", smallT5, more{"gradientCheckpointing": true, "decoderSequenceLength": 32}, 656867328, 1946025984},
		{"bloom", "nlp", smallBLOOM, nil, 539885568, 1079771136},
		{"falcon", "nlp", smallFalcon, nil, 483262464, 966524928},
		{"gemma2", "nlp", smallGemma2, nil, 426639360, 853278720},
		{"mixtral", "moe", smallMixtral, nil, 182452224 + mixtralExperts, 364904448 + 2*mixtralExperts},
		{"deepseek_v3", "moe", smallLatent, nil, 324796416 + latentExperts, 649592832 + 2*latentExperts},
	} {
		w := workOf(t, small(test.kind, test.config, test.more))
		if test.more["gradientCheckpointing"] != nil && test.more["loraRank"] == nil { // adapters make the first layer's input need a gradient
			plain := maps.Clone(test.more)
			delete(plain, "gradientCheckpointing")
			if once := workOf(t, small(test.kind, test.config, plain)); once.Of(memory.BackwardEffort) != w.Of(memory.BackwardEffort) || once.Of(memory.RecomputeEffort) != 0 {
				t.Errorf("%s: backward is %v, without checkpoints %v", test.name, w.All, once.All)
			}
		}
		forward, backward := w.Of(memory.ForwardEffort), w.Of(memory.BackwardEffort)+w.Of(memory.RecomputeEffort)
		if update := w.Of(memory.UpdateEffort); update != 0 {
			t.Errorf("%s: %.0f FLOPs of an AdamW step, which has no products", test.name, update)
		}
		if forward != test.forward || backward != test.backward {
			t.Errorf("%s: forward %.0f, backward %.0f FLOPs; PyTorch counted %.0f and %.0f", test.name, forward, backward, test.forward, test.backward)
		}
	}
}

// TestSixTimes holds the rule of thumb where it is one: 6 FLOPs a token and
// weight of a dense decoder, 4 where only small adapters are trained, more
// where layers are computed again, attention apart.
func TestSixTimes(t *testing.T) {
	base := map[string]any{"modelType": "nlp", "modelId": "llama-7b", "precision": "bf16", "batchSize": 2,
		"sequenceLength": 2048, "learningRate": 1e-4, "optimizer": "adamw", "trainingEpochs": 1}
	const (
		tokens    = 2 * 2048
		products  = 6738415616 - 32000*4096 - 65*4096     // all weights but the embedding's and the norms'
		again     = products - 32000*4096 - 32*11008*4096 // without the head and the last product of every layer
		attention = 32 * 4 * tokens * 2048 * 4096         // scores and values of all layers, forward
	)
	for name, test := range map[string]struct {
		more map[string]any
		want float64
	}{
		"full":                           {nil, 6*products*tokens + 3.5*attention},
		"lora":                           {map[string]any{"loraRank": 8}, 4*products*tokens + 3.5*attention},
		"checkpointed":                   {map[string]any{"gradientCheckpointing": true}, (6*products+2*again)*tokens + 4.5*attention},
		"full, four micro-batches":       {map[string]any{"gradientAccumulationSteps": 4}, 4 * (6*products*tokens + 3.5*attention)},
		"qlora":                          {map[string]any{"precision": "int4"}, 4*products*tokens + 3.5*attention},
		"fused loss":                     {map[string]any{"lossImplementation": "fused"}, 6*products*tokens + 3.5*attention},
		"everything frozen but the head": {map[string]any{"trainableModules": []string{"lm_head"}}, 2*products*tokens + 2*32000*4096*tokens + attention},
	} {
		a := maps.Clone(base)
		maps.Copy(a, test.more)
		got := workOf(t, a).FLOPs()
		if off := got/test.want - 1; math.Abs(off) > 0.025 {
			t.Errorf("%s: %.4g FLOPs a step, want about %.4g (%+.1f %%)", name, got, test.want, 100*off)
		}
	}
}

// TestUpdateWork holds optimizers that multiply matrices against their sizes:
// Muon's five iterations of three products over q, k, v, o, gate, up, down,
// embedding and head; GaLore's two products over the same but the last two.
// The update comes once, however many micro-batches there are.
func TestUpdateWork(t *testing.T) {
	const (
		h, f, kv, v, layers = 128, 256, 32, 1000, 6
		iteration           = layers*(2*(2*h*h*h+h*h*h)+2*(2*h*kv*kv+kv*kv*kv)+3*(2*f*h*h+h*h*h)) + 2*(2*v*h*h+h*h*h)
		projected           = layers * 2 * ((2*h*h+3*h*f)*h + 2*h*kv*kv)
	)
	for _, test := range []struct {
		optimizer string
		want      float64
	}{{"muon", 2 * 5 * iteration}, {"galore_adamw", 2 * projected}} {
		got := workOf(t, small("nlp", smallLlama, map[string]any{"optimizer": test.optimizer, "gradientAccumulationSteps": 3}))
		if update := got.Of(memory.UpdateEffort); update != test.want {
			t.Errorf("%s: an update of %.0f FLOPs, want %.0f", test.optimizer, update, test.want)
		}
		if got.Of(memory.ForwardEffort) != 3*407764992 {
			t.Errorf("%s: %.0f FLOPs in forward", test.optimizer, got.Of(memory.ForwardEffort))
		}
	}
}

// madeUnrolled adds up what the last step of the whole sequence makes.
func madeUnrolled(t *testing.T, w workload.Workload) float64 {
	t.Helper()
	steps, err := calc.Sequence(w)
	if err != nil {
		t.Fatal(err)
	}
	var made float64
	for i := range steps {
		switch s := &steps[i]; {
		case s.Op == tape.Steady:
			made = 0
		case s.Op == tape.Take && (s.Phase == memory.Forward || s.Phase == memory.Backward):
			made += float64(s.Bytes)
		}
	}
	return made
}

// FuzzFoldedWorkIsTheWhole: folding loses no product and no tensor.
func FuzzFoldedWorkIsTheWhole(f *testing.F) {
	for i := range int64(len(shapes)) {
		for flags := range uint8(16) {
			f.Add(i, int64(1), int64(63), int64(7), int64(6), int64(3), flags)
		}
	}
	f.Fuzz(func(t *testing.T, shape, batch, sequence, rank, layers, experts int64, flags uint8) {
		p := trial{shape & 1023, batch & 1023, sequence & 1023, rank & 1023, layers & 1023, experts & 1023, flags}
		w := workloadOf(t, p.arguments())
		if w == nil {
			t.Skip("refused")
		}
		folded, err := calc.Work(w)
		if err != nil {
			t.Fatal(err)
		}
		unrolled, err := calc.WorkUnrolled(w)
		if err != nil {
			t.Fatal(err)
		}
		if made := madeUnrolled(t, w); folded.Made != made {
			t.Errorf("%v: folded makes %.0f bytes, unrolled %.0f", p.arguments(), folded.Made, made)
		}
		if folded.All != unrolled.All || folded.Wide != unrolled.Wide || folded.WideConvs != unrolled.WideConvs {
			t.Errorf("%v: folded %v, unrolled %v", p.arguments(), folded, unrolled)
		}
	})
}
