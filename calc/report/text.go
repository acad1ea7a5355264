package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"vramcalc/calc/check"
)

// barWidth is the length in characters of a bar of 100 percent.
const barWidth = 40

// FitsTarget is false where the run was estimated and does not fit its target.
func (a Answer) FitsTarget() bool { return a.Target == nil || a.Target.Fits != "no" }

// Refused says whether the arguments were turned down.
func (a Answer) Refused() bool { return a.Validation != nil && !a.Validation.Valid }

// Validated gives the findings, nil where there are none to tell of.
func (a Answer) Validated() *Validation { return a.Validation }

// Text is the answer for people: a table with bars.
func (a Answer) Text() string {
	var b strings.Builder
	b.WriteString(a.Summary.String() + "\n")
	if a.Estimate != nil {
		a.Estimate.text(&b)
	}
	validation(&b, a.Validation)
	gpuTable(&b, a.GPURecommendations)
	if a.Cost != nil {
		costTable(&b, []*Cost{a.Cost})
	}
	if len(a.Optimizations) > 0 {
		b.WriteString("\nBetter\n")
		for _, o := range a.Optimizations {
			o.text(&b)
		}
	}
	if len(a.Comparison) > 0 {
		fmt.Fprintf(&b, "\n%-22s %12s %12s\n", "Guide compared", "guide", "architecture")
		for _, c := range a.Comparison {
			fmt.Fprintf(&b, "%-22s %12s %12s  %s\n", c.Component, c.GuideBytes, c.ArchitectureBytes, c.Why)
		}
	}
	assumed(&b, a.Assumptions)
	return b.String()
}

func validation(b *strings.Builder, v *Validation) {
	if v == nil {
		return
	}
	findings(b, "error", v.Errors)
	findings(b, "warning", v.Warnings)
	findings(b, "suggestion", v.Suggestions)
}

func assumed(b *strings.Builder, list []Assumption) {
	if len(list) == 0 {
		return
	}
	b.WriteString("\nAssumed\n")
	for _, s := range list {
		fmt.Fprintf(b, "  %s = %v (%s): %s\n", s.Argument, s.Value, s.Origin, s.Why)
	}
}

func (e *Estimate) text(b *strings.Builder) {
	width := len("total")
	for _, c := range e.Components {
		width = max(width, utf8.RuneCountInString(c.Label.String()))
	}
	b.WriteByte('\n')
	for _, c := range e.Components {
		fmt.Fprintf(b, "%-*s %12s %6.2f %%  %s\n", width, c.Label, c.Bytes, c.Percent, bar(c.Percent))
	}
	fmt.Fprintf(b, "%-*s %12s\n\n", width, "total", e.TotalBytes)
	var phases []string
	for _, p := range e.Phases {
		phases = append(phases, p.ID+" "+p.Bytes.String())
	}
	fmt.Fprintf(b, "Tensors at the peak of each phase: %s\n", strings.Join(phases, ", "))
	fmt.Fprintf(b, "Allocated %s, reserved %s, weights before the first step %s", e.PeakAllocatedBytes, e.PeakReservedBytes, e.WeightBytes)
	if e.HostBytes > 0 {
		fmt.Fprintf(b, ", host %s", e.HostBytes)
	}
	fmt.Fprintf(b, "\nParameters %s, trainable %s", e.Parameters.Total, e.Parameters.Trainable)
	if e.Parameters.ActivePerToken < e.Parameters.Total {
		fmt.Fprintf(b, ", active per token %s", e.Parameters.ActivePerToken)
	}
	b.WriteByte('\n')
	for _, t := range e.Tensors {
		fmt.Fprintf(b, "  %10s  %d × %s %s %s\n", t.Bytes, t.Count, t.Label, t.Shape, t.DType)
	}
	for _, n := range e.Notes {
		fmt.Fprintf(b, "  %s\n", n)
	}
}

// bar draws a share with eighths of a character.
func bar(percent float64) string {
	eighths := int(percent/100*barWidth*8 + 0.5)
	s := strings.Repeat("█", eighths/8)
	if r := eighths % 8; r > 0 {
		s += string(rune('█' + 8 - r))
	}
	return s
}

func findings(b *strings.Builder, level string, list []check.Finding) {
	for _, f := range list {
		fmt.Fprintf(b, "\n%s %s: %s", level, f.ID, problem(f))
	}
	if len(list) > 0 {
		b.WriteByte('\n')
	}
}
