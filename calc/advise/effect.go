package advise

import (
	"slices"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/cost"
	"vramcalc/calc/memory"
	"vramcalc/calc/workload"
)

// Effect is what a change does to the time and the rent of the whole run, on
// demand. 0 = not known.
type Effect struct {
	HoursBefore, HoursAfter float64
	USDBefore, USDAfter     float64
}

// Known says whether anything is.
func (e Effect) Known() bool { return e.HoursBefore > 0 }

// share is the part of time or money that is saved, the larger of the two;
// negative where both grow.
func (e Effect) share() float64 {
	saved := 1 - e.HoursAfter/e.HoursBefore
	if e.USDBefore > 0 && e.USDAfter > 0 {
		saved = max(saved, 1-e.USDAfter/e.USDBefore)
	}
	return saved
}

// timed says whether the run's time is known: it trains, its card is named and
// the length of its data is.
func (a *adviser) timed() bool { return a.hours > 0 }

// effect is what a proposal does to time and money, by the tensors that pass
// and the products of its step.
func (a *adviser) effect(t tried) Effect {
	if !a.timed() {
		return Effect{}
	}
	work := a.Case.Before.Work
	if !t.same {
		work = a.of(t.w).work
	}
	e := Effect{HoursBefore: a.hours, USDBefore: a.usd}
	e.HoursAfter, e.USDAfter = a.spent(t.w, work)
	if e.HoursAfter <= 0 {
		return Effect{} // not known of the other card
	}
	return e
}

// spent is what a run takes on the card that it names, 0 where that is not
// known.
func (a *adviser) spent(w workload.Workload, work memory.Work) (hours, usd float64) {
	p := check.NewPass(w, false, nil)
	at := slices.IndexFunc(a.Case.GPUs, func(g catalog.GPU) bool { return g.ID == p.Hardware.Target })
	if at < 0 || p.Inference != nil && p.Inference.On {
		return 0, 0
	}
	c, err := cost.Of(cost.RunOf(w, work, a.Dataset), a.Case.GPUs[at])
	if err != nil {
		return 0, 0
	}
	return c.TypicalHours, c.RentUSD
}
