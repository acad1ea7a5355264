package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"vramcalc/calc/catalog"
	"vramcalc/calc/fit"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// GPURecommendation is one GPU for a need, or so many of it. Sizes and prices
// are of one card. A price that is not known is absent.
type GPURecommendation struct {
	GPU            string         `json:"gpu" jsonschema_description:"Catalogue id."`
	Name           string         `json:"name"`
	Count          int64          `json:"count" jsonschema_description:"Cards that share it."`
	Change         map[string]any `json:"change,omitempty" jsonschema_description:"Patch of arguments that makes it the target."`
	VRAMBytes      unit.Bytes     `json:"vramBytes" jsonschema_description:"Nominal, of one card."`
	UsableBytes    unit.Bytes     `json:"usableBytes" jsonschema_description:"What a process can use on one card."`
	NeedBytes      unit.Bytes     `json:"needBytes,omitempty" jsonschema_description:"What each of several cards has to hold."`
	Utilization    float64        `json:"utilization" jsonschema_description:"Need over usable bytes of one card."`
	Level          string         `json:"level" jsonschema_description:"As in target; insufficient too where it cannot run the precision."`
	Fits           string         `json:"fits"`
	HourlyUSD      *float64       `json:"hourlyUsd,omitempty" jsonschema_description:"Median on-demand price over providers, of one card; absent where not known."`
	HourlyUSDRange *Range         `json:"hourlyUsdRange,omitempty"`
	PurchaseUSD    *float64       `json:"purchaseUsd,omitempty" jsonschema_description:"Of one card; absent where not known."`
	RunHours       *float64       `json:"runHours,omitempty" jsonschema_description:"Of the whole run; needs datasetSamples or datasetTokens."`
	RunUSD         *float64       `json:"runUsd,omitempty" jsonschema_description:"Rent of the whole run on demand, all cards."`
	Availability   string         `json:"availability" jsonschema_description:"in-production, discontinued, announced or unknown."`
	PriceDate      string         `json:"priceDate,omitempty" jsonschema_description:"Of the newest quote."`
	Score          float64        `json:"score" jsonschema_description:"0 to 1: 0.40 closeness to 75 % utilization, 0.30 price, 0.15 ease (one card over many, a fabric over PCIe), 0.15 availability; 0 where insufficient. Unknown counts as average."`
	Why            string         `json:"why"`
}

// Range is from the lowest to the highest.
type Range struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Decimals of printed shares and scores; levels and order are decided before.
const (
	shareDigits = 6
	scoreDigits = 3
)

// mostGPUs is how many recommendations an answer of less than full detail has.
const mostGPUs = 5

// recommendations ranks the cards and picks what a level of detail tells. Cards
// that cannot run the need are told with detail full, or where none can.
func recommendations(need fit.Need, gpus []catalog.GPU, want fit.Want, d Detail, patch func(id string, count int64) map[string]any) []GPURecommendation {
	ranked := fit.Rank(need, gpus, want)
	if d != Full {
		if n := slices.IndexFunc(ranked, func(r fit.Recommendation) bool { return !r.Runs() }); n > 0 {
			ranked = ranked[:n]
		}
		ranked = ranked[:min(mostGPUs, len(ranked))]
	}
	var out []GPURecommendation
	for _, r := range ranked {
		out = append(out, recommendation(r, d, patch))
	}
	return out
}

func recommendation(r fit.Recommendation, d Detail, patch func(id string, count int64) map[string]any) GPURecommendation {
	out := GPURecommendation{
		GPU: r.GPU.ID, Name: r.GPU.Name, Count: r.Count,
		VRAMBytes: r.GPU.VRAM(), UsableBytes: r.Usable,
		Utilization: round(r.Utilization, shareDigits), Level: r.Level, Fits: r.Fits,
		HourlyUSD: known(r.HourlyUSD), PurchaseUSD: known(r.PurchaseUSD),
		Availability: r.GPU.Availability.String(), PriceDate: r.PriceDate,
		Score: round(r.Score, scoreDigits), Why: r.Why,
	}
	if r.Count > 1 {
		out.NeedBytes = r.Need.Total
	}
	if r.HourlyUSD > 0 {
		out.HourlyUSDRange = &Range{*known(r.LowUSD), *known(r.HighUSD)}
	}
	if patch != nil {
		out.Change = patch(r.GPU.ID, r.Count)
	}
	if d == Full && r.Runs() {
		p := r.Parts
		out.Why += fmt.Sprintf("; scores %.2f for use, %.2f for price, %.2f for ease, %.2f for availability", p.Target, p.Cost, p.Ease, p.Availability)
	}
	return out
}

