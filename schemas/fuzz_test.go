package schemas_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"vramcalc/calc/check"
	"vramcalc/schemas"
)

// schema is as much of JSON Schema as the published schemas use.
type schema struct {
	Type       string
	Enum       []string
	Properties map[string]*schema
	Items      *schema
	schemas.Bounds
	MinItems, MaxItems int
}

func (s *schema) accepts(v any) bool {
	switch v := v.(type) {
	case string:
		return s.Type == "string" && (len(s.Enum) == 0 || slices.Contains(s.Enum, v))
	case bool:
		return s.Type == "boolean"
	case float64:
		return (s.Type == "number" || s.Type == "integer" && v == math.Trunc(v)) && s.within(v)
	case []any:
		if s.Type != "array" || len(v) < s.MinItems || s.MaxItems > 0 && len(v) > s.MaxItems {
			return false
		}
		return !slices.ContainsFunc(v, func(e any) bool { return !s.Items.accepts(e) })
	case map[string]any:
		if s.Type != "object" {
			return false
		}
		for name, e := range v {
			if p, known := s.Properties[name]; s.Properties != nil && (!known || !p.accepts(e)) {
				return false
			}
		}
		return true
	}
	return false
}

func (s *schema) within(x float64) bool {
	return (s.Minimum == nil || x >= *s.Minimum) && (s.Maximum == nil || x <= *s.Maximum) &&
		(s.ExclusiveMinimum == nil || x > *s.ExclusiveMinimum) && (s.ExclusiveMaximum == nil || x < *s.ExclusiveMaximum)
}

func published(t testing.TB) *schema {
	var s schema
	if err := json.Unmarshal(schemas.InputSchema[schemas.EstimateArgs](), &s); err != nil {
		t.Fatal(err)
	}
	return &s
}

// FuzzDecode holds that Decode never panics, that it takes all that the
// published schema takes, and that it takes nothing else but what is documented:
// null, other spellings of choices, values in quotes, bare list elements.
func FuzzDecode(f *testing.F) {
	for _, r := range check.All() {
		f.Add([]byte(r.Bad))
		f.Add([]byte(r.Good))
	}
	f.Add([]byte(`{"loraTargetModules":["a"],"sampleLengths":[1,2],"stackOptions":{"a":[{}]},"topP":0.5,"warmupSteps":1e3}`))
	f.Add([]byte(`{"batchSize":9007199254740993,"learningRate":1e-400,"\ud800":1,"detail":"FULL"}`))
	s := published(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		args, problems := schemas.Decode[schemas.EstimateArgs](raw)
		refused := check.HasErrors(problems)
		if args == nil && !refused {
			t.Fatalf("no arguments and no error for %q", raw)
		}
		var v any
		if json.Unmarshal(raw, &v) != nil {
			if args != nil && len(strings.TrimSpace(string(raw))) > 0 {
				t.Fatalf("arguments out of %q, which is not JSON", raw)
			}
			return
		}
		accepted := s.accepts(v)
		if accepted && refused && !excused(problems) {
			t.Fatalf("the schema takes %q, Decode says %v", raw, told(problems))
		}
		if object, ok := v.(map[string]any); ok && !accepted && !refused && len(problems) == 0 && !s.accepts(lenient(s, object)) {
			t.Fatalf("the schema refuses %q, Decode takes it", raw)
		}
	})
}

// excused are errors that a schema cannot say: two equal names, depth, integers
// that floating point does not carry.
func excused(problems []schemas.Problem) bool {
	return slices.ContainsFunc(problems, func(p schemas.Problem) bool {
		return p.ID == check.Duplicate.ID || p.ID == check.TooDeep.ID || strings.Contains(p.Message.String(), "too large a whole number")
	})
}

// lenient rewrites an object as its sender may have meant it, within what is
// documented.
func lenient(s *schema, in map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range in {
		p := s.Properties[name]
		if v == nil || name == "wait_for_previous" {
			continue
		}
		if p != nil && p.Type == "array" {
			list, ok := v.([]any)
			if !ok {
				list = []any{v}
			}
			for i, e := range list {
				list[i] = spelt(p.Items, e)
			}
			v = list
		}
		out[name] = spelt(p, v)
	}
	return out
}

func spelt(p *schema, v any) any {
	if p != nil && len(p.Enum) > 0 {
		if _, ok := v.(string); ok {
			return p.Enum[0]
		}
	}
	return v
}
