package catalog_test

import (
	"strings"
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/workload"
)

// TestRefusals demands every reason at once and a fix with each.
func TestRefusals(t *testing.T) {
	const llama = `"model_type":"llama","vocab_size":32000,`
	for _, test := range []struct {
		name, config string
		fields       []string
	}{
		{"not JSON", `{"hidden_size":`, []string{""}},
		{"NaN", `{"model_type":"llama","attention_dropout":NaN}`, []string{""}},
		{"not an object", `[1]`, []string{""}},
		{"two objects", `{} {}`, []string{""}},
		{"empty", ``, []string{""}},
		{"deep", strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat("}", 20000), []string{""}},
		{"negative and zero", `{` + llama + `"hidden_size":-1,"num_hidden_layers":0,"intermediate_size":0}`,
			[]string{"hidden_size", "num_hidden_layers", "intermediate_size"}},
		{"zero heads", `{` + llama + `"num_attention_heads":0}`, []string{"num_attention_heads"}},
		{"heads do not divide", `{` + llama + `"hidden_size":4096,"num_attention_heads":33}`, []string{"num_attention_heads"}},
		{"KV heads do not divide", `{` + llama + `"num_attention_heads":32,"num_key_value_heads":5}`, []string{"num_key_value_heads"}},
		{"huge", `{` + llama + `"hidden_size":1e308,"num_hidden_layers":10001}`, []string{"hidden_size", "num_hidden_layers"}},
		{"beyond float", `{` + llama + `"hidden_size":1e999}`, []string{"hidden_size"}},
		{"fraction", `{` + llama + `"hidden_size":4096.5}`, []string{"hidden_size"}},
		{"wrong types", `{` + llama + `"hidden_size":"big","tie_word_embeddings":"yes","hidden_act":7,"attention_dropout":[]}`,
			[]string{"hidden_size", "tie_word_embeddings", "hidden_act", "attention_dropout"}},
		{"type of the type", `{"model_type":7}`, []string{"model_type", "vocab_size"}},
		{"dropout of one", `{` + llama + `"attention_dropout":1}`, []string{"attention_dropout"}},
		{"activation", `{` + llama + `"hidden_act":"fancy"}`, []string{"hidden_act"}},
		{"unknown without fields", `{"model_type":"mystery"}`,
			[]string{"vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"}},
		{"unknown multimodal", `{"model_type":"mystery","vision_config":{},"text_config":{}}`, []string{"model_type"}},
		{"nested wrong", `{"model_type":"llava","text_config":[],"vision_config":{"hidden_size":0,"model_type":"x"}}`,
			[]string{"text_config", "vision_config.model_type"}},
		{"multimodal in multimodal", `{"model_type":"llava","text_config":{"model_type":"llava"}}`, []string{"text_config.model_type"}},
		{"more active than experts", `{"model_type":"mixtral","num_local_experts":4,"num_experts_per_tok":5}`, []string{"num_experts_per_tok"}},
		{"no active experts", `{"model_type":"deepseek_v2"}`, []string{"num_experts_per_tok"}},
		{"layer types", `{"model_type":"qwen2","num_hidden_layers":4,"layer_types":["full_attention"]}`, []string{"layer_types"}},
		{"irregular layers", `{"model_type":"qwen2","num_hidden_layers":5,"layer_types":["sliding_attention","full_attention","full_attention","sliding_attention","full_attention"]}`,
			[]string{"layer_types"}},
		{"tiles that do not cut", `{"model_type":"llava_next","image_grid_pinpoints":[[300,672]]}`, []string{"image_grid_pinpoints"}},
		{"tower of no known type", `{"model_type":"llava_next","image_grid_pinpoints":[[336,672]],"vision_config":{"model_type":"x"}}`, []string{"vision_config.model_type"}},
		{"too many experts", `{"model_type":"switch_transformers","num_experts":1099511627776}`, []string{"num_experts"}},
		{"no arrangement", `{"model_type":"llava_next","image_grid_pinpoints":[]}`, []string{"image_grid_pinpoints"}},
		{"other aspect ratio", `{"model_type":"llava_onevision","vision_aspect_ratio":"pad"}`, []string{"vision_aspect_ratio"}},
		{"switches of InternVL", `{"model_type":"internvl","vision_feature_select_strategy":"full","vision_config":{"use_mean_pooling":false}}`,
			[]string{"vision_feature_select_strategy", "vision_config.use_mean_pooling"}},
		{"overflow", `{"model_type":"qwen2_vl","vision_config":{"embed_dim":1099511627776,"num_heads":1,"mlp_ratio":1099511627776}}`,
			[]string{"vision_config.mlp_ratio"}},
	} {
		_, _, problems := catalog.FromConfig([]byte(test.config))
		found := map[string]bool{}
		for _, p := range problems {
			found[p.Field] = true
			if p.Message.IsZero() || p.Fix.IsZero() || len(p.Message.String()) > 300 {
				t.Errorf("%s: problem %+v lacks words or has too many", test.name, p)
			}
		}
		for _, field := range test.fields {
			if !found[field] {
				t.Errorf("%s: no problem of %q in %+v", test.name, field, problems)
			}
		}
	}
}

