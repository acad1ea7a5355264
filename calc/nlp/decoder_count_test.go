package nlp_test

import (
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/nlp"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// minimal is the smallest full fine-tuning run of a catalogue model.
func minimal(m catalog.Model) *nlp.Config {
	return &nlp.Config{
		Text: m.Text,
		Train: workload.Train{
			Batch: 1, Sequence: 16, DecoderSequence: 16, AccumulationSteps: 1, Precision: workload.BF16, Mode: workload.Pure,
			Method: workload.Full, Optimizer: workload.AdamW, Implementation: workload.Foreach, FrozenLayers: -1,
			Loss: workload.StandardLoss, Head: workload.LMHead,
		},
		Attention: workload.Attention{Implementation: workload.SDPA},
		Stack:     workload.Stack{Name: workload.PyTorch},
		Hardware:  workload.Hardware{SMs: 108, ThreadsPerSM: 2048, MatmulWorkspace: 8519680},
	}
}

// Every decoder of the catalogue that the engine writes has as many parameters
// as were published, and its program folds.
func TestDecoderCounts(t *testing.T) {
	written := map[workload.Family]bool{}
	for _, m := range catalog.Load().Models() {
		if m.Kind != workload.NLP || m.Text.Family.IsEncoder() || m.Text.Family.IsEncoderDecoder() {
			continue
		}
		t.Run(m.ID, func(t *testing.T) {
			b, err := nlp.Record(minimal(m), tape.OneStep)
			if err != nil {
				t.Skip(err)
			}
			written[m.Text.Family] = true
			if got := b.Counts().Total; m.Params > 0 && got != m.Params {
				t.Errorf("%d parameters, published %d (difference %d)", got, m.Params, got-m.Params)
			}
			if _, err := b.T.Compile(); err != nil {
				t.Error(err)
			}
		})
	}
	for _, f := range []workload.Family{workload.MPT, workload.GPTJ, workload.GPTNeo, workload.GPTBigCode, workload.Falcon} {
		if !written[f] {
			t.Errorf("no model of %v was counted", f)
		}
	}
}
