package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"vramcalc/calc/catalog"
	"vramcalc/calc/cost"
	"vramcalc/calc/fit"
	"vramcalc/calc/memory"
	"vramcalc/calc/workload"
)

// Cost is what a run takes on a GPU besides memory. Throughput, hours and money
// are at the middle of secondsPerStep. What is not known is absent.
type Cost struct {
	GPU                 string   `json:"gpu" jsonschema_description:"Catalogue id."`
	Name                string   `json:"name"`
	Count               int64    `json:"count"`
	FLOPsPerStep        float64  `json:"flopsPerStep" jsonschema_description:"Floating-point operations of an optimizer step over all GPUs."`
	FLOPs               *Efforts `json:"flops,omitempty" jsonschema_description:"What flopsPerStep is for."`
	SecondsPerStep      *Range   `json:"secondsPerStep,omitempty"`
	Utilization         *Range   `json:"utilization,omitempty" jsonschema_description:"Share of the dense peak that the products reach, 0 to 1."`
	TokensPerSecond     *float64 `json:"tokensPerSecond,omitempty" jsonschema_description:"Language models, padding counted."`
	SamplesPerSecond    *float64 `json:"samplesPerSecond,omitempty" jsonschema_description:"Models that see or hear."`
	USDPerMillionTokens *float64 `json:"usdPerMillionTokens,omitempty" jsonschema_description:"On demand."`
	Hours               *float64 `json:"hours,omitempty" jsonschema_description:"Of the whole run; needs datasetSamples or datasetTokens."`
	HoursRange          *Range   `json:"hoursRange,omitempty"`
	RentUSD             *Rent    `json:"rentUsd,omitempty" jsonschema_description:"Of the whole run on all GPUs."`
	HourlyUSD           *Rent    `json:"hourlyUsd,omitempty" jsonschema_description:"One GPU for an hour, median over providers."`
	Providers           int      `json:"providers,omitempty" jsonschema_description:"With an on-demand price."`
	PriceDate           string   `json:"priceDate,omitempty" jsonschema_description:"Of the newest quote."`
	PurchaseUSD         *float64 `json:"purchaseUsd,omitempty" jsonschema_description:"Of one GPU."`
	BreakEvenHours      *float64 `json:"breakEvenHours,omitempty" jsonschema_description:"Hours of on-demand rent that cost as much as the bare card; host and power come on top of buying."`
	EnergyKWh           *float64 `json:"energyKWh,omitempty" jsonschema_description:"Of the whole run, cards at their power limit, without the host."`
	Fits                string   `json:"fits,omitempty" jsonschema_description:"yes, tight or no."`
	Why                 string   `json:"why"`
}

// Efforts are floating-point operations of a step by what they are for.
type Efforts struct {
	Forward   float64 `json:"forward"`
	Backward  float64 `json:"backward"`
	Recompute float64 `json:"recompute,omitempty" jsonschema_description:"Forward once more, by checkpointing."`
	Update    float64 `json:"update,omitempty" jsonschema_description:"Matrix products of the optimizer."`
}

// Rent is a price on demand and for interruptible capacity.
type Rent struct {
	OnDemand *float64 `json:"onDemand,omitempty"`
	Spot     *float64 `json:"spot,omitempty"`
}

// figures is to how many digits estimates are told.
const figures = 4

// significant rounds to a number of digits that an estimate is worth.
func significant(x float64) float64 {
	if x == 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return 0
	}
	return round(x, figures-1-int(math.Floor(math.Log10(math.Abs(x)))))
}

// positive is a number, nil where it is not known.
func positive(x float64) *float64 {
	if x = significant(x); x <= 0 {
		return nil
	}
	return &x
}

func rangeOf(r cost.Range) *Range {
	if r.High <= 0 {
		return nil
	}
	return &Range{significant(r.Low), significant(r.High)}
}

func rentOf(onDemand, spot float64) *Rent {
	if onDemand <= 0 && spot <= 0 {
		return nil
	}
	return &Rent{positive(onDemand), positive(spot)}
}

// costOn is the cost of a run on a card.
func costOn(r cost.Run, g catalog.GPU, fits string, d Detail) *Cost {
	out := &Cost{GPU: g.ID, Name: g.Name, Count: r.GPUs, FLOPsPerStep: r.FLOPs(), Fits: fits}
	if d == Full {
		out.FLOPs = &Efforts{r.By(memory.ForwardEffort), r.By(memory.BackwardEffort), r.By(memory.RecomputeEffort), r.By(memory.UpdateEffort)}
	}
	c, err := cost.Of(r, g)
	if err != nil {
		out.Why = "No time: " + err.Error() + "."
		return out
	}
	out.SecondsPerStep, out.Utilization = rangeOf(c.Step), rangeOf(c.Utilization)
	if r.Kind == workload.NLP || r.Kind == workload.MoE {
		out.TokensPerSecond, out.USDPerMillionTokens = positive(c.Tokens), positive(c.MillionTokensUSD)
	} else {
		out.SamplesPerSecond = positive(c.Samples)
	}
	out.Hours, out.HoursRange = positive(c.TypicalHours), rangeOf(c.Hours)
	out.RentUSD, out.HourlyUSD = rentOf(c.RentUSD, c.RentSpotUSD), rentOf(c.OnDemandUSD, c.SpotUSD)
	out.Providers, out.PriceDate = c.Providers, c.PriceDate
	out.PurchaseUSD, out.BreakEvenHours, out.EnergyKWh = positive(c.PurchaseUSD), positive(c.BreakEven), positive(c.KWh)
	out.Why = whyCost(r, c, d)
	return out
}

