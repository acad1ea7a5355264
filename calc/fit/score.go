package fit

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"vramcalc/calc/catalog"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
)

// Weights of the parts of a score; they sum to 1. They are a judgement: memory
// first, then money, then what it takes to run and to get hold of the cards.
const (
	WeightTarget       = 0.40
	WeightCost         = 0.30
	WeightEase         = 0.15
	WeightAvailability = 0.15
)

// Shares of availability by what is known of a card's production.
const (
	available    = 1.0
	neutral      = 0.5  // not known, of price too
	secondHand   = 0.25 // discontinued: to be found used
	manyRenters  = 8    // providers from which on a card is as easy to rent as any
	notYetOnSale = 0.0
)

// Parts are what a score is made of, each 0 to 1.
type Parts struct {
	Target       float64 // 1 at 75 % of the usable memory, falling evenly to 0 at none of it
	Cost         float64 // ½ at the median price of all that do, more below it
	Ease         float64 // 1 / (cards × machines); 0 for an edge board, without CUDA or ROCm, or where only PCIe joins several
	Availability float64 // the better of: still made, offered by many providers
}

// judge scores an option. usual is the median price of all options, 0 where no
// price is known. What cannot run scores nothing.
func (r *Recommendation) judge(usual float64, want Want) {
	if !r.Runs() {
		return
	}
	r.Parts = Parts{
		Target:       1 - math.Abs(r.Utilization-Target)/Target,
		Cost:         neutral,
		Availability: availability(r.GPU, r.Providers),
	}
	if price := want.price(*r); price > 0 {
		r.Parts.Cost = usual / (usual + price)
	}
	if driven(r.GPU) && (r.Count == 1 || joined(r.GPU)) {
		r.Parts.Ease = 1 / float64(r.Count*machines(r.GPU, r.Count))
	}
	p := r.Parts
	r.Score = WeightTarget*p.Target + WeightCost*p.Cost + WeightEase*p.Ease + WeightAvailability*p.Availability
}

// driven says whether what was computed is what runs: PyTorch on CUDA or ROCm,
// with the card's memory to itself. Edge boards share theirs with the system
// and need builds of their own.
func driven(g catalog.GPU) bool {
	return g.ComputeCapability != "" && g.Segment != catalog.Edge
}

// fabricGBs is from which bandwidth on NVLink joins all cards of a chassis: that
// of a V100. Bridges between two cards have 112.5 GB/s.
const fabricGBs = 300

// joined says whether something faster than PCIe joins the cards of a chassis:
// full sharding moves the weights three times a step.
func joined(g catalog.GPU) bool { return g.NVLinkGBs >= fabricGBs || g.OtherLink != "" }

// machines is how many of its usual chassis so many cards take.
func machines(g catalog.GPU, count int64) int64 {
	each := max(1, g.MaxPerNode)
	return (count + each - 1) / each
}

// availability: a card can be bought or rented, and the easier way counts.
func availability(g catalog.GPU, providers int) float64 {
	made := neutral
	switch g.Availability {
	case catalog.InProduction:
		made = available
	case catalog.Discontinued:
		made = secondHand
	case catalog.Announced:
		made = notYetOnSale
	}
	return max(made, min(1, float64(providers)/manyRenters))
}

// price is what all the cards cost: by the hour, or to buy where that is the
// only budget that the caller names; 0 = not known.
func (w Want) price(r Recommendation) float64 {
	if w.MaxPurchaseUSD > 0 && w.MaxHourlyUSD <= 0 {
		return float64(r.Count) * r.PurchaseUSD
	}
	return float64(r.Count) * r.HourlyUSD
}

// usualPrice is the median over the cards of what each costs at its cheapest
// count that runs the need, 0 where no price is known.
func usualPrice(options []*Recommendation, want Want) float64 {
	cheapest := map[string]float64{}
	for _, o := range options {
		p := want.price(*o)
		if old, seen := cheapest[o.GPU.ID]; p > 0 && o.Runs() && (!seen || p < old) {
			cheapest[o.GPU.ID] = p
		}
	}
	if len(cheapest) == 0 {
		return 0
	}
	prices := slices.Sorted(maps.Values(cheapest))
	return prices[len(prices)/2]
}

// why says in a line what speaks for and against a recommendation.
func (r *Recommendation) why() say.Text {
	var parts []say.Text
	switch {
	case !r.cannot.IsZero():
		return say.F("%s %s", r.GPU.Name, r.cannot)
	case r.Fits == No:
		parts = append(parts, say.F("too small: %s needed of %s usable", gib(r.Need.Total), gib(r.Usable)))
	case !r.Runs():
		parts = append(parts, say.F("no room to vary: %s needed of %s usable", gib(r.Need.Total), gib(r.Usable)))
	default:
		parts = append(parts, say.F("%.0f %% of %s usable", 100*r.Utilization, gib(r.Usable)))
	}
	if r.Count > 1 && !r.Need.Note.IsZero() {
		parts = append(parts, say.F("each holds %s", r.Need.Note))
	}
	if !r.note.IsZero() {
		parts = append(parts, r.note)
	}
	if r.HourlyUSD <= 0 {
		parts = append(parts, say.F("no hourly price known"))
	}
	switch {
	case r.GPU.ComputeCapability == "":
		parts = append(parts, say.F("PyTorch runs there without CUDA or ROCm, for which this was computed"))
	case r.GPU.Segment == catalog.Edge:
		parts = append(parts, say.F("shares its memory with the system"))
	}
	if a := r.GPU.Availability; a == catalog.Discontinued || a == catalog.Announced {
		parts = append(parts, say.Phrase(a.String()))
	}
	return say.Join("; ", parts...)
}

func gib(b unit.Bytes) string { return fmt.Sprintf("%.1f GiB", b.GiB()) }