// known is a price, nil where it is not known.
func known(usd float64) *float64 {
	if usd <= 0 {
		return nil
	}
	const cents = 2
	usd = round(usd, cents)
	return &usd
}

// patcher makes the change that takes so many of a card as the target; a size
// given instead of a card, or beside it, goes. Over more cards than the run has
// it is sharded.
func patcher(h *workload.Hardware, p *workload.Parallel) func(id string, count int64) map[string]any {
	sized := h.Usable > 0
	if g, _, found := catalog.Load().GPU(h.Target); found {
		usable, _ := g.Usable()
		sized = h.Usable != int64(usable)
	}
	return func(id string, count int64) map[string]any {
		change := map[string]any{"targetGpu": id}
		if sized {
			change["targetMemoryGiB"] = nil
		}
		if count > max(1, p.GPUs) {
			maps.Copy(change, ShardOver(count))
		}
		return change
	}
}

// ShardOver is the change of arguments that spreads a run over GPUs with
// weights, gradients and optimizer states in shards.
func ShardOver(gpus int64) map[string]any {
	const everything = 3
	return map[string]any{"numGpus": gpus, "zeroStage": everything}
}

// wanted adds the formats that a workload needs to what the caller demands.
func wanted(w workload.Workload, want fit.Want) fit.Want {
	if len(want.Formats) > 0 {
		return want
	}
	s := sectionsOf(w)
	want.Formats = []fit.Format{fit.FormatOf(s.Train.Precision)}
	switch s.Adapter.Quantization {
	case workload.Int8:
		want.Formats = append(want.Formats, fit.INT8)
	case workload.NF4, workload.FP4, workload.NF4Double:
		want.Formats = append(want.Formats, fit.INT4)
	}
	return want
}

// best names the first recommendation in a sentence, "" where there is none.
func best(list []GPURecommendation) string {
	if len(list) == 0 {
		return ""
	}
	if r := list[0]; r.Level == fit.Insufficient {
		return fmt.Sprintf(" No GPU of the catalogue that passes the filters does; the closest is %s.", r.label())
	}
	return fmt.Sprintf(" The best GPU for it is %s.", list[0].label())
}

// label is a card with its number, share and price.
func (r GPURecommendation) label() string {
	s := r.Name
	if r.Count > 1 {
		s = fmt.Sprintf("%d × %s", r.Count, r.Name)
	}
	s += fmt.Sprintf(" (%.0f %%", 100*r.Utilization)
	if r.HourlyUSD != nil {
		s += fmt.Sprintf(", $%.2f an hour", float64(r.Count)**r.HourlyUSD)
	}
	return s + ")"
}

// gpuTable writes the recommendations for people.
func gpuTable(b *strings.Builder, list []GPURecommendation) {
	if len(list) == 0 {
		return
	}
	width := len("GPU")
	for _, r := range list {
		width = max(width, len(r.Name))
	}
	fmt.Fprintf(b, "\n%-*s %5s %6s  %-12s %9s %9s %6s\n", width, "GPU", "cards", "use", "level", "USD/h", "to buy", "score")
	for _, r := range list {
		fmt.Fprintf(b, "%-*s %5d %4.0f %%  %-12s %9s %9s %6.2f  %s\n", width, r.Name, r.Count, 100*r.Utilization, r.Level,
			money(r.HourlyUSD, r.Count, 2), money(r.PurchaseUSD, r.Count, 0), r.Score, r.Why)
	}
}

// money is what all the cards cost, "?" where it is not known.
func money(each *float64, count int64, digits int) string {
	if each == nil {
		return "?"
	}
	return fmt.Sprintf("%.*f", digits, float64(count)**each)
}
