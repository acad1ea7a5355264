package advise

import (
	"maps"
	"slices"

	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

var (
	// together makes a run fit that no move alone makes fit. Its patches grow:
	// each adds a move to those before, in the order of what they cost.
	together = &Move{
		ID:       "memory/together",
		Title:    say.F("Several changes that make it fit together"),
		Reason:   say.F("no one of them is enough"),
		Tradeoff: say.F("that of each of them; take the fewest that do"),
		Doc:      "Kernels that keep less come first, then recomputation, a micro-batch of one sample with accumulation and 8-bit optimizer states; adapters and 4-bit weights only where all of that is not enough. The patch holds the first sum that fits.",
		Source:   "the moves of this list",
		Category: Memory,
		Price:    Changes,
		Applies:  languages,
		For:      with(llama7B, `"batchSize":8,"targetGpu":"RTX 4090"`),
		NotFor:   with(llama7B, `"fineTuningMethod":"lora","batchSize":1,"targetGpu":"A100 80GB"`),
		Propose: func(r *Run) []Proposal {
			if r.Fits() {
				return nil
			}
			parts := []*Move{attentionKernel, fusedLoss, gradientCheckpointing, microBatch, optimizer8bit, lora, qlora, doubleQuantization}
			out := r.sums(parts)
			return append(out, r.sums(slices.DeleteFunc(parts, func(m *Move) bool { return m == fusedLoss }))...) // not every model has one
		},
	}
)

// sums are patches of two and more of the moves, each of those that apply added
// to the ones before.
func (r *Run) sums(moves []*Move) []Proposal {
	var out []Proposal
	sum := map[string]any{}
	parts := 0
	for _, m := range moves {
		proposals := m.Propose(r)
		if !m.appliesTo(r.Kind) || len(proposals) == 0 {
			continue
		}
		maps.Copy(sum, proposals[len(proposals)-1].Change)
		if parts++; parts > 1 {
			out = append(out, Proposal{Change: maps.Clone(sum)})
		}
	}
	if r.Adapter.Quantization == workload.NoQuantization && sum["fineTuningMethod"] == workload.QLoRA {
		sum["quantization"] = workload.NF4Double
		out = append(out, Proposal{Change: sum})
	}
	return out
}
