package schemas_test

import (
	"encoding/json"
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/schemas"
)

// TestStackDefaults holds that whatever a training stack sets is an argument
// with a value that the argument takes.
func TestStackDefaults(t *testing.T) {
	for _, s := range catalog.Stacks() {
		for name, value := range s.Defaults {
			text, err := json.Marshal(map[string]json.RawMessage{name: value})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range decodeProblems(text) {
				t.Errorf("%v sets %s to %s: %s", s.Name, name, value, p.Message)
			}
		}
	}
}

func decodeProblems(text []byte) []check.Finding {
	_, problems := schemas.Decode[schemas.EstimateArgs](text)
	return problems
}
