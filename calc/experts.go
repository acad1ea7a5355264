package calc

import (
	"maps"
	"slices"

	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
)

// splitExperts divides the weights of fused experts, one matrix over all of
// them, into the share that a token visits and the rest. Both are resident.
func splitExperts(d *memory.Breakdown, part tape.Part, active, all int64) {
	var perExpert, other tape.Polynomial
	for _, term := range part.Sum {
		i := slices.Index(term.Symbols, layers.SymbolExperts)
		if i < 0 {
			other = append(other, term)
			continue
		}
		term.Symbols = slices.Delete(slices.Clone(term.Symbols), i, i+1)
		term.Bytes /= unit.Bytes(all)
		perExpert = append(perExpert, term)
	}
	if len(other) > 0 || len(perExpert) == 0 { // one expert, or experts that are modules of their own
		d.Lines = append(d.Lines, lineOf(part))
		return
	}
	each := perExpert.Bytes()
	add := func(c memory.Component, times string, n int64) {
		if n == 0 {
			return
		}
		l := lineOf(part)
		l.Component, l.Bytes = c, each*unit.Bytes(n)
		l.Formula = times + "·(" + perExpert.Format() + ")"
		l.Values = maps.Clone(l.Values)
		l.Values[layers.SymbolActive] = active
		d.Lines = append(d.Lines, l)
	}
	add(memory.ActiveExperts, layers.SymbolActive, active)
	add(memory.InactiveExperts, "("+layers.SymbolExperts+" - "+layers.SymbolActive+")", all-active)
	splitHeld(d, active, all)
}

// splitHeld divides what the phases hold in the same way.
func splitHeld(d *memory.Breakdown, active, all int64) {
	for i := range d.Phases {
		held := &d.Phases[i].Held
		rest := held[memory.ActiveExperts] / unit.Bytes(all) * unit.Bytes(all-active)
		held[memory.InactiveExperts] += rest
		held[memory.ActiveExperts] -= rest
	}
}

// lineOf is a component as it is printed.
func lineOf(part tape.Part) memory.Line {
	return memory.Line{
		Component: part.Component,
		Bytes:     part.Bytes,
		Formula:   part.Sum.Format(),
		Values:    part.Values,
		Note:      docs(part.Docs),
	}
}
