package schemas_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vramcalc/calc/report"
	"vramcalc/schemas"
)

var update = flag.Bool("update", false, "rewrite the snapshots in testdata")

// inputBudget bounds the published input schema in bytes: it is sent to the
// model with every request, about four bytes a token.
const inputBudget = 22_000

func snapshot(t *testing.T, name string, got []byte) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, got, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run go test ./schemas -update", err)
	}
	if diff := cmp.Diff(string(want), pretty.String()); diff != "" {
		t.Errorf("%s mismatch (-want +got), -update rewrites it:\n%s", name, diff)
	}
}

func TestInputSchemaSnapshot(t *testing.T) {
	got := schemas.InputSchema[schemas.EstimateArgs]()
	snapshot(t, "estimate_input.json", got)
	if len(got) > inputBudget {
		t.Errorf("the input schema has %d bytes, more than the budget of %d", len(got), inputBudget)
	}
}

func TestOutputSchemaSnapshot(t *testing.T) {
	got := schemas.OutputSchema[report.Answer]()
	snapshot(t, "estimate_output.json", got)
	var s struct{ Required []string }
	if err := json.Unmarshal(got, &s); err != nil || !slices.Equal(s.Required, []string{"summary"}) {
		t.Errorf("required is %v (%v), want summary alone", s.Required, err)
	}
}

// TestPortable walks the schemas for what providers and clients refuse.
func TestPortable(t *testing.T) {
	for name, raw := range map[string]json.RawMessage{
		"input":  schemas.InputSchema[schemas.EstimateArgs](),
		"output": schemas.OutputSchema[report.Answer](),
	} {
		var root any
		if err := json.Unmarshal(raw, &root); err != nil {
			t.Fatal(err)
		}
		walk(t, name, root, name == "input")
	}
}

var forbidden = []string{"$ref", "$defs", "$schema", "$id", "oneOf", "anyOf", "allOf", "const", "if", "then", "not", "patternProperties"}

func walk(t *testing.T, path string, node any, input bool) {
	t.Helper()
	s, ok := node.(map[string]any)
	if !ok {
		t.Errorf("%s is %v, not a schema object", path, node)
		return
	}
	for _, key := range forbidden {
		if _, has := s[key]; has {
			t.Errorf("%s has %s", path, key)
		}
	}
	kind, _ := s["type"].(string)
	if input && kind == "" {
		t.Errorf("%s has no single type", path)
	}
	if kind == "array" {
		walk(t, path+"[]", s["items"], input)
	}
	properties, _ := s["properties"].(map[string]any)
	for name, p := range properties {
		walk(t, path+"."+name, p, input)
		if d, _ := p.(map[string]any)["description"].(string); input && d == "" {
			t.Errorf("%s.%s has no description", path, name)
		}
	}
	if input {
		boundsInWords(t, path, s)
	}
}

func boundsInWords(t *testing.T, path string, s map[string]any) {
	t.Helper()
	for _, key := range []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"} {
		limit, has := s[key]
		if !has || strings.HasSuffix(path, "[]") {
			continue
		}
		word := regexp.MustCompile(`\b` + regexp.QuoteMeta(fmt.Sprintf("%v", json.Number(fmt.Sprintf("%.0f", limit)))) + `\b`)
		if d, _ := s["description"].(string); !word.MatchString(d) {
			t.Errorf("%s: the description does not say %s %v: %s", path, key, limit, d)
		}
	}
}

// TestArgumentsMatchSchema holds what the decoder goes by against what is
// published.
func TestArgumentsMatchSchema(t *testing.T) {
	var s struct {
		Properties map[string]struct {
			Type string
			schemas.Bounds
			MinItems, MaxItems int64
			Enum               []string
			Items              struct {
				Enum []string
				schemas.Bounds
			}
		}
	}
	if err := json.Unmarshal(schemas.InputSchema[schemas.EstimateArgs](), &s); err != nil {
		t.Fatal(err)
	}
	arguments := schemas.Arguments()
	if len(arguments) != len(s.Properties) {
		t.Errorf("%d arguments, %d properties", len(arguments), len(s.Properties))
	}
	for _, a := range arguments {
		p := s.Properties[a.Name]
		bounds := p.Bounds
		if p.Type == "array" {
			bounds = p.Items.Bounds
		}
		if diff := cmp.Diff(bounds, a.Bounds); diff != "" || p.Type != a.Type || p.MinItems != a.MinItems || p.MaxItems != a.MaxItems {
			t.Errorf("%s is read otherwise than published: %s", a.Name, diff)
		}
		if choices := append(p.Enum, p.Items.Enum...); !slices.Equal(choices, a.Choices) {
			t.Errorf("%s has choices %v, published %v", a.Name, a.Choices, choices)
		}
	}
}

// TestTags demands of every argument what the page and the README need.
func TestTags(t *testing.T) {
	kinds := []string{"nlp", "multimodal", "moe", "cnn"}
	for _, a := range schemas.Arguments() {
		if a.Description == "" || !strings.HasSuffix(a.Description, ".") {
			t.Errorf("%s: the description is no sentence: %q", a.Name, a.Description)
		}
		switch a.Panel {
		case "basic", "advanced", "optimization", "hardware", "":
		default:
			t.Errorf("%s is on panel %q", a.Name, a.Panel)
		}
		for _, k := range a.ModelTypes {
			if !slices.Contains(kinds, k) {
				t.Errorf("%s applies to %q", a.Name, k)
			}
		}
		for _, u := range a.Usual {
			if u.Low > u.High || u.ModelType != "" && !slices.Contains(kinds, u.ModelType) {
				t.Errorf("%s has the usual range %+v", a.Name, u)
			}
		}
	}
}
