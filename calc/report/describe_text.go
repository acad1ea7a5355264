package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"vramcalc/calc/unit"
)

// FitsTarget is true: a description has no target.
func (d Description) FitsTarget() bool { return true }

// Refused says whether the arguments were turned down.
func (d Description) Refused() bool { return d.Validation != nil && !d.Validation.Valid }

// Validated gives the findings, nil where there are none to tell of.
func (d Description) Validated() *Validation { return d.Validation }

// Text is the description for people.
func (d Description) Text() string {
	var b strings.Builder
	b.WriteString(d.Summary.String() + "\n")
	for _, n := range d.Near {
		fmt.Fprintf(&b, "  %s (%s, %s)\n", n.ID, n.Name, n.Type)
	}
	if d.Model != nil {
		d.Model.text(&b)
	}
	if v := d.Validation; v != nil {
		findings(&b, "error", v.Errors)
		findings(&b, "warning", v.Warnings)
		findings(&b, "suggestion", v.Suggestions)
	}
	for _, s := range d.Assumptions {
		fmt.Fprintf(&b, "  assumed %s = %v: %s\n", s.Argument, s.Value, s.Why)
	}
	return b.String()
}

func (m *Model) text(b *strings.Builder) {
	if p := m.Parameters; p != nil {
		width := 0
		for _, s := range p.Modules {
			width = max(width, utf8.RuneCountInString(s.ID))
		}
		b.WriteByte('\n')
		for _, s := range p.Modules {
			share := 100 * float64(s.Parameters) / float64(max(1, p.Total))
			fmt.Fprintf(b, "%-*s %18d %6.2f %%  %s\n", width, s.ID, s.Parameters, share, bar(share))
		}
		fmt.Fprintf(b, "%-*s %18d\n\n", width, "total", p.Total)
	}
	for _, sizes := range []map[string]unit.Bytes{m.BytesByPrecision, m.BytesByQuantization} {
		for _, name := range slices.Sorted(maps.Keys(sizes)) {
			fmt.Fprintf(b, "%-12s %s\n", name, sizes[name])
		}
	}
	if m.KVBytesPerToken > 0 {
		fmt.Fprintf(b, "KV cache     %s a token\n", m.KVBytesPerToken)
	}
	for _, t := range m.Training {
		verdict := "no"
		if t.Possible {
			verdict = "yes"
		}
		fmt.Fprintf(b, "%-12s %s", t.Method, verdict)
		if t.Trainable != nil {
			fmt.Fprintf(b, ", %d trained", *t.Trainable)
		}
		if !t.Why.IsZero() {
			fmt.Fprintf(b, ": %s", t.Why)
		}
		b.WriteByte('\n')
	}
	for _, n := range m.Notes {
		fmt.Fprintf(b, "  %s\n", n)
	}
}
