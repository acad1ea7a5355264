package schemas

import (
	"cmp"
	"maps"
	"slices"

	"vramcalc/calc/workload"
)

// maxCompared bounds the length of a name that is worth comparing.
const maxCompared = 64

// nearest lists up to n names that text may have been meant for, closest first.
// A name counts where at most a third of it is wrong.
func nearest(text string, names []string, n int) []string {
	if len(text) > maxCompared {
		return nil
	}
	type scored struct {
		name     string
		distance int
	}
	var found []scored
	want := []byte(workload.Fold(text))
	for _, name := range names {
		have := []byte(workload.Fold(name))
		if d := editDistance(want, have); d <= max(1, max(len(want), len(have))/3) {
			found = append(found, scored{name, d})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Compare(a.distance, b.distance) })
	var out []string
	for _, f := range found[:min(n, len(found))] {
		out = append(out, f.name)
	}
	return out
}

// editDistance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b.
func editDistance(a, b []byte) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := 1
			if a[i-1] == b[j-1] {
				replace = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