// whyCost says what the numbers rest on.
func whyCost(r cost.Run, c cost.Cost, d Detail) string {
	s := fmt.Sprintf("%.3g TFLOP at %.0f–%.0f %% of %.4g dense TFLOPS", r.FLOPs()/tera, 100*c.Utilization.Low, 100*c.Utilization.High, cost.Peak(r, c.GPU))
	for _, n := range c.Notes {
		s += "; " + n
	}
	if c.OnDemandUSD == 0 {
		s += "; no on-demand price is known"
	}
	switch {
	case d != Full || c.PurchaseUSD <= 0:
	case c.PurchaseDate == "":
		s += "; to buy at its list price"
	default:
		s += "; to buy as of " + c.PurchaseDate
	}
	if c.TypicalHours == 0 {
		s += "; hours need datasetSamples"
	}
	return s
}

// tera is 10^12.
const tera = 1e12

// costOf is the cost of an estimated run on the card that was named, else on
// the best of those recommended; nil where there is neither.
func costOf(c Case, target *Target, recommended []GPURecommendation) *Cost {
	if c.Serves() {
		return nil
	}
	id, fits := sectionsOf(c.Workload).Hardware.Target, ""
	switch {
	case id != "" && target != nil:
		fits = target.Fits
	case id == "":
		i := slices.IndexFunc(recommended, func(r GPURecommendation) bool { return r.Level != fit.Insufficient })
		if i < 0 {
			return nil
		}
		id, fits = recommended[i].GPU, recommended[i].Fits
	}
	i := slices.IndexFunc(c.GPUs, func(g catalog.GPU) bool { return g.ID == id })
	if i < 0 {
		return nil
	}
	return costOn(cost.RunOf(c.Workload, c.Breakdown.Work, c.Dataset), c.GPUs[i], fits, c.Detail)
}

// Serves says whether the run generates and trains nothing: how long that takes
// is not modelled.
func (c Case) Serves() bool {
	p := sectionsOf(c.Workload)
	return p.Inference != nil && p.Inference.On
}

// runs adds the hours and rent of the run to recommended cards, where the run's
// length is known.
func runs(list []GPURecommendation, c Case) {
	if c.Dataset == (cost.Dataset{}) || c.Serves() {
		return
	}
	run := cost.RunOf(c.Workload, c.Breakdown.Work, c.Dataset)
	for i := range list {
		at := slices.IndexFunc(c.GPUs, func(g catalog.GPU) bool { return g.ID == list[i].GPU })
		if at < 0 || list[i].Level == fit.Insufficient || list[i].Count != run.GPUs {
			continue
		}
		if t, err := cost.Of(run, c.GPUs[at]); err == nil {
			list[i].RunHours, list[i].RunUSD = positive(t.TypicalHours), positive(t.RentUSD)
		}
	}
}

// inWords is a run's hours and rent in a sentence, "" where they are not known.
func (c *Cost) inWords() string {
	if c == nil || c.Hours == nil {
		return ""
	}
	s := fmt.Sprintf(" The run takes about %s on %s", hours(*c.Hours), c.label())
	if c.HoursRange != nil {
		s += fmt.Sprintf(" (%s to %s)", hours(c.HoursRange.Low), hours(c.HoursRange.High))
	}
	if c.RentUSD != nil && c.RentUSD.OnDemand != nil {
		s += fmt.Sprintf(", about %s of rent on demand", dollars(*c.RentUSD.OnDemand))
	}
	return s + "."
}

func (c *Cost) label() string {
	if c.Count > 1 {
		return fmt.Sprintf("%d × %s", c.Count, c.Name)
	}
	return c.Name
}

// hours is a length of time in the unit that suits it.
func hours(h float64) string {
	const minutes, day = 60, 24
	switch {
	case h < 1:
		return fmt.Sprintf("%.2g minutes", h*minutes)
	case h > 10*day:
		return fmt.Sprintf("%.0f days", h/day)
	}
	return fmt.Sprintf("%.3g hours", h)
}

func dollars(x float64) string {
	const cents = 100
	if x < cents {
		return fmt.Sprintf("$%.2f", x)
	}
	return fmt.Sprintf("$%.0f", x)
}

// costTable writes costs for people.
func costTable(b *strings.Builder, list []*Cost) {
	if len(list) == 0 {
		return
	}
	width := len("Cost on")
	for _, c := range list {
		width = max(width, len(c.label()))
	}
	fmt.Fprintf(b, "\n%-*s %22s %12s %10s %9s %10s\n", width, "Cost on", "seconds a step", "a second", "USD/M tok", "hours", "rent USD")
	for _, c := range list {
		step, speed := "?", "?"
		if r := c.SecondsPerStep; r != nil {
			step = fmt.Sprintf("%.4g to %.4g", r.Low, r.High)
		}
		switch {
		case c.TokensPerSecond != nil:
			speed = fmt.Sprintf("%.4g tok", *c.TokensPerSecond)
		case c.SamplesPerSecond != nil:
			speed = fmt.Sprintf("%.4g", *c.SamplesPerSecond)
		}
		var rent *float64
		if c.RentUSD != nil {
			rent = c.RentUSD.OnDemand
		}
		fmt.Fprintf(b, "%-*s %22s %12s %10s %9s %10s  %s\n", width, c.label(), step, speed,
			money(c.USDPerMillionTokens, 1, 2), money(c.Hours, 1, 2), money(rent, 1, 2), c.Why)
	}
}
