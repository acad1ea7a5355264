package tape

import (
	"cmp"
	"slices"

	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
)

// A product is the symbols of a term plus 1, in the order they are printed.
type product [2 * maxFactors]uint8

// parts collects what is alive by component, and each component's stores by
// the symbols of their sizes.
func (p *Program) parts(counts []count, v *Values) []Part {
	var sums [memory.Components]map[product]int64
	add := func(c memory.Component, n int64, size, layers Dim) {
		if n == 0 || size.c == 0 || layers.c == 0 {
			return
		}
		if sums[c] == nil {
			sums[c] = map[product]int64{}
		}
		coefficient := unit.Mul(unit.Bytes(n), unit.Mul(unit.Bytes(size.c), unit.Bytes(layers.c)))
		key := p.product(size, layers)
		sums[c][key] = int64(unit.Add(unit.Bytes(sums[c][key]), coefficient))
	}
	for cl, n := range counts {
		k := &p.classes[cl]
		add(k.comp, n.fixed, k.size, One)
		for g := range p.groups {
			add(k.comp, n.per[g], k.size, p.groups[g].layers)
		}
	}
	var out []Part
	for c := range sums {
		if t := p.part(memory.Component(c), sums[c], v); len(t.Sum) > 0 {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b Part) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return out
}

// product multiplies a size with the repetitions of a group. Numbers of
// repetitions come first, then symbols in the order of their declaration.
func (p *Program) product(size, layers Dim) product {
	var k product
	n := copy(k[:], layers.f[:])
	copy(k[n:], size.f[:])
	slices.SortFunc(k[:], func(a, b uint8) int {
		if a == 0 || b == 0 {
			return int(b) - int(a) // none comes last
		}
		if x, y := p.countsLayers(a), p.countsLayers(b); x != y {
			if x {
				return -1
			}
			return 1
		}
		return int(a) - int(b)
	})
	return k
}

// countsLayers says whether a symbol is a number of repetitions.
func (p *Program) countsLayers(s uint8) bool {
	return slices.ContainsFunc(p.groups, func(g section) bool { return slices.Contains(g.layers.f[:], s) })
}

// part turns the collected products of a component into a polynomial.
func (p *Program) part(c memory.Component, sums map[product]int64, v *Values) Part {
	out := Part{Component: c, Values: map[string]int64{}, Docs: map[string]say.Text{}}
	var keys []product
	for k := range sums {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b product) int { return slices.Compare(a[:], b[:]) })
	for _, k := range keys {
		t := Term{Coefficient: sums[k], Bytes: unit.Bytes(sums[k])}
		for _, s := range k {
			if s != 0 {
				t.Bytes = unit.Mul(t.Bytes, unit.Bytes(v[s-1]))
				t.Symbols = append(t.Symbols, p.syms.table[s-1].name)
			}
		}
		if t.Bytes == 0 {
			continue
		}
		for _, s := range k {
			if s != 0 {
				sym := &p.syms.table[s-1]
				out.Values[sym.name], out.Docs[sym.name] = v[s-1], sym.doc
			}
		}
		out.Sum = append(out.Sum, t)
	}
	slices.SortStableFunc(out.Sum, func(a, b Term) int { return cmp.Compare(b.Bytes, a.Bytes) })
	out.Bytes = out.Sum.Bytes()
	return out
}
