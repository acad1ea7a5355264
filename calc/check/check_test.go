package check_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"

	"vramcalc/calc/check"
)

func TestTable(t *testing.T) {
	rules := check.All()
	var ids []string
	for _, r := range rules {
		ids = append(ids, r.ID)
		if r.Title == "" || r.Doc == "" || r.Source == "" || r.Severity == 0 || r.Bad == "" || r.Good == "" {
			t.Errorf("%s lacks documentation, a source, a severity or an example", r.ID)
		}
		if r.Run != nil && len(r.Params) == 0 {
			t.Errorf("%s runs on a workload and names no argument", r.ID)
		}
		if !json.Valid([]byte(r.Good)) {
			t.Errorf("%s: Good is not JSON: %s", r.ID, r.Good)
		}
		if found, ok := check.Find(r.ID); !ok || found != r {
			t.Errorf("Find(%q) does not find it", r.ID)
		}
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("ids are not sorted and unique: %v", ids)
	}
}

// TestTableIsComplete finds rules in the source that the table does not list.
func TestTableIsComplete(t *testing.T) {
	files, err := filepath.Glob("rules_*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of rules: %v", err)
	}
	declared := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if l, ok := n.(*ast.CompositeLit); ok {
				if name, ok := l.Type.(*ast.Ident); ok && name.Name == "Rule" {
					declared++
				}
			}
			return true
		})
	}
	if got := len(check.All()); got != declared {
		t.Errorf("the table lists %d rules, the files declare %d", got, declared)
	}
}

func TestSort(t *testing.T) {
	got := []check.Finding{{ID: "b", Severity: check.Suggestion}, {ID: "z", Severity: check.Error}, {ID: "a", Severity: check.Suggestion}}
	check.Sort(got)
	if got[0].ID != "z" || got[1].ID != "a" || got[2].ID != "b" {
		t.Errorf("Sort gives %v", got)
	}
	if !check.HasErrors(got) || check.HasErrors(got[1:]) {
		t.Error("HasErrors is wrong")
	}
}

func TestSeverityText(t *testing.T) {
	var s check.Severity
	if err := s.UnmarshalText([]byte("Warning")); err != nil || s != check.Warning {
		t.Errorf("Warning reads as %v, %v", s, err)
	}
	if err := s.UnmarshalText([]byte("fatal")); err == nil {
		t.Error("fatal reads as a severity")
	}
}
