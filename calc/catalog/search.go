package catalog

import (
	"strings"

	"vramcalc/calc/workload"
)

// Search lists at most n models for what someone may have meant by a name: those
// whose names hold every word of it, in the catalogue's order, then those whose
// names are closest.
func (c *Catalog) Search(name string, n int) []Model {
	var out []Model
	taken := map[string]bool{}
	add := func(m Model) {
		if len(out) < n && !taken[m.ID] {
			taken[m.ID] = true
			out = append(out, m)
		}
	}
	var words []string
	for _, w := range strings.FieldsFunc(clip(name), func(r rune) bool { return strings.ContainsRune(" -_/", r) }) {
		words = append(words, workload.Fold(w))
	}
	for _, m := range c.models {
		if len(words) > 0 && m.holds(words) {
			add(m)
		}
	}
	for _, id := range c.NearestModels(name, n) {
		if m, ok := c.Model(id); ok {
			add(m)
		}
	}
	return out
}

// holds says whether each word stands in one of the model's names.
func (m Model) holds(words []string) bool {
	all := workload.Fold(strings.Join(append(m.spellings(), m.ID, m.Architecture.String()), "/"))
	for _, w := range words {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}
