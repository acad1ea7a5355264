package schemas_test

import (
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/report"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

func described(t *testing.T, arguments string) report.Description {
	t.Helper()
	args, findings := schemas.Decode[schemas.EstimateArgs]([]byte(arguments))
	return args.Describe(catalog.Load(), findings)
}

// TestDescribe holds what is told of some models against published figures.
func TestDescribe(t *testing.T) {
	for _, test := range []struct {
		arguments     string
		total, active int64
		bf16, kv      int64
		context       int64
	}{
		{`{"modelId":"meta-llama/Llama-2-7b-hf"}`, 6738415616, 6738415616, 2*6738415616 + 512, 524288, 4096},
		{`{"modelId":"llama 3.1 8b"}`, 8030261248, 8030261248, 2*8030261248 + 512, 131072, 131072},
		{`{"modelId":"mixtral-8x7b"}`, 46702792704, 12879925248, 2*46702792704 + 512, 131072, 32768},
		{`{"modelId":"deepseek-v3"}`, 671026419200, 37552297472, 0, 2 * 61 * 576, 163840},
		{`{"modelConfig":{"model_type":"llama"}}`, 6738415616, 6738415616, 2*6738415616 + 512, 524288, 2048},
		{`{"modelId":"torchvision/resnet50"}`, 25557032, 25557032, 51220728, 0, 0},
	} {
		m := described(t, test.arguments).Model
		if m == nil || m.Parameters == nil || m.Shape == nil {
			t.Errorf("%s: nothing told", test.arguments)
			continue
		}
		if p := m.Parameters; int64(p.Total) != test.total || int64(p.ActivePerToken) != test.active {
			t.Errorf("%s: %d parameters, %d active; want %d and %d", test.arguments, p.Total, p.ActivePerToken, test.total, test.active)
		}
		if got := int64(m.BytesByPrecision["bf16"]); test.bf16 > 0 && got != test.bf16 {
			t.Errorf("%s: %d bytes in bf16, want %d", test.arguments, got, test.bf16)
		}
		if int64(m.KVBytesPerToken) != test.kv || m.Context != test.context {
			t.Errorf("%s: cache %d, context %d; want %d, %d", test.arguments, m.KVBytesPerToken, m.Context, test.kv, test.context)
		}
	}
}

// TestDescribeEveryModel demands of each row an answer whose parts add up to the
// count, and of an undisclosed one no figures.
func TestDescribeEveryModel(t *testing.T) {
	for _, row := range catalog.Load().Models() {
		d := described(t, `{"modelId":"`+row.ID+`"}`)
		m := d.Model
		if d.Refused() || m == nil || m.ID != row.ID {
			t.Errorf("%s: %s", row.ID, d.Summary)
			continue
		}
		if !row.Disclosed {
			if m.Shape != nil || m.Parameters != nil || m.BytesByPrecision != nil || m.PublishedParameters != nil {
				t.Errorf("%s: figures of a model that was not disclosed: %+v", row.ID, m)
			}
			continue
		}
		if m.Parameters == nil {
			continue // not modelled yet, which the notes say
		}
		for name, parts := range map[string][]report.Share{"parts": m.Parameters.Parts, "kinds": m.Parameters.Kinds, "modules": m.Parameters.Modules} {
			sum := m.Parameters.Total
			for _, p := range parts {
				sum -= p.Parameters
			}
			if sum != 0 || len(parts) > 120 {
				t.Errorf("%s: %d %s leave %d parameters", row.ID, len(parts), name, sum)
			}
		}
		if len(m.LinearModules) > 200 {
			t.Errorf("%s: %d linear modules", row.ID, len(m.LinearModules))
		}
		if b := m.BytesByPrecision; b["fp32"] < b["bf16"] || b["fp32"] > 2*b["bf16"]+1<<30 || row.Kind == workload.NLP && (b["int4"] == 0 || b["int8"] < b["int4"]) {
			t.Errorf("%s: implausible bytes %v %v", row.ID, b, m.BytesByQuantization)
		}
		if len(m.Training) == 0 || !m.Training[0].Possible || m.Training[0].Trainable == nil {
			t.Errorf("%s: full fine-tuning: %+v", row.ID, m.Training)
		}
	}
}

// TestDescribeSearch looks for what names may mean.
func TestDescribeSearch(t *testing.T) {
	for name, want := range map[string]string{
		"lama-2-7b": "llama-2-7b", "qwen 2.5 7 b": "qwen2.5-7b", "resnet-5": "resnet-50", "mistral": "mistral-7b-v0.1",
	} {
		d := described(t, `{"modelId":"`+name+`"}`)
		if d.Model != nil {
			continue // a name that is known
		}
		found := false
		for _, n := range d.Near {
			found = found || n.ID == want
		}
		if !found || d.Refused() {
			t.Errorf("%q: %v; want %s among them", name, d.Near, want)
		}
	}
}

// TestDescribeRefuses demands every reason at once.
func TestDescribeRefuses(t *testing.T) {
	for arguments, problems := range map[string]int{
		`{}`: 1,
		`{"modelConfig":{"model_type":"llama","hidden_size":-1,"num_hidden_layers":"x"}}`: 3,
		`{"modelID":"gpt2"}`: 2,
	} {
		d := described(t, arguments)
		if !d.Refused() || len(d.Validation.Errors) != problems || d.Model != nil {
			t.Errorf("%s: %+v; want %d errors", arguments, d.Validation, problems)
		}
	}
}
