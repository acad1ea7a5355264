package tape

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"vramcalc/calc/unit"
)

// maxFactored bounds the terms among which shared symbols are sought: the
// largest.
const maxFactored = 64

// A Term is a number times symbols.
type Term struct {
	Coefficient int64    // may be negative
	Symbols     []string // the factors, a repeated one as often as it occurs
	Bytes       unit.Bytes
}

// A Polynomial is a sum of terms with different symbols: the bytes of a group
// of tensors in closed form, largest term first.
type Polynomial []Term

// Bytes is the value of the sum.
func (p Polynomial) Bytes() unit.Bytes {
	var n unit.Bytes
	for _, t := range p {
		n = unit.Add(n, t.Bytes)
	}
	return n
}

// Format prints the sum with shared symbols before parentheses, like
// L·B·S·(20·h + 8·f) + 4·B·S·V + 4. The text follows the grammar that
// EvalFormula reads.
func (p Polynomial) Format() string {
	if len(p) == 0 {
		return "0"
	}
	var b strings.Builder
	for _, g := range p.groups() {
		text, negative := g.format()
		join(&b, text, negative)
	}
	return b.String()
}

// join appends a summand.
func join(b *strings.Builder, text string, negative bool) {
	switch {
	case b.Len() > 0 && negative:
		b.WriteString(" - ")
	case b.Len() > 0:
		b.WriteString(" + ")
	case negative:
		b.WriteString("-")
	}
	b.WriteString(text)
}

// A factored is shared symbols times a sum.
type factored struct {
	shared []string
	terms  Polynomial // without the shared symbols
}

// groups factors the sum greedily: again and again the symbols that save the
// most repetition are taken out of the terms that share them.
func (p Polynomial) groups() []factored {
	left := slices.Clone(p)
	var out []factored
	for len(left) > 0 {
		shared := bestShared(left)
		if len(shared) == 0 {
			for _, t := range left {
				out = append(out, factored{terms: Polynomial{t}})
			}
			break
		}
		g := factored{shared: shared}
		rest := left[:0]
		for _, t := range left {
			if within(shared, t.Symbols) {
				t.Symbols = without(t.Symbols, shared)
				g.terms = append(g.terms, t)
			} else {
				rest = append(rest, t)
			}
		}
		left = rest
		out = append(out, g)
	}
	slices.SortStableFunc(out, func(a, b factored) int { return cmp.Compare(b.terms.Bytes(), a.terms.Bytes()) })
	return out
}

// bestShared is the product of symbols whose factoring out of two or more
// terms saves most factors, nil if no two terms share any.
func bestShared(p Polynomial) []string {
	var best []string
	saved := 0
	tried := map[string]bool{}
	few := p[:min(len(p), maxFactored)]
	for i := range few {
		for j := i + 1; j < len(few); j++ {
			c := common(p[i].Symbols, p[j].Symbols)
			key := strings.Join(c, "·")
			if key == "" || tried[key] {
				continue
			}
			tried[key] = true
			n := -1
			for _, t := range p {
				if within(c, t.Symbols) {
					n++
				}
			}
			if s := n * len(c); s > saved || s == saved && len(c) > len(best) {
				best, saved = c, s
			}
		}
	}
	return best
}

func (g factored) format() (text string, negative bool) {
	if len(g.terms) == 1 {
		t := g.terms[0]
		return number(abs(t.Coefficient), append(slices.Clone(g.shared), t.Symbols...)), t.Coefficient < 0
	}
	var b strings.Builder
	for _, t := range g.terms {
		join(&b, number(abs(t.Coefficient), t.Symbols), t.Coefficient < 0)
	}
	return strings.Join(g.shared, "·") + "·(" + b.String() + ")", false
}

// number prints a coefficient with its symbols.
func number(c int64, symbols []string) string {
	switch {
	case len(symbols) == 0:
		return fmt.Sprint(c)
	case c == 1:
		return strings.Join(symbols, "·")
	}
	return fmt.Sprint(c) + "·" + strings.Join(symbols, "·")
}

func abs(n int64) int64 { return max(n, -n) }

// common is the greatest shared product of two lists of factors.
func common(a, b []string) []string {
	var out []string
	b = slices.Clone(b)
	for _, s := range a {
		if i := slices.Index(b, s); i >= 0 {
			b = slices.Delete(b, i, i+1)
			out = append(out, s)
		}
	}
	return out
}

// within says whether all factors of a occur in b.
func within(a, b []string) bool { return len(common(a, b)) == len(a) }

// without removes factors.
func without(from, factors []string) []string {
	from = slices.Clone(from)
	for _, s := range factors {
		if i := slices.Index(from, s); i >= 0 {
			from = slices.Delete(from, i, i+1)
		}
	}
	return from
}