// TestUnknownTypes demands a decoder with a note, and a mixture where there are
// experts.
func TestUnknownTypes(t *testing.T) {
	const shape = `"vocab_size":32000,"hidden_size":2048,"num_hidden_layers":4,"num_attention_heads":16,"intermediate_size":5504`
	m, notes, problems := catalog.FromConfig([]byte(`{"model_type":"mystery",` + shape + `}`))
	if len(problems) > 0 || m.Kind != workload.NLP || m.Text.Family != workload.Llama || notes[0].Field != "model_type" {
		t.Errorf("unknown decoder: %v, %v, %v", m, notes, problems)
	}
	m, notes, problems = catalog.FromConfig([]byte(`{"model_type":"mystery",` + shape + `,"num_experts":8,"num_experts_per_tok":2,"moe_intermediate_size":512}`))
	if len(problems) > 0 || m.Kind != workload.MoE || m.Experts.Count != 8 || m.Experts.Active != 2 || m.Experts.Intermediate != 512 || notes[0].Field != "model_type" {
		t.Errorf("unknown mixture: %v, %v, %v", m, notes, problems)
	}
}

// TestDefaults looks at values that only the library gives.
func TestDefaults(t *testing.T) {
	for config, check := range map[string]func(catalog.Model) bool{
		`{"model_type":"gpt2"}`: func(m catalog.Model) bool {
			return m.Text.AttentionDrop == 0.1 && m.Text.EmbeddingDrop == 0.1 && m.Text.ResidualDrop == 0.1 && m.Text.TiedEmbeddings
		},
		`{"model_type":"opt"}`: func(m catalog.Model) bool {
			return m.Text.AttentionDrop == 0 && m.Text.ResidualDrop == 0.1 && m.Text.PositionRows == 2050 && !m.Text.PostNorm
		},
		`{"model_type":"llama"}`: func(m catalog.Model) bool {
			return m.Text.HeadDim == 128 && m.Text.KVHeads == 32 && !m.Text.TiedEmbeddings && m.Text.AttentionDrop == 0
		},
		`{"model_type":"mistral"}`:                       func(m catalog.Model) bool { return m.Text.Window == 4096 },
		`{"model_type":"mistral","sliding_window":null}`: func(m catalog.Model) bool { return m.Text.Window == 0 },
		`{"model_type":"gemma2"}`: func(m catalog.Model) bool {
			return m.Text.Window == 4096 && m.Text.WindowPattern == 2 && m.Text.AttentionCap == 50 && m.Text.LogitCap == 30
		},
		`{"model_type":"gemma3_text"}`: func(m catalog.Model) bool { return m.Text.WindowPattern == 6 && m.Text.QKNorm && m.Text.FourNorms },
		`{"model_type":"qwen2"}`:       func(m catalog.Model) bool { return m.Text.Window == 0 && m.Text.QKVBias && !m.Text.OutBias },
		`{"model_type":"qwen2","use_sliding_window":true,"max_window_layers":8}`: func(m catalog.Model) bool { return m.Text.Window == 4096 && m.Text.WindowAfter == 8 },
		`{"model_type":"gpt_neox"}`: func(m catalog.Model) bool {
			return m.Text.RotaryDim == m.Text.HeadDim/4 && m.Text.Parallel && !m.Text.OneNorm
		},
		`{"model_type":"gpt_neox","rotary_pct":0.5}`:                           func(m catalog.Model) bool { return m.Text.RotaryDim == m.Text.HeadDim/2 },
		`{"model_type":"phi","rope_parameters":{"partial_rotary_factor":0.4}}`: func(m catalog.Model) bool { return m.Text.RotaryDim == 25 },
		`{"model_type":"t5","tie_word_embeddings":false}`: func(m catalog.Model) bool {
			return m.Text.TiedEmbeddings && m.Text.DecoderLayers == 6 && m.Text.ResidualDrop == 0.1
		},
		`{"model_type":"t5","feed_forward_proj":"gated-gelu"}`: func(m catalog.Model) bool { return m.Text.Gated && m.Text.Activation == workload.GELUNew },
		`{"model_type":"switch_transformers"}`: func(m catalog.Model) bool {
			return m.Experts.LayerFrequency == 4 && m.Experts.DecoderFrequency == 0 && m.Experts.Active == 1
		},
		`{"model_type":"qwen2_moe"}`: func(m catalog.Model) bool {
			return m.Experts.SharedGate && m.Experts.SharedIntermediate == 5632 && !m.Experts.NormTopK
		},
		`{"model_type":"qwen3_moe","mlp_only_layers":[0,1]}`: func(m catalog.Model) bool { return m.Experts.FirstDense == 2 && m.Text.HeadDim == 64 },
		`{"model_type":"deepseek_v3"}`: func(m catalog.Model) bool {
			return m.Text.HeadDim == 192 && m.Text.RotaryDim == 64 && m.Experts.FirstDense == 3 && m.Experts.Groups == 8 && m.Experts.CorrectionBias
		},
		`{"model_type":"bert"}`: func(m catalog.Model) bool {
			return m.Text.TokenTypes == 2 && m.DefaultSequence == 512 && m.Text.AttentionDrop == 0.1
		},
		`{"model_type":"clip"}`: func(m catalog.Model) bool {
			return m.DefaultSequence == 77 && m.Vision.NativeSize == 224 && m.Vision.Projection == 512
		},
		`{"model_type":"llava"}`: func(m catalog.Model) bool {
			return m.Vision.NativeSize == 336 && m.Vision.ImageTokens == 576 && m.Text.Hidden == 4096 && m.DefaultSequence == 1024
		},
		`{"model_type":"llava_onevision","vision_config":{"image_size":384,"patch_size":14,"vision_use_head":false}}`: func(m catalog.Model) bool {
			return m.Vision.AnyResMax == 9 && m.Vision.MaxTiles == 36 && m.Vision.ImageNewline && len(m.Vision.Pinpoints) == 36
		},
		`{"model_type":"llava_next"}`: func(m catalog.Model) bool { return m.Vision.MaxTiles == 4 && m.Vision.ImageNewline },
		`{"model_type":"mllama"}`: func(m catalog.Model) bool {
			return m.Vision.CrossFirst == 3 && m.Vision.CrossEvery == 5 && m.Vision.CrossLayers == 8 && m.Vision.MaxTiles == 4
		},
		`{"model_type":"qwen2_vl","hidden_size":3584,"num_hidden_layers":28,"num_attention_heads":28,"num_key_value_heads":4,"intermediate_size":18944,"vocab_size":152064,"vision_config":{"hidden_size":3584}}`: func(m catalog.Model) bool {
			return m.Text.Hidden == 3584 && m.Vision.Hidden == 1280 && m.Vision.Projection == 3584
		},
	} {
		m, _, problems := catalog.FromConfig([]byte(config))
		if len(problems) > 0 || !check(m) {
			t.Errorf("FromConfig(%s) = %+v, %v", config, m, problems)
		}
	}
}

