package catalog

import (
	"cmp"
	"slices"
	"strings"

	"vramcalc/calc/workload"
)

// Key reduces a model's name to what counts in comparing it. It is
// workload.Fold, but a sign between two digits stays, as a point: opt-1.3b and
// opt_1_3b are one model and opt-13b is another.
func Key(name string) string {
	var key strings.Builder
	digit := func(i int) bool { return i >= 0 && i < len(name) && name[i] >= '0' && name[i] <= '9' }
	for i := 0; i < len(name); {
		end := i
		for end < len(name) && strings.IndexByte(" -_./", name[end]) >= 0 {
			end++
		}
		if end > i {
			if digit(i-1) && digit(end) {
				key.WriteByte('.')
			}
			i = end
			continue
		}
		for end < len(name) && strings.IndexByte(" -_./", name[end]) < 0 {
			end++
		}
		key.WriteString(workload.Fold(name[i:end]))
		i = end
	}
	return key.String()
}

// modelIndex maps the key of every spelling of a model to its position: id,
// name, aliases, the hub's id with and without its owner, and for classifiers
// the library's own name behind "torchvision/" or "timm/". What one row calls
// its id no other row can claim by a weaker name.
func modelIndex(models []Model) map[string]int {
	index := map[string]int{}
	claim := func(name string, at int) {
		key := Key(name)
		if _, taken := index[key]; key != "" && !taken {
			index[key] = at
		}
	}
	for i, m := range models {
		claim(m.ID, i)
	}
	for i, m := range models {
		for _, name := range m.spellings() {
			claim(name, i)
		}
	}
	for i, m := range models {
		if _, tail, ok := strings.Cut(m.HFID, "/"); ok {
			claim(tail, i)
		}
	}
	return index
}

// spellings are the names that belong to this model alone.
func (m Model) spellings() []string {
	names := append([]string{m.Name}, m.Aliases...)
	if m.HFID != "" {
		names = append(names, m.HFID)
	}
	if m.Conv.Name != "" {
		library := "torchvision/"
		if m.Conv.TIMM {
			library = "timm/"
		}
		names = append(names, library+m.Conv.Name)
	}
	return names
}

// variantSuffixes name tunings and packagings of a model whose shape is that of
// the base.
var variantSuffixes = []string{
	"bnb4bit", "instruct", "unsloth", "awq", "gptq", "gguf", "chat", "base", "fp8", "hf", "it", "pt",
}

// gluedIndex maps names without any sign ("llama27b") to positions, where only
// one model is meant.
func gluedIndex(models []Model) map[string]int {
	index := map[string]int{}
	for i, m := range models {
		key := workload.Fold(m.ID)
		if _, taken := index[key]; taken {
			index[key] = -1
			continue
		}
		index[key] = i
	}
	return index
}

// Model finds a model by id, name, alias or Hugging Face id, in any case and
// with any of the signs - _ . / and spaces. The owner of a hub id and the usual
// suffixes of tunings (-Instruct, -chat-hf) are left away where the full name is
// not known.
func (c *Catalog) Model(name string) (Model, bool) {
	if i, ok := c.modelNames[Key(name)]; ok {
		return c.models[i], true
	}
	if !strings.ContainsAny(name, " -_./") {
		if i, ok := c.gluedNames[workload.Fold(name)]; ok && i >= 0 {
			return c.models[i], true
		}
	}
	tail := name
	if owner, rest, ok := strings.Cut(name, "/"); ok {
		if library := workload.Fold(owner); library == "torchvision" || library == "timm" {
			return Model{}, false
		}
		tail = rest
	}
	key := Key(tail)
	for key != "" {
		if i, ok := c.modelNames[key]; ok {
			return c.models[i], true
		}
		shorter, cut := cutVariant(key)
		if !cut {
			break
		}
		key = shorter
	}
	return Model{}, false
}

func cutVariant(key string) (string, bool) {
	for _, suffix := range variantSuffixes {
		if rest, ok := strings.CutSuffix(key, suffix); ok && rest != "" {
			return rest, true
		}
	}
	return key, false
}

// NearestModels lists the ids of the n models whose names are closest to the
// one given, best first.
func (c *Catalog) NearestModels(name string, n int) []string {
	keys := make([][]string, len(c.models))
	for i, m := range c.models {
		keys[i] = append(m.spellings(), m.ID)
	}
	return nearest(name, n, keys, func(i int) string { return c.models[i].ID })
}

// nearest ranks rows by the smallest distance of any of their names.
func nearest(name string, n int, keys [][]string, id func(int) string) []string {
	want := Key(clip(name))
	type scored struct {
		id       string
		distance int
	}
	all := make([]scored, 0, len(keys))
	for i, names := range keys {
		best := int(^uint(0) >> 1)
		for _, spelling := range names {
			best = min(best, closeness(want, Key(spelling)))
		}
		all = append(all, scored{id(i), best})
	}
	slices.SortFunc(all, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.id, b.id))
	})
	out := make([]string, 0, max(0, min(n, len(all))))
	for _, s := range all[:max(0, min(n, len(all)))] {
		out = append(out, s.id)
	}
	return out
}

// closeness is the number of edits between two names, counted double so that a
// name that begins with the other can rank above one that only resembles it.
func closeness(a, b string) int {
	d := 2 * edits(a, b)
	if a != "" && b != "" && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a)) {
		d /= 4
	}
	return d
}

// edits is the Levenshtein distance over bytes.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
