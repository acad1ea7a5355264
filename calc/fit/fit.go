// Package fit ranks GPUs for a need: which cards hold it, how many of each, at
// what price, and why. A card that cannot run the number format, or on which
// the need takes more than 95 % of the usable memory, is insufficient and says
// so; what is not known about a card stays unknown and counts as average.
//
// Not weighed: how fast a card is. A dear card may finish a run for less; that
// is a matter of the run, not of the need.
package fit

import (
	"cmp"
	"maps"
	"slices"

	"vramcalc/calc/catalog"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
)

// Want is what a caller demands of the cards. Zero values demand nothing.
type Want struct {
	Formats        []Format // every one has to run
	MaxHourlyUSD   float64  // of all the cards together
	MaxPurchaseUSD float64  // of all the cards together
	Vendors        []catalog.Vendor
	Segments       []catalog.Segment
	MinCount       int64
	MaxCount       int64 // 0: as many as the need takes
}

// Recommendation is one card, so many of it, and how that does. Prices are of
// one card; 0 = not known.
type Recommendation struct {
	GPU          catalog.GPU
	Count        int64
	Need         Amount // on each card
	Usable       unit.Bytes
	Utilization  float64
	Level        string
	Fits         string
	HourlyUSD    float64 // median over providers
	LowUSD       float64
	HighUSD      float64
	Providers    int
	PurchaseUSD  float64
	PriceDate    string // of the newest hourly quote, else of the street price
	Score        float64
	Parts        Parts
	Why          say.Text
	cannot, note say.Text // why a format does not run, or how it does
}

// Runs says whether the card is worth recommending: it holds the need with
// room to vary and runs its formats.
func (r Recommendation) Runs() bool { return r.Level != Insufficient }

// Rank orders the cards that pass the filters, best first; those that cannot
// run the need come last, the closest to it first. Each card appears once, with
// the count that does best. The order of the cards given does not matter.
func Rank(need Need, gpus []catalog.GPU, want Want) []Recommendation {
	var options []*Recommendation
	for _, g := range gpus {
		if want.takes(g) {
			options = append(options, optionsOf(g, need, want)...)
		}
	}
	usual := usualPrice(options, want)
	best := map[string]*Recommendation{}
	for _, o := range options {
		o.judge(usual, want)
		if old, seen := best[o.GPU.ID]; !seen || compare(o, old) < 0 {
			best[o.GPU.ID] = o
		}
	}
	out := make([]Recommendation, 0, len(best))
	for _, r := range slices.SortedFunc(maps.Values(best), compare) {
		r.Why = r.why()
		out = append(out, *r)
	}
	return out
}

// compare puts the better recommendation first.
func compare(a, b *Recommendation) int {
	return cmp.Or(
		cmp.Compare(rank(a), rank(b)),
		cmp.Compare(b.Score, a.Score),
		cmp.Compare(unsuited(a), unsuited(b)),
		cmp.Compare(a.Count, b.Count),
		cmp.Compare(a.Usable, b.Usable),
		cmp.Compare(a.GPU.ID, b.GPU.ID),
	)
}

// rank puts cards that run the need before those too small for it, and those
// that lack a format last.
func rank(r *Recommendation) int {
	switch {
	case r.Runs():
		return 0
	case r.cannot.IsZero():
		return 1
	}
	return 2
}

// unsuited orders cards that cannot run the need by how much is missing.
func unsuited(r *Recommendation) float64 {
	if r.Runs() {
		return 0
	}
	return r.Utilization
}

// optionsOf are the counts of a card that are worth a look.
func optionsOf(g catalog.GPU, need Need, want Want) []*Recommendation {
	var out []*Recommendation
	one := card(g, want)
	for _, n := range counts(g, want) {
		amount, known := need(n)
		if !known {
			continue
		}
		o := one.holding(n, amount)
		if !want.affords(*o) {
			continue
		}
		out = append(out, o)
		if o.Runs() && want.MaxCount == 0 && n >= max(1, g.MaxPerNode) {
			break // further chassis only as long as one does not do
		}
	}
	return out
}

// card is what a recommendation says of a card whatever the need.
func card(g catalog.GPU, want Want) Recommendation {
	r := Recommendation{GPU: g}
	r.Usable, _ = g.Usable()
	r.LowUSD, r.HourlyUSD, r.HighUSD = g.OnDemandUSD()
	r.Providers, r.PriceDate = g.Renters()
	var asOf string
	r.PurchaseUSD, asOf = g.PurchaseUSD()
	if r.PriceDate == "" {
		r.PriceDate = asOf
	}
	for _, f := range want.Formats {
		ok, why := Runs(g, f)
		switch {
		case !ok && r.cannot.IsZero():
			r.cannot = why
		case ok && !why.IsZero():
			r.note = why
		}
	}
	return r
}

// holding sets so many of the card against what each has to hold.
func (r Recommendation) holding(count int64, amount Amount) *Recommendation {
	r.Count, r.Need = count, amount
	r.Utilization = float64(amount.Total) / float64(r.Usable)
	r.Level, r.Fits = Level(r.Utilization), Fits(amount.Low, amount.Total, r.Usable)
	switch {
	case !r.cannot.IsZero():
		r.Level, r.Fits = Insufficient, No
	case r.Level == Insufficient && r.Fits == Yes:
		r.Fits = Tight // it may run, without the room that a run needs to vary
	}
	return &r
}
