package report

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/cost"
	"vramcalc/calc/fit"
	"vramcalc/calc/say"
)

// CostAnswer answers what a run takes in time and money. Cost is a *Cost where
// a GPU was named, else a []*Cost.
type CostAnswer struct {
	Summary     say.Text     `json:"summary" jsonschema_description:"One or two sentences to act on."`
	Cost        any          `json:"cost,omitempty" jsonschema_description:"On the GPU that was named: one object. Where none was: a list over the GPUs that hold the run, cheapest first."`
	Target      *Target      `json:"target,omitempty" jsonschema_description:"Whether it fits the GPU named by targetGpu or targetMemoryGiB."`
	Validation  *Validation  `json:"validation,omitempty" jsonschema_description:"What is wrong, unusual or better done otherwise."`
	Assumptions []Assumption `json:"assumptions,omitempty" jsonschema_description:"Values that the caller did not give."`
}

// mostCosts is over how many GPUs an answer of less than full detail tells.
const mostCosts = 8

// Analyze computes the cost of an estimated run on the card that was named, or
// on every one that holds it.
func Analyze(c Case) CostAnswer {
	a := CostAnswer{
		Target:      target(c),
		Validation:  Validate(c.Findings),
		Assumptions: assumptions(c.Assumptions, c.Detail),
	}
	need := say.F("Needs %s.", gib(c.Breakdown.Total))
	if a.Target != nil {
		need = say.Join(" ", need, verdict(*a.Target))
	}
	h := sectionsOf(c.Workload).Hardware
	run := cost.RunOf(c.Workload, c.Breakdown.Work, c.Dataset)
	if i := slices.IndexFunc(c.GPUs, func(g catalog.GPU) bool { return g.ID == h.Target }); i >= 0 {
		one := costOn(run, c.GPUs[i], "", c.Detail)
		if a.Target != nil {
			one.Fits = a.Target.Fits
		}
		a.Cost = one
		a.Summary = say.Join(" ", need, one.speed(), one.inWords())
		return a
	}
	list := overGPUs(c, run)
	if c.Detail != Full {
		list = list[:min(mostCosts, len(list))]
	}
	a.Cost = list
	a.Summary = say.Join(" ", need, cheapest(list))
	return a
}

// overGPUs are the costs on the cards that hold the run, cheapest first: those
// without a price come after, fastest first.
func overGPUs(c Case, run cost.Run) []*Cost {
	need := fit.Estimated(c.Breakdown, sectionsOf(c.Workload).Parallel.GPUs)
	var list []*Cost
	for _, r := range fit.Rank(need, c.GPUs, wanted(c.Workload, c.Want)) {
		if r.Runs() {
			if one := costOn(run, r.GPU, r.Fits, c.Detail); one.SecondsPerStep != nil {
				list = append(list, one)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *Cost) int {
		return cmp.Or(cmp.Compare(a.stepUSD(), b.stepUSD()), cmp.Compare(a.seconds(), b.seconds()), cmp.Compare(a.GPU, b.GPU))
	})
	return list
}

// seconds is the middle of a step's time.
func (c *Cost) seconds() float64 { return math.Sqrt(c.SecondsPerStep.Low * c.SecondsPerStep.High) }

// stepUSD is the rent of a step in the order of costs: without a price it is
// dearer than any.
func (c *Cost) stepUSD() float64 {
	if c.HourlyUSD == nil || c.HourlyUSD.OnDemand == nil {
		return math.Inf(1)
	}
	return *c.HourlyUSD.OnDemand * c.seconds()
}

// speed says how fast a run is, and what that costs where its length is not
// known.
func (c *Cost) speed() say.Text {
	switch {
	case c.SecondsPerStep == nil:
		return c.Why
	case c.TokensPerSecond != nil && c.USDPerMillionTokens != nil:
		return say.F("About %.0f tokens a second on %s, $%.2f for a million.", *c.TokensPerSecond, c.label(), *c.USDPerMillionTokens)
	case c.TokensPerSecond != nil:
		return say.F("About %.0f tokens a second on %s.", *c.TokensPerSecond, c.label())
	case c.SamplesPerSecond != nil:
		return say.F("About %.4g samples a second on %s.", *c.SamplesPerSecond, c.label())
	}
	return say.Text{}
}

// cheapest names the first of the costs, and the fastest.
func cheapest(list []*Cost) say.Text {
	if len(list) == 0 {
		return say.F("No GPU of the catalogue that passes the filters holds it.")
	}
	first := list[0]
	s := say.Join(" ", say.F("Cheapest to rent: %s", first.speed().As(small)), first.inWords())
	fastest := slices.MinFunc(list, func(a, b *Cost) int { return cmp.Compare(a.seconds(), b.seconds()) })
	if fastest != first {
		s = say.Join(" ", s, say.F("The fastest of those listed: %s", fastest.speed().As(small)))
	}
	return s
}

// small begins a clause in small letters.
func small(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// Costs are the costs as a list, of one where a GPU was named.
func (a CostAnswer) Costs() []*Cost {
	switch c := a.Cost.(type) {
	case *Cost:
		return []*Cost{c}
	case []*Cost:
		return c
	}
	return nil
}

// RefuseCost is the answer to arguments that cannot be answered.
func RefuseCost(findings []check.Finding) CostAnswer {
	r := Refuse(findings)
	return CostAnswer{Summary: r.Summary, Validation: r.Validation}
}

// Refused says whether the arguments were turned down.
func (a CostAnswer) Refused() bool { return a.Validation != nil && !a.Validation.Valid }

// Validated gives the findings, nil where there are none to tell of.
func (a CostAnswer) Validated() *Validation { return a.Validation }

// FitsTarget is false where a target was named and does not hold the run.
func (a CostAnswer) FitsTarget() bool { return a.Target == nil || a.Target.Fits != fit.No }

// Text is the answer for people.
func (a CostAnswer) Text() string {
	var b strings.Builder
	b.WriteString(a.Summary.String() + "\n")
	costTable(&b, a.Costs())
	validation(&b, a.Validation)
	assumed(&b, a.Assumptions)
	return b.String()
}
