package advise

import (
	"cmp"
	"slices"

	"vramcalc/calc/catalog"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Utilization below which a card is oversized, and that up to which a smaller
// one is good: documented levels.
const (
	oversized = 0.45
	good      = 0.85
)

// cards are the catalogue's cards of the same vendor that run the precision of
// the run and have the memory, the cheapest first, those of unknown price last.
func (r *Run) cards(need unit.Bytes, most float64, ok func(catalog.GPU) bool) []catalog.GPU {
	vendor := catalog.NVIDIA
	if r.Card != nil {
		vendor = r.Card.Vendor
	}
	var out []catalog.GPU
	for _, g := range r.GPUs {
		usable, _ := g.Usable()
		runs := g.Supports.BF16 || r.Train.Compute() != workload.BF16
		if g.Vendor == vendor && runs && float64(need) <= most*float64(usable) && ok(g) {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(x, y catalog.GPU) int {
		p, q := hourly(x), hourly(y)
		return cmp.Or(unknownLast(p, q), cmp.Compare(p, q), cmp.Compare(x.VRAMGiB, y.VRAMGiB), cmp.Compare(x.ID, y.ID))
	})
	return out
}

// hourly is the median price of an hour on demand, 0 = not known.
func hourly(g catalog.GPU) float64 {
	_, median, _ := g.OnDemandUSD()
	return median
}

func unknownLast(p, q float64) int {
	switch {
	case (p > 0) == (q > 0):
		return 0
	case p > 0:
		return -1
	}
	return 1
}

// otherCard is a patch that names another card.
func (r *Run) otherCard(g catalog.GPU) map[string]any {
	change := map[string]any{"targetGpu": g.ID}
	if r.Given("targetMemoryGiB") {
		change["targetMemoryGiB"] = nil
	}
	return change
}

var (
	largerCard = &Move{
		ID:       "cost/card-that-fits",
		Title:    say.F("A card on which it fits"),
		Reason:   say.F("the run does not fit the target as it is"),
		Tradeoff: say.F("a larger card costs more an hour"),
		Doc:      "The cheapest card of the catalogue by the hour, of the same vendor, that runs the precision and has room: the whole need is at most 95 % of its usable memory.",
		Source:   "the GPU catalogue and its prices",
		Category: Cost,
		Price:    Free,
		Group:    "card",
		For:      with(llama7B, `"targetGpu":"RTX 4090"`),
		NotFor:   with(llama7B, `"fineTuningMethod":"qlora","gradientCheckpointing":true,"batchSize":1,"targetGpu":"RTX 4090"`),
		Propose: func(r *Run) []Proposal {
			if r.Fits() {
				return nil
			}
			found := r.cards(r.Before.Total, roomy, func(g catalog.GPU) bool { return g.ID != r.Hardware.Target })
			if len(found) == 0 {
				return nil
			}
			return []Proposal{{Urgent: true, Change: r.otherCard(found[0])}}
		},
	}
	smallerCard = &Move{
		ID:       "cost/smaller-card",
		Title:    say.F("A smaller card"),
		Reason:   say.F("more than half of the target's memory is paid for and not used"),
		Tradeoff: say.F("a cheaper card is usually slower"),
		Doc:      "Where the run needs less than 45 % of its target, a card that it fills up to 85 % and that costs less an hour is named. Only cards with known prices are compared.",
		Source:   "the GPU catalogue and its prices",
		Category: Cost,
		Price:    Slower,
		Group:    "card",
		For:      with(gpt2, `"targetGpu":"A100 80GB"`),
		NotFor:   with(llama7B, `"targetGpu":"A100 80GB"`),
		Propose: func(r *Run) []Proposal {
			if r.Card == nil || !r.HasTarget() || r.utilization(r.Before.Total) >= oversized {
				return nil
			}
			price := hourly(*r.Card)
			found := r.cards(r.Before.Total, good, func(g catalog.GPU) bool { return hourly(g) > 0 && hourly(g) < price })
			if len(found) == 0 {
				return nil
			}
			return patch(r.otherCard(found[0]))
		},
	}
	fewerEpochs = &Move{
		ID:       "cost/fewer-epochs",
		Title:    say.F("Three epochs"),
		Reason:   say.F("language models fine-tuned for many epochs repeat their data"),
		Tradeoff: say.F("tiny data sets may want more; watch the validation loss"),
		Doc:      "Loss on held-out data rises after a few epochs over the same text, while time and money grow with every one.",
		Source:   "Ouyang et al. 2022, InstructGPT, appendix C; Muennighoff et al. 2023, Scaling Data-Constrained Language Models",
		Category: Cost,
		Price:    Changes,
		Applies:  decoders,
		For:      with(llama, `"trainingEpochs":10`),
		NotFor:   with(llama, `"trainingEpochs":3`),
		Propose: func(r *Run) []Proposal {
			const enough, many = 3, 5
			if r.Train.Epochs <= many || r.Text.Family.IsEncoder() {
				return nil
			}
			return []Proposal{{Share: 1 - enough/r.Train.Epochs, Change: map[string]any{"trainingEpochs": enough}}}
		},
	}
)
