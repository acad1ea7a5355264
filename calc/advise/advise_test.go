package advise_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vramcalc/calc/advise"
)

func TestTable(t *testing.T) {
	var ids []string
	for _, m := range advise.All() {
		ids = append(ids, m.ID)
		if m.Title.IsZero() || m.Reason.IsZero() || m.Tradeoff.IsZero() || m.Doc == "" || m.Source == "" || m.Price == 0 || m.Propose == nil {
			t.Errorf("%s lacks documentation, a source, a price or a proposal", m.ID)
		}
		if category, _, _ := strings.Cut(m.ID, "/"); category != m.Category.String() {
			t.Errorf("%s is of category %s", m.ID, m.Category)
		}
		for _, example := range []string{m.For, m.NotFor} {
			if !json.Valid([]byte(example)) {
				t.Errorf("%s: the example is not JSON: %s", m.ID, example)
			}
		}
		if found, ok := advise.Find(m.ID); !ok || found != m {
			t.Errorf("Find(%q) does not find it", m.ID)
		}
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("ids are not sorted and unique: %v", ids)
	}
}

// TestTableIsComplete finds moves in the source that the table does not list.
func TestTableIsComplete(t *testing.T) {
	files, err := filepath.Glob("moves_*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of moves: %v", err)
	}
	declared := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if l, ok := n.(*ast.CompositeLit); ok {
				if name, ok := l.Type.(*ast.Ident); ok && name.Name == "Move" {
					declared++
				}
			}
			return true
		})
	}
	if got := len(advise.All()); got != declared {
		t.Errorf("the table lists %d moves, the files declare %d", got, declared)
	}
}
