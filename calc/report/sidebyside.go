package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"vramcalc/calc/check"
	"vramcalc/calc/fit"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
)

// SideBySide is the answer that sets configurations beside each other. Only
// Summary is always there.
type SideBySide struct {
	Summary     say.Text     `json:"summary" jsonschema_description:"Which needs least, which most, and what makes the difference."`
	Rows        []Row        `json:"rows,omitempty" jsonschema_description:"The configurations in the order in which they were sent."`
	Differences []Difference `json:"differences,omitempty" jsonschema_description:"Arguments that differ, those that move most bytes first; the arguments that define the model go together."`
	Validation  *Validation  `json:"validation,omitempty" jsonschema_description:"What is wrong, unusual or better done otherwise in any of them."`
}

// Row is one configuration.
type Row struct {
	Name        string       `json:"name"`
	TotalBytes  unit.Bytes   `json:"totalBytes" jsonschema_description:"Bytes that must be free on each GPU."`
	TotalGiB    float64      `json:"totalGiB"`
	LowBytes    unit.Bytes   `json:"lowBytes"`
	HighBytes   unit.Bytes   `json:"highBytes"`
	PeakPhase   string       `json:"peakPhase"`
	GPUs        int64        `json:"gpus"`
	Components  []Component  `json:"components"`
	Parameters  Parameters   `json:"parameters"`
	Fits        string       `json:"fits,omitempty" jsonschema_description:"Whether it fits the GPU that it names: yes, tight or no."`
	Cost        *Cost        `json:"cost,omitempty" jsonschema_description:"Time and money on the GPU that it names."`
	Assumptions []Assumption `json:"assumptions,omitempty" jsonschema_description:"detail full: values that the caller did not give."`
}

// Difference is an argument, or those that define the model, that is not the
// same in all configurations.
type Difference struct {
	Arguments []string `json:"arguments"`
	Cells     []Cell   `json:"cells" jsonschema_description:"For each configuration, in their order."`
}

// Cell is what a configuration has of a difference.
type Cell struct {
	Name       string         `json:"name"`
	Values     map[string]any `json:"values" jsonschema_description:"By argument; null where it has none."`
	MovesBytes *int64         `json:"movesBytes,omitempty" jsonschema_description:"totalBytes of the first configuration with these values, less without; absent for the first, and where it cannot run so."`
}

// Side is a configuration that was estimated.
type Side struct {
	Name string
	Case Case
}

// Compare makes the answer from estimated configurations, of which there are
// some.
func Compare(sides []Side, differences []Difference, findings []check.Finding, d Detail) SideBySide {
	out := SideBySide{Validation: Validate(findings), Differences: differences}
	for _, s := range sides {
		out.Rows = append(out.Rows, rowOf(s, d))
	}
	slices.SortStableFunc(out.Differences, func(a, b Difference) int {
		return cmp.Compare(b.most(), a.most())
	})
	out.Summary = out.summary()
	return out
}

// RefuseComparison is the answer where a configuration cannot be run.
func RefuseComparison(findings []check.Finding) SideBySide {
	r := Refuse(findings)
	return SideBySide{Summary: r.Summary, Validation: r.Validation}
}

func rowOf(s Side, d Detail) Row {
	c := s.Case
	if c.Detail = Brief; d == Full {
		c.Detail = Full // with formulas and notes
	}
	p := sectionsOf(c.Workload)
	lines, total := c.lines()
	e := estimate(p, c, lines, total)
	r := Row{
		Name: s.Name, TotalBytes: e.TotalBytes, TotalGiB: e.TotalGiB, LowBytes: e.LowBytes, HighBytes: e.HighBytes,
		PeakPhase: e.PeakPhase, GPUs: e.GPUs, Components: e.Components, Parameters: e.Parameters,
		Assumptions: assumptions(c.Assumptions, c.Detail),
	}
	var t *Target
	if p.Hardware.Usable > 0 {
		t = targetOf(p.Hardware, fit.Amount{Low: c.Breakdown.Low, Total: c.Breakdown.Total})
		r.Fits = t.Fits
	}
	r.Cost = costOf(c, t, nil)
	return r
}

