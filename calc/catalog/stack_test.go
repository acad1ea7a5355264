package catalog_test

import (
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/workload"
)

// TestStacks holds that every stack has one row, in order, with a source, and
// that what was measured names its versions.
func TestStacks(t *testing.T) {
	rows := catalog.Stacks()
	names := workload.StackName(0).Values()
	if len(rows) != len(names) {
		t.Fatalf("%d rows for %d stacks", len(rows), len(names))
	}
	for i, s := range rows {
		if s.Name.String() != names[i] {
			t.Errorf("row %d is %v, want %s", i, s.Name, names[i])
		}
		if s.Title == "" || len(s.Sources) == 0 {
			t.Errorf("%v has no title or no source", s.Name)
		}
		if s.Measured && len(s.Versions) == 0 {
			t.Errorf("%v was measured and names no versions", s.Name)
		}
		if catalog.StackOf(s.Name).Name != s.Name {
			t.Errorf("StackOf(%v) is another row", s.Name)
		}
	}
}
