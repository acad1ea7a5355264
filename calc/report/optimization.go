package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"vramcalc/calc/advise"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
)

// Optimization is a change that makes the run fit, faster, cheaper or steadier.
type Optimization struct {
	ID         string         `json:"id" jsonschema_description:"Permanent id of the move."`
	Category   string         `json:"category" jsonschema_description:"memory, performance, cost or stability."`
	Priority   string         `json:"priority" jsonschema_description:"high (does not fit the target, or cannot converge), medium (10 % of bytes, time or money, or more) or low."`
	Title      say.Text       `json:"title"`
	Reason     say.Text       `json:"reason"`
	Change     map[string]any `json:"change" jsonschema_description:"Patch of arguments; null removes one."`
	Before     unit.Bytes     `json:"before" jsonschema_description:"totalBytes of this call."`
	After      unit.Bytes     `json:"after" jsonschema_description:"totalBytes of this call with change applied."`
	SavedBytes int64          `json:"savedBytes" jsonschema_description:"before less after; negative where it takes more."`
	Effect     *Effect        `json:"effect,omitempty" jsonschema_description:"Time and money, where both are known."`
	Tradeoff   say.Text       `json:"tradeoff"`
}

// Effect is what a change does to time and money of the whole run.
type Effect struct {
	HoursBefore *float64 `json:"hoursBefore,omitempty"`
	HoursAfter  *float64 `json:"hoursAfter,omitempty"`
	USDBefore   *float64 `json:"usdBefore,omitempty"`
	USDAfter    *float64 `json:"usdAfter,omitempty"`
}

// shownMoves is how many moves an answer of standard detail holds.
const shownMoves = 6

// Moves is the number of moves to look for, 0 = all; false where the answer
// holds none.
func (d Detail) Moves() (limit int, ok bool) {
	switch d {
	case Standard:
		return shownMoves, true
	case Full:
		return 0, true
	}
	return 0, false
}

func optimizations(advice []advise.Advice) []Optimization {
	out := make([]Optimization, len(advice))
	for i, a := range advice {
		out[i] = Optimization{
			ID:         a.ID,
			Category:   a.Category.String(),
			Priority:   a.Priority.String(),
			Title:      a.Title,
			Reason:     a.Reason,
			Change:     a.Change,
			Before:     a.Before,
			After:      a.After,
			SavedBytes: int64(a.Before - a.After),
			Effect:     effectOf(a.Effect),
			Tradeoff:   a.Tradeoff,
		}
	}
	return out
}

// effectOf is nil where no time is known.
func effectOf(e advise.Effect) *Effect {
	if !e.Known() {
		return nil
	}
	return &Effect{positive(e.HoursBefore), positive(e.HoursAfter), positive(e.USDBefore), positive(e.USDAfter)}
}

// Total is the totalBytes that an answer gives for a workload.
func (f FormulaSet) Total(c Case) unit.Bytes {
	if f == Guide {
		return totalOf(guideLines(c.Workload, c.Breakdown))
	}
	return c.Breakdown.Total
}

// text is a line for people, and what to send for it.
func (o Optimization) text(b *strings.Builder) {
	saved := "takes " + unit.Bytes(-o.SavedBytes).String() + " more"
	switch {
	case o.SavedBytes == 0:
		saved = "as much memory"
	case o.SavedBytes > 0:
		saved = "saves " + unit.Bytes(o.SavedBytes).String()
	}
	fmt.Fprintf(b, "  %s %s: %s (%s%s): %s. Tradeoff: %s\n", o.Priority, o.Category, o.Title, saved, o.Effect.text(), o.Reason, o.Tradeoff)
	patchText(b, o.Change)
}

// text is what is known of time and money, "" where nothing is.
func (e *Effect) text() string {
	if e == nil {
		return ""
	}
	s := fmt.Sprintf("; %s instead of %s", hours(*e.HoursAfter), hours(*e.HoursBefore))
	if e.USDBefore != nil && e.USDAfter != nil {
		s += fmt.Sprintf(", %s instead of %s", dollars(*e.USDAfter), dollars(*e.USDBefore))
	}
	return s
}

// patchText writes a patch of arguments, one a line.
func patchText(b *strings.Builder, change map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(change)) {
		if change[name] == nil {
			fmt.Fprintf(b, "      without %s\n", name)
			continue
		}
		fmt.Fprintf(b, "      %s = %v\n", name, change[name])
	}
}
