package calc_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// Small shapes of different kinds, as pasted configurations: what the
// properties are tried on.
var shapes = []string{
	`{"model_type":"llama","hidden_size":256,"intermediate_size":512,"num_hidden_layers":%L,"num_attention_heads":8,"num_key_value_heads":2,"vocab_size":1000}`,
	`{"model_type":"gpt2","n_embd":256,"n_layer":%L,"n_head":4,"vocab_size":1000}`,
	`{"model_type":"bert","hidden_size":128,"intermediate_size":256,"num_hidden_layers":%L,"num_attention_heads":4,"vocab_size":1000}`,
	`{"model_type":"t5","d_model":128,"d_ff":256,"d_kv":32,"num_heads":4,"num_layers":%L,"vocab_size":1000}`,
	`{"model_type":"mixtral","hidden_size":256,"intermediate_size":512,"num_hidden_layers":%L,"num_attention_heads":8,"num_key_value_heads":2,"vocab_size":1000,"num_local_experts":%E,"num_experts_per_tok":2,"sliding_window":null}`,
}

// wide are shapes of ordinary width.
var wide = []string{
	`{"model_type":"llama","hidden_size":2048,"intermediate_size":5632,"num_hidden_layers":%L,"num_attention_heads":32,"num_key_value_heads":8,"vocab_size":32000}`,
	`{"model_type":"gpt2","n_embd":1024,"n_layer":%L,"n_head":16,"vocab_size":50257}`,
	`{"model_type":"bert","hidden_size":1024,"intermediate_size":4096,"num_hidden_layers":%L,"num_attention_heads":16,"vocab_size":30522}`,
	`{"model_type":"t5","d_model":1024,"d_ff":4096,"d_kv":64,"num_heads":16,"num_layers":%L,"vocab_size":32128}`,
	`{"model_type":"mixtral","hidden_size":2048,"intermediate_size":5632,"num_hidden_layers":%L,"num_attention_heads":32,"num_key_value_heads":8,"vocab_size":32000,"num_local_experts":%E,"num_experts_per_tok":2,"sliding_window":null}`,
}

// trial is a run drawn from a few numbers.
type trial struct {
	shape, batch, sequence, rank, layers, experts int64
	flags                                         uint8
}

func (p trial) arguments() map[string]any { return p.argumentsOf(shapes) }

// argumentsOf are the arguments of the trial with one of some shapes.
func (p trial) argumentsOf(shapes []string) map[string]any {
	text := shapes[p.shape%int64(len(shapes))]
	config := map[string]any{}
	fill := func(mark string, n int64) {
		text = strings.ReplaceAll(text, mark, strconv.FormatInt(n, 10))
	}
	fill("%L", 1+p.layers%7)
	fill("%E", 2+p.experts%7)
	if err := json.Unmarshal([]byte(text), &config); err != nil {
		panic(err)
	}
	kind := "nlp"
	if config["model_type"] == "mixtral" {
		kind = "moe"
	}
	a := map[string]any{"modelType": kind, "modelConfig": config, "precision": "bf16", "batchSize": 1 + p.batch%9,
		"sequenceLength": 1 + p.sequence%500, "learningRate": 1e-4, "optimizer": "adamw", "trainingEpochs": 1,
		"gradientCheckpointing": p.flags&1 != 0}
	if p.flags&2 != 0 {
		a["fineTuningMethod"], a["loraRank"], a["loraTargetModules"] = "lora", 1+p.rank%64, "all-linear"
	}
	if p.flags&4 != 0 {
		a["precisionMode"] = "autocast"
	}
	if p.flags&8 != 0 {
		a["attentionImplementation"] = "eager"
	}
	return a
}

// workloadOf resolves a trial; nil where the tool refuses it.
func workloadOf(t *testing.T, a map[string]any) workload.Workload {
	t.Helper()
	raw, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	args, problems := schemas.Decode[schemas.EstimateArgs](raw)
	w, _, findings := args.Resolve(catalog.Load())
	if w == nil || check.HasErrors(problems) || check.HasErrors(findings) {
		return nil
	}
	return w
}

func peakOf(t *testing.T, a map[string]any) (unit.Bytes, bool) {
	t.Helper()
	w := workloadOf(t, a)
	if w == nil {
		return 0, false
	}
	n, err := calc.PeakTensor(w)
	if err != nil {
		t.Fatalf("%v: %v", a, err)
	}
	return n, true
}

// FuzzMoreNeverNeedsLess: more batch, sequence, rank, layers or experts never
// needs fewer tensor bytes.
func FuzzMoreNeverNeedsLess(f *testing.F) {
	for i := range int64(len(shapes)) {
		for flags := range uint8(16) {
			f.Add(i, int64(3), int64(70), int64(7), int64(4), int64(3), flags)
		}
	}
	f.Fuzz(func(t *testing.T, shape, batch, sequence, rank, layers, experts int64, flags uint8) {
		p := trial{shape & 1023, batch & 1023, sequence & 1023, rank & 1023, layers & 1023, experts & 1023, flags}
		before, ok := peakOf(t, p.arguments())
		if !ok {
			t.Skip("refused")
		}
		for name, more := range map[string]trial{
			"batch":    {p.shape, p.batch + 1, p.sequence, p.rank, p.layers, p.experts, flags},
			"sequence": {p.shape, p.batch, p.sequence + 1, p.rank, p.layers, p.experts, flags},
			"rank":     {p.shape, p.batch, p.sequence, p.rank + 1, p.layers, p.experts, flags},
			"layers":   {p.shape, p.batch, p.sequence, p.rank, p.layers + 1, p.experts, flags},
			"experts":  {p.shape, p.batch, p.sequence, p.rank, p.layers, p.experts + 1, flags},
		} {
			if wraps(p, more) {
				continue
			}
			after, ok := peakOf(t, more.arguments())
			if ok && after < before {
				t.Errorf("more %s of %v needs %d, less than %d", name, p.arguments(), after, before)
			}
		}
	})
}

// wraps says whether one more of something starts again at the least.
func wraps(a, b trial) bool {
	return 1+b.batch%9 < 1+a.batch%9 || b.sequence%500 < a.sequence%500 || b.rank%64 < a.rank%64 || b.layers%7 < a.layers%7 || b.experts%7 < a.experts%7
}

// FuzzComponentsAreTheTotal: printed formulas evaluate to their components and
// these sum to the total, and the total lies in its range.
func FuzzComponentsAreTheTotal(f *testing.F) {
	for i := range int64(len(shapes)) {
		for flags := range uint8(16) {
			f.Add(i, int64(1), int64(63), int64(7), int64(4), int64(3), flags)
		}
	}
	f.Fuzz(func(t *testing.T, shape, batch, sequence, rank, layers, experts int64, flags uint8) {
		p := trial{shape & 1023, batch & 1023, sequence & 1023, rank & 1023, layers & 1023, experts & 1023, flags}
		w := workloadOf(t, p.arguments())
		if w == nil {
			t.Skip("refused")
		}
		b, err := calc.Estimate(w)
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range checkLines(b) {
			t.Errorf("%v: %s", p.arguments(), wrong)
		}
		for _, l := range b.Lines {
			if l.Bytes < 0 {
				t.Errorf("%v: %s is negative", p.arguments(), l.Component.ID())
			}
		}
	})
}
