package multimodal_test

import (
	"strings"
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/multimodal"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// minimal is the smallest full fine-tuning run of a catalogue model.
func minimal(m catalog.Model) *multimodal.Config {
	v := m.Vision
	v.Images, v.Tiles = max(1, v.Images), max(1, v.Tiles)
	if v.Width == 0 { // a tower that takes images of any size
		v.Width, v.Height = 448, 448
	}
	return &multimodal.Config{
		Text: m.Text, Vision: v, Experts: m.Experts,
		Train: workload.Train{
			Batch: 2, Sequence: 16, DecoderSequence: 16, AccumulationSteps: 1, Precision: workload.BF16, Mode: workload.Pure,
			Method: workload.Full, Optimizer: workload.AdamW, Implementation: workload.Foreach, FrozenLayers: -1,
			Loss: workload.StandardLoss, Head: workload.LMHead,
		},
		Attention: workload.Attention{Implementation: workload.SDPA},
		Stack:     workload.Stack{Name: workload.PyTorch},
		Hardware:  workload.Hardware{SMs: 108, ThreadsPerSM: 2048, MatmulWorkspace: 8519680},
	}
}

// Every multimodal model of the catalogue that the engine writes has as many
// parameters as were published, and its program folds.
func TestCounts(t *testing.T) {
	written := map[workload.Architecture]int{}
	for _, m := range catalog.Load().Models() {
		if m.Kind != workload.Multimodal {
			continue
		}
		t.Run(m.ID, func(t *testing.T) {
			b, err := multimodal.Record(minimal(m), tape.OneStep)
			if err != nil {
				if !strings.Contains(err.Error(), "is not written yet") {
					t.Error(err)
				}
				t.Skip(err)
			}
			written[m.Vision.Model]++
			if got := b.Counts().Total; m.Params > 0 && got != m.Params {
				t.Errorf("%d parameters, published %d (difference %d)", got, m.Params, got-m.Params)
			}
			if _, err := b.T.Compile(); err != nil {
				t.Error(err)
			}
		})
	}
	for _, a := range []workload.Architecture{
		workload.ArchCLIP,
		workload.ArchSigLIP,
		workload.ArchBLIP,
		workload.ArchBLIP2,
		workload.ArchLLaVA,
		workload.ArchFlamingo,
		workload.ArchGemma3VL,
		workload.ArchIdefics,
		workload.ArchIdefics2,
		workload.ArchInstructBLIP,
		workload.ArchInternVL,
		workload.ArchLlama32Vision,
		workload.ArchMistral3,
		workload.ArchPaliGemma,
		workload.ArchPixtral,
		workload.ArchQwen2VL,
		workload.ArchQwen25VL,
		workload.ArchQwen3VL,
		workload.ArchSmolVLM,
		workload.ArchWhisper,
	} {
		if written[a] == 0 {
			t.Errorf("no model of %v was counted", a)
		}
	}
}

// Freezing the tower leaves its parameters without gradient, and only them.
func TestFreezeVision(t *testing.T) {
	m, ok := catalog.Load().Model("llava-1.5-7b")
	if !ok {
		t.Fatal("no llava-1.5-7b in the catalogue")
	}
	c := minimal(m)
	c.Vision.FreezeVision = true
	b, err := multimodal.Record(c, tape.OneStep)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := b.Counts().Frozen, int64(303507456); int64(got) != want {
		t.Errorf("%d frozen parameters, the tower has %d", got, want)
	}
}
