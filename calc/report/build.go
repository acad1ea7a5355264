package report

import (
	"cmp"
	"math"
	"slices"

	"vramcalc/calc/advise"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/cost"
	"vramcalc/calc/fit"
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Case is everything an answer is made of.
type Case struct {
	Workload    workload.Workload
	Breakdown   memory.Breakdown
	Findings    []check.Finding
	Assumptions []Assumption
	Detail      Detail
	Formulas    FormulaSet
	Advice      []advise.Advice
	GPUs        []catalog.GPU // to recommend from; none recommends none
	Want        fit.Want      // what the caller demands of them
	Dataset     cost.Dataset  // how much an epoch goes through

	// Sharded estimates the run over so many GPUs with everything sharded, false
	// where it cannot be; nil where it is not asked for.
	Sharded func(gpus int64) (memory.Breakdown, bool)
}

// Build makes the answer of one estimate.
func Build(c Case) Answer {
	s := sectionsOf(c.Workload)
	lines, total := c.lines()
	var comparison []Comparison
	if c.Formulas == Guide {
		comparison = compare(lines, c.Breakdown.Lines)
	}
	a := Answer{
		Estimate:      estimate(s, c, lines, total),
		Target:        target(c),
		Validation:    Validate(c.Findings),
		Optimizations: optimizations(c.Advice),
		Comparison:    comparison,
		Assumptions:   assumptions(c.Assumptions, c.Detail),
	}
	if c.Detail != Brief {
		want := wanted(c.Workload, c.Want)
		need, _ := c.need(want)
		a.GPURecommendations = recommendations(need, c.GPUs, want, c.Detail, patcher(s.Hardware, s.Parallel))
		a.Cost = costOf(c, a.Target, a.GPURecommendations)
		runs(a.GPURecommendations, c)
	}
	a.Summary = summary(a, c)
	return a
}

// lines are the components by the formulas that were asked for, and their sum.
func (c Case) lines() ([]line, unit.Bytes) {
	if c.Formulas == Guide {
		lines := guideLines(c.Workload, c.Breakdown)
		return lines, totalOf(lines)
	}
	return linesOf(c.Breakdown.Lines), c.Breakdown.Total
}

func estimate(s *check.Pass, c Case, lines []line, total unit.Bytes) *Estimate {
	b := c.Breakdown
	e := &Estimate{
		TotalBytes:         total,
		TotalGiB:           round(total.GiB(), 3),
		LowBytes:           b.Low,
		HighBytes:          b.High,
		PeakTensorBytes:    b.PeakTensor,
		PeakAllocatedBytes: b.PeakAllocated,
		PeakReservedBytes:  b.PeakReserved,
		HostBytes:          b.Host,
		PeakPhase:          b.PeakPhase.String(),
		GPUs:               max(1, s.Parallel.GPUs),
		Components:         named(c.Workload, components(lines, total, c.Detail)),
		Phases:             make([]Phase, len(b.Phases)),
		WeightBytes:        b.Weights,
		Parameters: Parameters{
			Total:          b.Params.Total,
			Trainable:      b.Params.Trainable,
			Frozen:         b.Params.Frozen,
			ActivePerToken: b.Params.ActivePerToken,
		},
	}
	for i, p := range b.Phases {
		e.Phases[i] = Phase{ID: p.Phase.String(), Bytes: p.Bytes}
		if c.Detail == Full {
			e.Phases[i].Components = heldIn(p)
		}
	}
	if c.Detail == Full {
		e.Notes = b.Notes
		for _, t := range b.Tensors {
			e.Tensors = append(e.Tensors, Tensor(t))
		}
	}
	return e
}

// heldIn is what a phase holds at its peak, largest first.
func heldIn(p memory.PhasePeak) []Held {
	var out []Held
	for i, bytes := range p.Held {
		if c := memory.Component(i); bytes > 0 {
			out = append(out, Held{c.ID(), c.Label(), c.Category().String(), bytes})
		}
	}
	slices.SortStableFunc(out, func(a, b Held) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return out
}

// line is a component before it is written out. It differs from memory.Line in
// one thing: a width of half a byte (int4) is a value too.
type line struct {
	component memory.Component
	bytes     unit.Bytes
	formula   string
	values    map[string]float64
	notes     []say.Text
}

func linesOf(lines []memory.Line) []line {
	out := make([]line, len(lines))
	for i, l := range lines {
		out[i] = line{component: l.Component, bytes: l.Bytes, formula: l.Formula, notes: l.Notes}
		if len(l.Values) > 0 {
			out[i].values = make(map[string]float64, len(l.Values))
			for k, v := range l.Values {
				out[i].values[k] = float64(v)
			}
		}
	}
	return out
}

func totalOf(lines []line) unit.Bytes {
	var total unit.Bytes
	for _, l := range lines {
		total = unit.Add(total, l.bytes)
	}
	return total
}

// noteFrom is the share in percent from which a component has a note in an
// answer of standard detail.
const noteFrom = 0.5

// components writes the lines out, largest first, without those of no bytes.
// Each symbol is explained once.
func components(lines []line, total unit.Bytes, d Detail) []Component {
	lines = slices.DeleteFunc(slices.Clone(lines), func(l line) bool { return l.bytes == 0 })
	slices.SortStableFunc(lines, func(a, b line) int { return cmp.Compare(b.bytes, a.bytes) })
	said := map[string]bool{}
	out := make([]Component, 0, len(lines))
	for _, l := range lines {
		c := Component{
			ID:       l.component.ID(),
			Label:    l.component.Label(),
			Category: l.component.Category().String(),
			Bytes:    l.bytes,
			GiB:      round(l.bytes.GiB(), 3),
			Percent:  round(100*float64(l.bytes)/float64(total), 2),
		}
		if d != Brief {
			c.Formula, c.Values = l.formula, l.values
		}
		if d == Full || d == Standard && c.Percent >= noteFrom {
			c.Note = unsaid(l.notes, said)
		}
		out = append(out, c)
	}
	return out
}

// unsaid leaves of a component's notes what none before it has said.
func unsaid(notes []say.Text, said map[string]bool) say.Text {
	return say.Join("; ", slices.DeleteFunc(slices.Clone(notes), func(n say.Text) bool {
		known := said[n.String()]
		said[n.String()] = true
		return known
	})...)
}

func round(x float64, digits int) float64 {
	scale := math.Pow10(digits)
	return math.Round(x*scale) / scale
}