// most is how many bytes a difference moves in any configuration.
func (d Difference) most() int64 {
	var n int64
	for _, c := range d.Cells {
		if c.MovesBytes != nil {
			n = max(n, *c.MovesBytes, -*c.MovesBytes)
		}
	}
	return n
}

// summary names the least and the most, and what moves most bytes.
func (s SideBySide) summary() say.Text {
	byTotal := func(a, b Row) int { return cmp.Compare(a.TotalBytes, b.TotalBytes) }
	least, most := slices.MinFunc(s.Rows, byTotal), slices.MaxFunc(s.Rows, byTotal)
	if least.TotalBytes == most.TotalBytes {
		return say.F("All %d need %s.", len(s.Rows), gib(least.TotalBytes))
	}
	parts := []say.Text{say.F("%s needs least, %s; %s needs most, %s (%.1f times as much).",
		least.Name, gib(least.TotalBytes), most.Name, gib(most.TotalBytes), float64(most.TotalBytes)/float64(least.TotalBytes))}
	if len(s.Differences) > 0 && s.Differences[0].most() > 0 {
		d := s.Differences[0]
		i := slices.IndexFunc(d.Cells, func(c Cell) bool { return c.MovesBytes != nil && max(*c.MovesBytes, -*c.MovesBytes) == d.most() })
		parts = append(parts, say.F("What moves most is %s: what %s has of it changes %s by %s.",
			strings.Join(d.Arguments, ", "), d.Cells[i].Name, s.Rows[0].Name, signed(*d.Cells[i].MovesBytes)))
	}
	return say.Join(" ", append(parts, s.fitting())...)
}

// fitting names the configurations that do not fit the GPU they name.
func (s SideBySide) fitting() say.Text {
	var no []string
	for _, r := range s.Rows {
		if r.Fits == fit.No {
			no = append(no, r.Name)
		}
	}
	if len(no) == 0 {
		return say.Text{}
	}
	return say.F("Too large for the GPU that it names: %s.", strings.Join(no, ", "))
}

// shownValue is a value for people.
func shownValue(v any) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprint(v)
}

func signed(bytes int64) string {
	if bytes < 0 {
		return "−" + gib(unit.Bytes(-bytes))
	}
	return "+" + gib(unit.Bytes(bytes))
}

// Refused says whether the arguments were turned down.
func (s SideBySide) Refused() bool { return s.Validation != nil && !s.Validation.Valid }

// Validated gives the findings, nil where there are none to tell of.
func (s SideBySide) Validated() *Validation { return s.Validation }

// FitsTarget is false where no configuration fits the GPU that it names.
func (s SideBySide) FitsTarget() bool {
	return len(s.Rows) == 0 || slices.ContainsFunc(s.Rows, func(r Row) bool { return r.Fits != fit.No })
}

// Text is the answer for people.
func (s SideBySide) Text() string {
	var b strings.Builder
	b.WriteString(s.Summary.String() + "\n")
	width := len("differs")
	for _, r := range s.Rows {
		width = max(width, utf8.RuneCountInString(r.Name))
	}
	var most unit.Bytes = 1
	for _, r := range s.Rows {
		most = max(most, r.TotalBytes)
	}
	if len(s.Rows) > 0 {
		b.WriteByte('\n')
	}
	for _, r := range s.Rows {
		const whole = 100
		fmt.Fprintf(&b, "%-*s %12s %-10s %4s  %s\n", width, r.Name, r.TotalBytes, r.PeakPhase, r.Fits, bar(whole*float64(r.TotalBytes)/float64(most)))
	}
	for _, d := range s.Differences {
		fmt.Fprintf(&b, "\n%s\n", strings.Join(d.Arguments, ", "))
		for _, c := range d.Cells {
			var values []string
			for _, name := range d.Arguments {
				values = append(values, shownValue(c.Values[name]))
			}
			moves := ""
			if c.MovesBytes != nil {
				moves = "  " + signed(*c.MovesBytes)
			}
			fmt.Fprintf(&b, "  %-*s %s%s\n", width, c.Name, strings.Join(values, ", "), moves)
		}
	}
	validation(&b, s.Validation)
	return b.String()
}
