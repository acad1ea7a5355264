package report

import (
	"fmt"
	"strings"

	"vramcalc/calc/fit"
	"vramcalc/calc/unit"
)

// summary says what is needed and what it is mostly for, then what to do.
func summary(a Answer, c Case) string {
	b := c.Breakdown
	where := "free on the GPU"
	if n := a.Estimate.GPUs; n > 1 {
		where = fmt.Sprintf("free on each of %d GPUs", n)
	}
	s := fmt.Sprintf("Needs %s %s (range %s to %s); the peak is in the %s phase, most of it %s.",
		gib(b.Total), where, gib(b.Low), gib(b.High), b.PeakPhase, mostly(c))
	if t := a.Target; t != nil {
		s += " " + verdict(*t)
	}
	if a.Target == nil || a.Target.Fits != fit.Yes {
		s += best(a.GPURecommendations)
	}
	s += a.Cost.inWords()
	if c.Formulas == Guide {
		s += fmt.Sprintf(" The documented closed forms, shown here as components, add up to %s.", gib(a.Estimate.TotalBytes))
	}
	return s
}

// mostly names the two largest components.
func mostly(c Case) string {
	b := c.Breakdown
	var parts []string
	for _, x := range named(c.Workload, components(linesOf(b.Lines), b.Total, Brief))[:min(2, len(b.Lines))] {
		parts = append(parts, fmt.Sprintf("%s (%s)", shortLabel(x.Label), gib(x.Bytes)))
	}
	return strings.Join(parts, " and ")
}

// verdict says whether the target does and what would use or relieve it.
func verdict(t Target) string {
	name := t.GPU
	if name == "" {
		name = "a card with " + gib(t.UsableBytes) + " usable"
	}
	switch {
	case t.Fits == "yes" && t.Level == "oversized" && t.LargestBatch > 0:
		return fmt.Sprintf("Fits %s and uses only %.0f %% of it: a batchSize up to %d fits too.", name, 100*t.Utilization, t.LargestBatch)
	case t.Fits == "yes":
		return fmt.Sprintf("Fits %s at %.0f %%, with %s to spare.", name, 100*t.Utilization, gib(unit.Bytes(t.HeadroomBytes)))
	case t.Fits == "tight":
		return fmt.Sprintf("Tight on %s: it may just run, %s short of the expected need.", name, gib(unit.Bytes(-t.HeadroomBytes)))
	case t.LargestBatch > 0:
		return fmt.Sprintf("Does not fit %s, %s too large: lower batchSize to %d.", name, gib(unit.Bytes(-t.HeadroomBytes)), t.LargestBatch)
	case t.LargestSequence > 0:
		return fmt.Sprintf("Does not fit %s, %s too large: lower sequenceLength to %d.", name, gib(unit.Bytes(-t.HeadroomBytes)), t.LargestSequence)
	}
	return fmt.Sprintf("Does not fit %s, %s too large at any batchSize: train or keep fewer weights, or take larger GPUs.", name, gib(unit.Bytes(-t.HeadroomBytes)))
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
	if len(s) < 2 || s[1] < 'a' || s[1] > 'z' || strings.HasPrefix(s, "LoRA") {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
