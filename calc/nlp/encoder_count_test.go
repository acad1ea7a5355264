package nlp_test

import (
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/nlp"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Every encoder and encoder-decoder of the catalogue that the engine writes
// has as many parameters as were published, and its program folds.
func TestEncoderCounts(t *testing.T) {
	for _, m := range catalog.Load().Models() {
		if m.Kind != workload.NLP || !(m.Text.Family.IsEncoder() || m.Text.Family.IsEncoderDecoder()) {
			continue
		}
		t.Run(m.ID, func(t *testing.T) {
			b, err := nlp.Record(minimal(m), tape.OneStep)
			if err != nil {
				t.Skip(err)
			}
			got := int64(b.Counts().Total)
			if want := int64(m.Params); want > 0 && got != want && headless(m, got) != want {
				t.Errorf("%d parameters, published %d (difference %d)", got, want, got-want)
			}
			if _, err := b.T.Compile(); err != nil {
				t.Error(err)
			}
		})
	}
}

// headless is what an encoder with a masked-language-model head counts as a
// base model: without dense, norm and bias of the head, with a pooler where
// the library has one. Most encoders are published so.
func headless(m catalog.Model, n int64) int64 {
	h := m.Text.Hidden
	dense, norm := h*h+h, 2*h
	n -= dense + norm + m.Text.Vocab
	if m.Text.Family != workload.DistilBERT && m.Text.Family != workload.DeBERTaV2 {
		n += dense // the pooler
	}
	return n
}

// The paper rounds: 65 and 213 million for one matrix of 37,000 rows, without
// saying which biases and norms it counts.
func TestTransformerCounts(t *testing.T) {
	for id, published := range map[string]float64{"transformer-base": 65e6, "transformer-big": 213e6} {
		m, ok := catalog.Load().Model(id)
		if !ok {
			t.Fatalf("no model %s", id)
		}
		b, err := nlp.Record(minimal(m), tape.OneStep)
		if err != nil {
			t.Fatal(err)
		}
		if got := float64(b.Counts().Total); got < 0.96*published || got > 1.04*published {
			t.Errorf("%s has %.0f parameters, published are %.0f", id, got, published)
		}
	}
}
