package report

import (
	"fmt"
	"strings"

	"vramcalc/calc/fit"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
)

// summary says what is needed and what it is mostly for, then what to do.
func summary(a Answer, c Case) say.Text {
	b := c.Breakdown
	where := say.F("free on the GPU")
	if n := a.Estimate.GPUs; n > 1 {
		where = say.F("free on each of %d GPUs", n)
	}
	parts := []say.Text{say.F("Needs %s %s (range %s to %s); the peak is in the %s phase, most of it %s.",
		gib(b.Total), where, gib(b.Low), gib(b.High), b.PeakPhase, mostly(c))}
	if t := a.Target; t != nil {
		parts = append(parts, verdict(*t))
	}
	if a.Target == nil || a.Target.Fits != fit.Yes {
		parts = append(parts, best(a.GPURecommendations))
	}
	parts = append(parts, a.Cost.inWords())
	if c.Formulas == Guide {
		parts = append(parts, say.F("The documented closed forms, shown here as components, add up to %s.", gib(a.Estimate.TotalBytes)))
	}
	return say.Join(" ", parts...)
}

// mostly names the two largest components.
func mostly(c Case) say.Text {
	b := c.Breakdown
	var parts []say.Text
	for _, x := range named(c.Workload, components(linesOf(b.Lines), b.Total, Brief))[:min(2, len(b.Lines))] {
		parts = append(parts, say.F("%s (%s)", x.Label.As(shortLabel), gib(x.Bytes)))
	}
	if len(parts) < 2 {
		return say.Join(", ", parts...)
	}
	return say.F("%s and %s", parts[0], parts[1])
}

// verdict says whether the target does and what would use or relieve it.
func verdict(t Target) say.Text {
	name := t.card()
	switch {
	case t.Fits == "yes" && t.Level == "oversized" && t.LargestBatch > 0:
		return say.F("Fits %s and uses only %.0f %% of it: a batchSize up to %d fits too.", name, 100*t.Utilization, t.LargestBatch)
	case t.Fits == "yes":
		return say.F("Fits %s at %.0f %%, with %s to spare.", name, 100*t.Utilization, gib(unit.Bytes(t.HeadroomBytes)))
	case t.Fits == "tight":
		return say.F("Tight on %s: it may just run, %s short of the expected need.", name, gib(unit.Bytes(-t.HeadroomBytes)))
	case t.LargestBatch > 0:
		return say.F("Does not fit %s, %s too large: lower batchSize to %d.", name, gib(unit.Bytes(-t.HeadroomBytes)), t.LargestBatch)
	case t.LargestSequence > 0:
		return say.F("Does not fit %s, %s too large: lower sequenceLength to %d.", name, gib(unit.Bytes(-t.HeadroomBytes)), t.LargestSequence)
	}
	return say.F("Does not fit %s, %s too large at any batchSize: train or keep fewer weights, or take larger GPUs.", name, gib(unit.Bytes(-t.HeadroomBytes)))
}

// card names the target.
func (t Target) card() say.Text {
	if t.GPU == "" {
		return say.F("a card with %s usable", gib(t.UsableBytes))
	}
	return say.Name(t.GPU)
}

func gib(b unit.Bytes) string {
	if b < unit.GiB/10 {
		return b.String()
	}
	return fmt.Sprintf("%.1f GiB", b.GiB())
}

// shortLabel is a label within a sentence: without what it explains, and in
// small letters unless it is a name in capitals (KV cache, LoRA).
func shortLabel(label string) string {
	s, _, _ := strings.Cut(label, " (")
	s, _, _ = strings.Cut(s, "（")
	if len(s) < 2 || s[1] < 'a' || s[1] > 'z' || strings.HasPrefix(s, "LoRA") {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
