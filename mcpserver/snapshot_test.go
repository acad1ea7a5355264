package mcpserver_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"vramcalc/mcpserver"
)

// What the models of clients read on every request, in bytes; about four to a
// token. Raise a bound only for a reason that the change names.
const (
	inputBudget  = 24 << 10 // the flagship's arguments
	outputBudget = 14 << 10 // the answer's schema, which most clients keep from the model: with advice, GPUs, cost and what images take
	listBudget   = 80 << 10 // names, descriptions and arguments of all tools: eleven of them
)

// TestToolList compares what is published with the reviewed snapshot.
func TestToolList(t *testing.T) {
	list, err := inMemory(t, newServer(), "2025-11-25").ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(list.Tools, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "tools.json", append(b, '\n'))
	for _, tool := range tools() {
		t.Logf("%s: input %d bytes, output %d bytes", tool.Name, len(tool.Input), len(tool.Output))
		if len(tool.Input) > inputBudget || len(tool.Output) > outputBudget {
			t.Errorf("%s: schemas of %d and %d bytes, the budget is %d and %d",
				tool.Name, len(tool.Input), len(tool.Output), inputBudget, outputBudget)
		}
	}
	total := 0
	for _, tool := range tools() {
		total += len(tool.Name) + len(tool.Title) + len(tool.Description) + len(tool.Input)
	}
	if t.Logf("all tools: %d bytes", total); total > listBudget {
		t.Errorf("all tools take %d bytes, the budget is %d", total, listBudget)
	}
	types, err := mcpserver.TypeScript(tools())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "types.d.ts", types)
}

// TestPortable keeps published argument schemas to what every client takes.
func TestPortable(t *testing.T) {
	refused := []string{"$ref", "$defs", "$schema", "$id", "const", "if", "then", "else", "not", "patternProperties"}
	for _, tool := range tools() {
		if !regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`).MatchString(tool.Name) {
			t.Errorf("name %q is not portable", tool.Name)
		}
		var root map[string]any
		if err := json.Unmarshal(tool.Input, &root); err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"oneOf", "anyOf", "allOf"} {
			if _, has := root[word]; has {
				t.Errorf("%s: %s at the root", tool.Name, word)
			}
		}
		var walk func(path string, node map[string]any)
		walk = func(path string, node map[string]any) {
			for word := range node {
				if slices.Contains(refused, word) {
					t.Errorf("%s: %s uses %s", tool.Name, path, word)
				}
			}
			kind, _ := node["type"].(string)
			if _, several := node["anyOf"]; kind == "" && !several {
				t.Errorf("%s: %s has no single type", tool.Name, path)
			}
			if d, _ := node["description"].(string); d == "" && path != "" && !bytes.HasSuffix([]byte(path), []byte("[]")) {
				t.Errorf("%s: %s has no description", tool.Name, path)
			}
			if items, ok := node["items"].(map[string]any); ok {
				walk(path+"[]", items)
			} else if kind == "array" {
				t.Errorf("%s: %s has no items", tool.Name, path)
			}
			properties, _ := node["properties"].(map[string]any)
			for name, p := range properties {
				child, ok := p.(map[string]any)
				if !ok {
					t.Errorf("%s: %s is no schema", tool.Name, name)
					continue
				}
				walk(path+"."+name, child)
			}
		}
		walk("", root)
	}
}

// outputSchema resolves a tool's published schema for validating.
func outputSchema(t *testing.T, tool mcpserver.Tool) *jsonschema.Resolved {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(tool.Output, &s); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Required, []string{"summary"}) {
		t.Errorf("%s: required is %v, want the summary alone so that a refusal validates", tool.Name, s.Required)
	}
	r, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
