package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"vramcalc/calc/oom"
	"vramcalc/calc/say"
)

// summary says why it failed, what the workload has to do with it, and what to
// do first.
func (d *Diagnosis) summary(f Failure) say.Text {
	var where say.Text
	if d.Phase != nil && d.Phase.Basis != byExpected {
		where = say.F(" in the %s phase", d.Phase.ID)
	}
	parts := []say.Text{say.F("%s ran out of memory%s. %s: %s", f.Message.Backend, where, d.Cause.Title, d.Cause.Why.As(lowered))}
	if l := f.Located; l != nil {
		parts = append(parts, d.fit(f, l))
	}
	if len(d.Patches) > 0 {
		parts = append(parts, first(d.Patches[0]))
	}
	return say.Join(" ", parts...)
}

// fit says how the workload stands to what the message says.
func (d *Diagnosis) fit(f Failure, l *oom.Located) say.Text {
	switch m := f.Message; {
	case !d.Cause.Leak.IsZero():
		return say.F("The workload does not explain it: it allocates at most %s, and %s were allocated.", gib(l.Most), gib(m.Allocated.Bytes))
	case l.Match != nil:
		return say.F("It is %s of the workload, which needs %s in all.", d.Phase.Tensor.Label, gib(d.Estimate.TotalBytes))
	case l.Room > 0 && l.First == nil:
		return say.F("The workload itself would fit: PyTorch had %s, and it needs %s.", gib(l.Room), gib(l.Reserved))
	case l.Room > 0:
		return say.F("The workload needs %s in all, more than there was.", gib(d.Estimate.TotalBytes))
	}
	return say.F("The workload needs %s in all.", gib(d.Estimate.TotalBytes))
}

// first says the first patch.
func first(p Patch) say.Text {
	title := p.Title.As(small)
	switch {
	case p.After == nil:
		return say.F("First: %s.", title)
	case p.Fits != nil && *p.Fits:
		return say.F("First: %s, which brings it to %s and fits.", title, gib(*p.After))
	}
	return say.F("First: %s, which brings it to %s.", title, gib(*p.After))
}

// lowered begins a clause in small letters, unless it begins with a number or a
// name.
func lowered(s string) string {
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' && !strings.HasPrefix(s, "PyTorch") {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// Text is the answer for people.
func (d Diagnosis) Text() string {
	var b strings.Builder
	b.WriteString(d.Summary.String() + "\n")
	if len(d.Card) > 0 {
		b.WriteByte('\n')
		for _, p := range d.Card {
			fmt.Fprintf(&b, "%-42s %12s\n", p.Label, p.Bytes)
		}
	}
	if d.Phase != nil {
		fmt.Fprintf(&b, "\nPhase %s (%s): %s\n", d.Phase.ID, d.Phase.Basis, d.Phase.Why)
		if t := d.Phase.Tensor; t != nil {
			fmt.Fprintf(&b, "  %s %s %s, %s\n", t.Label, t.Shape, t.DType, t.Bytes)
		}
	}
	if d.Cause != nil && !d.Cause.Leak.IsZero() {
		fmt.Fprintf(&b, "\n%s\n", d.Cause.Leak)
	}
	for i, p := range d.Patches {
		if i == 0 {
			b.WriteString("\nPatches\n")
		}
		p.text(&b)
	}
	if v := d.Validation; v != nil {
		findings(&b, "error", v.Errors)
		findings(&b, "warning", v.Warnings)
		findings(&b, "suggestion", v.Suggestions)
	}
	return b.String()
}

func (p Patch) text(b *strings.Builder) {
	fmt.Fprintf(b, "  %s", p.Title)
	if p.After != nil {
		fmt.Fprintf(b, ": %s instead of %s", *p.After, *p.Before)
		if *p.Fits {
			b.WriteString(", fits")
		}
	}
	fmt.Fprintf(b, ". %s\n", p.Reason)
	for _, name := range slices.Sorted(maps.Keys(p.Environment)) {
		fmt.Fprintf(b, "      %s=%s\n", name, p.Environment[name])
	}
	patchText(b, p.Change)
}
