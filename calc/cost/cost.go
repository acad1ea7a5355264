// Package cost says what a run takes besides memory: time on a GPU, money and
// energy.
//
// A step takes the time of its products at the card's dense peak, less what
// matrix kernels never reach, and the time in which its tensors pass through
// the card's memory (rate.go). Both come from the recorded step; how often a
// tensor passes is a range, found in published runs (published_test.go). What
// loading data, talking between GPUs and saving take is left out.
//
// Money needs a price, hours need a number of samples or tokens. What is not
// known is 0 and never guessed.
package cost

import (
	"math"

	"vramcalc/calc/catalog"
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/workload"
)

// Run is what is to be paid for.
type Run struct {
	Kind      workload.Kind
	Precision workload.Precision // of the products that are not fp32
	Work      memory.Work        // of an optimizer step on one GPU
	GPUs      int64
	Samples   float64 // of an optimizer step over all GPUs
	Tokens    float64 // likewise, text tokens; 0 for images
	Micro     float64 // tokens of a micro-batch of a language model on one GPU, else 0
	Epochs    float64

	DatasetSamples float64 // of one epoch, 0 = not known
	DatasetTokens  float64 // likewise
}

// Range is from the least to the most.
type Range struct{ Low, High float64 }

// typical is the middle of a range that spans a factor.
func (r Range) typical() float64 { return math.Sqrt(r.Low * r.High) }

func (r Range) times(x float64) Range { return Range{r.Low * x, r.High * x} }

// Cost is what a run takes on so many of a GPU. 0 = not known.
type Cost struct {
	GPU         catalog.GPU
	GPUs        int64
	Step        Range   // seconds
	Second      float64 // typical seconds of a step: the middle of Step
	Utilization Range   // of the dense peak, by all products
	Notes       []say.Text

	Samples, Tokens float64 // per second

	OnDemandUSD, SpotUSD float64 // an hour of one GPU, median over providers
	Providers            int
	PriceDate            string  // of the newest on-demand quote
	PurchaseUSD          float64 // of one GPU
	PurchaseDate         string
	BreakEven            float64 // hours of renting that cost as much as buying
	MillionTokensUSD     float64 // on demand

	Hours        Range // of the whole run
	TypicalHours float64
	RentUSD      float64 // of the whole run on demand, at its typical hours
	RentSpotUSD  float64
	KWh          float64 // of the whole run, cards at their power limit
}

// Of is the cost of a run on a GPU. The error says what about the card is not
// known.
func Of(r Run, g catalog.GPU) (Cost, error) {
	c := Cost{GPU: g, GPUs: max(1, r.GPUs)}
	t, err := stepOf(r, g)
	if err != nil {
		return Cost{}, err
	}
	c.Step, c.Notes = t.step, t.notes
	c.Second = c.Step.typical()
	c.Utilization = Range{t.ideal / c.Step.High, t.ideal / c.Step.Low}
	if c.Second > 0 {
		c.Samples, c.Tokens = r.Samples/c.Second, r.Tokens/c.Second
	}
	c.prices()
	c.run(r)
	return c, nil
}

const (
	secondsOfHour = 3600
	million       = 1e6
	wattsOfKW     = 1000
)

// prices are those of the card, whatever the run.
func (c *Cost) prices() {
	g := c.GPU
	_, c.OnDemandUSD, _ = g.OnDemandUSD()
	_, c.SpotUSD, _ = g.SpotUSD()
	c.Providers, c.PriceDate = g.Renters()
	c.PurchaseUSD, c.PurchaseDate = g.PurchaseUSD()
	if c.OnDemandUSD > 0 {
		c.BreakEven = c.PurchaseUSD / c.OnDemandUSD
		if c.Tokens > 0 {
			c.MillionTokensUSD = million * c.OnDemandUSD * float64(c.GPUs) / secondsOfHour / c.Tokens
		}
	}
}

// run is what the whole of it takes, where its length is known.
func (c *Cost) run(r Run) {
	steps := r.steps()
	if steps == 0 {
		return
	}
	c.Hours = c.Step.times(steps / secondsOfHour)
	c.TypicalHours = c.Second * steps / secondsOfHour
	cards := float64(c.GPUs)
	c.RentUSD = c.OnDemandUSD * cards * c.TypicalHours
	c.RentSpotUSD = c.SpotUSD * cards * c.TypicalHours
	c.KWh = c.GPU.TDPWatts / wattsOfKW * cards * c.TypicalHours
}

// steps is the number of optimizer steps of the run, 0 where its length is not
// known. Samples count before tokens.
func (r Run) steps() float64 {
	switch {
	case r.DatasetSamples > 0 && r.Samples > 0:
		return math.Ceil(r.DatasetSamples * r.Epochs / r.Samples)
	case r.DatasetTokens > 0 && r.Tokens > 0:
		return math.Ceil(r.DatasetTokens * r.Epochs / r.Tokens)
	}
	return 0
}
