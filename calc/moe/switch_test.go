package moe_test

import (
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/moe"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// A Switch has as many parameters as were published, its program folds, and a
// token visits one expert of each layer that has any.
func TestSwitchCounts(t *testing.T) {
	for _, m := range catalog.Load().Models() {
		if m.Text.Family != workload.Switch || m.Experts.Count > 128 {
			continue // a program of many experts is as long as they are many
		}
		t.Run(m.ID, func(t *testing.T) {
			b, err := moe.Record(&moe.Config{
				Text: m.Text, Experts: m.Experts,
				Train: workload.Train{
					Batch: 1, Sequence: 16, DecoderSequence: 16, AccumulationSteps: 1, Precision: workload.BF16, Mode: workload.Pure,
					Method: workload.Full, Optimizer: workload.AdamW, Implementation: workload.Foreach, FrozenLayers: -1,
					Loss: workload.StandardLoss, Head: workload.LMHead,
				},
				Attention: workload.Attention{Implementation: workload.SDPA},
				Stack:     workload.Stack{Name: workload.PyTorch},
				Hardware:  workload.Hardware{SMs: 108, ThreadsPerSM: 2048, MatmulWorkspace: 8519680},
			}, tape.OneStep)
			if err != nil {
				t.Fatal(err)
			}
			c := b.Counts()
			if m.Params > 0 && c.Total != m.Params {
				t.Errorf("%d parameters, published %d (difference %d)", c.Total, m.Params, c.Total-m.Params)
			}
			if _, err := b.T.Compile(); err != nil {
				t.Error(err)
			}
			step := max(1, m.Experts.LayerFrequency)
			layers := (m.Text.Layers + m.Text.DecoderLayers) / step
			matrices := int64(2)
			if m.Text.Gated {
				matrices = 3
			}
			idle := layers * (m.Experts.Count - m.Experts.Active) * matrices * m.Text.Hidden * m.Text.Intermediate
			if got := int64(c.Total - c.ActivePerToken); got != idle {
				t.Errorf("%d parameters that a token does not visit, want %d", got, idle)
			}
		})
	}
}
