package calc_test

import (
	"encoding/json"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/memory"
	"vramcalc/calc/moe"
	"vramcalc/calc/nlp"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// leastCached is how many families generated when this was written.
const leastCached = 26

// largestCached is the size of model above which no peak is within the memory
// model.
const largestCached = 200e9

// TestCacheElements holds the growth of a model's cache by formula against that
// of its recorded generation within any window, for a model of every family.
func TestCacheElements(t *testing.T) {
	c := catalog.Load()
	compared := map[workload.Family]bool{}
	for _, m := range c.Models() {
		if m.Kind != workload.NLP && m.Kind != workload.MoE || !m.Disclosed || compared[m.Text.Family] {
			continue
		}
		if m.Text.Family.IsEncoder() || m.Text.Family.IsEncoderDecoder() || m.Params > largestCached {
			continue
		}
		raw, err := json.Marshal(map[string]any{"modelType": m.Kind.String(), "modelId": m.ID, "precision": "bf16", "batchSize": 1,
			"sequenceLength": 16, "learningRate": 1e-5, "optimizer": "sgd", "trainingEpochs": 1, "maxGenerationLength": 100})
		if err != nil {
			t.Fatal(err)
		}
		args, _ := schemas.Decode[schemas.EstimateArgs](raw)
		w, _, findings := args.Resolve(c)
		if w == nil || check.HasErrors(findings) {
			continue
		}
		short, ok := cached(t, w)
		if !ok {
			continue
		}
		switch c := w.(type) {
		case *nlp.Config:
			c.Train.MaxGeneration++
		case *moe.Config:
			c.Train.MaxGeneration++
		}
		long, _ := cached(t, w)
		compared[m.Text.Family] = true
		got, want := long-short, 2*m.Text.CacheElements()
		if oneLayer := want / m.Text.Layers; got < want || got > want+oneLayer { // at the peak one may be there twice, old and joined
			t.Errorf("%s: the cache gains %d bytes with a token, by formula %d", m.ID, got, want)
		}
	}
	if len(compared) < leastCached {
		t.Errorf("%d families generate, want at least %d", len(compared), leastCached)
	}
}

// cached is the size of the cache at the peak of generation.
func cached(t *testing.T, w workload.Workload) (bytes int64, ok bool) {
	t.Helper()
	_, p, err := calc.Compile(w)
	if err != nil {
		return 0, false
	}
	v := p.Values()
	for _, part := range p.ExplainPhase(&v, memory.Evaluation).Parts {
		if part.Component == memory.KVCache {
			bytes += int64(part.Bytes)
		}
	}
	return bytes, bytes > 0
}
