package calc_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors is the order of the house: a package imports only from floors above
// its own in this list. A new package is entered here.
var floors = [][]string{
	{"calc/unit"},
	{"calc/workload"},
	{"calc/memory", "calc/catalog"},
	{"calc/tape"},
	{"calc/layers"},
	{"calc/nlp", "calc/multimodal", "calc/moe", "calc/cnn"},
	{"calc"},
	{"calc/check", "calc/fit", "calc/cost", "calc/oom"},
	{"calc/advise"},
	{"calc/plan"},
	{"calc/report"},
	{"schemas", "mcpserver/web"},
	{"mcpserver"},
	{"cmd/vramcalc", "examples"},
}

// bans are imports that only some packages may have, each with its reason.
var bans = []struct {
	prefix, why string
	allowed     []string
}{
	{"github.com/modelcontextprotocol/go-sdk", "the protocol is known at one place", []string{"mcpserver"}},
	{"github.com/invopop/jsonschema", "schemas are made at one place", []string{"schemas"}},
	{"github.com/google/go-cmp", "a library of tests", nil},
	{"github.com/chromedp", "a library of tests", nil},
	{"encoding/json", "the memory model does not know the wire; the catalogue reads its files",
		[]string{"calc/catalog", "schemas", "mcpserver", "mcpserver/web", "cmd/vramcalc", "examples"}},
	{"net", "the memory model computes", []string{"mcpserver", "cmd/vramcalc"}},
	{"os", "the memory model computes", []string{"mcpserver", "cmd/vramcalc"}},
	{"log", "the memory model computes", []string{"mcpserver", "cmd/vramcalc"}},
}

func TestImports(t *testing.T) {
	const module = "vramcalc/"
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	floor := map[string]int{}
	for i, packages := range floors {
		for _, p := range packages {
			floor[p] = i
		}
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		name := strings.TrimPrefix(fields[0], module)
		level, known := floor[name]
		if !known {
			t.Errorf("%s is on no floor: enter it in this file", name)
			continue
		}
		for _, path := range fields[1:] {
			if dep, ours := strings.CutPrefix(path, module); ours {
				if floor[dep] >= level {
					t.Errorf("%s imports %s, which is not below it", name, dep)
				}
				continue
			}
			if strings.HasPrefix(name, "calc") && strings.Contains(strings.Split(path, "/")[0], ".") {
				t.Errorf("%s imports %s: calc is standard library only", name, path)
			}
			for _, b := range bans {
				if (path == b.prefix || strings.HasPrefix(path, b.prefix+"/")) && !slices.Contains(b.allowed, name) {
					t.Errorf("%s imports %s: %s", name, path, b.why)
				}
			}
		}
	}
}
