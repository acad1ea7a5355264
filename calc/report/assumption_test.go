package report

import (
	"slices"
	"testing"
)

// TestSorted keeps the tables in order: they are searched by halves.
func TestSorted(t *testing.T) {
	for _, table := range [][]string{withoutBytes, dimensions} {
		if !slices.IsSorted(table) || len(slices.Compact(slices.Clone(table))) != len(table) {
			t.Errorf("not sorted or not unique: %v", table)
		}
	}
}