// FuzzFromConfig: whatever is pasted, the answer is problems or a whole shape.
func FuzzFromConfig(f *testing.F) {
	f.Add([]byte(`{"model_type":"llama","hidden_size":1e308}`))
	f.Add([]byte(`{"model_type":"mllama","text_config":{"cross_attention_layers":[]}}`))
	f.Add([]byte(`{"num_experts":3,"top_k":null}`))
	for _, config := range configSeeds(f) {
		f.Add(config)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, notes, problems := catalog.FromConfig(raw)
		for _, n := range notes {
			if n.Field == "" || n.Value == "" || n.Why.IsZero() {
				t.Errorf("empty note %+v", n)
			}
		}
		if len(problems) > 0 {
			return
		}
		if m.Kind == workload.CNN {
			if m.Conv.Name == "" || m.Conv.Classes < 1 || m.Conv.Image < 1 {
				t.Errorf("not whole: %+v", m)
			}
			return
		}
		x := m.Text
		if m.Kind == 0 || m.Kind != m.Architecture.Kind() || x.Family == 0 || m.DefaultSequence < 1 {
			t.Errorf("not whole: %+v", m)
		}
		const most = int64(1) << 52
		for _, n := range []int64{x.Hidden, x.Layers, x.Heads, x.KVHeads, x.HeadDim, x.Intermediate, x.Vocab} {
			if n < 1 || n > most {
				t.Errorf("out of bounds: %+v", x)
			}
		}
		if x.Heads%x.KVHeads != 0 || m.Kind == workload.MoE && (m.Experts.Active > m.Experts.Count || m.Experts.Intermediate < 1) {
			t.Errorf("inconsistent: %+v", m)
		}
		if v := m.Vision; m.Kind == workload.Multimodal && (v.Hidden < 1 || v.Layers < 1 || v.Heads < 1 || v.Intermediate < 1 || v.ImageTokens < 0 || v.Intermediate > most) {
			t.Errorf("tower out of bounds: %+v", v)
		}
	})
}
