package mcpserver_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestAnswers compares the answers to the example calls with reviewed ones, the
// refusal of a model that is not written yet among them, and holds them against
// the published schema of the answer.
func TestAnswers(t *testing.T) {
	files, err := filepath.Glob("../examples/arguments/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no example calls: %v", err)
	}
	schema := outputSchema(t, tools()[0])
	validate := func(t *testing.T, raw []byte) {
		t.Helper()
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("against the output schema: %v", err)
		}
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			arguments, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := direct(t, string(arguments))
			validate(t, r.Structured)
			var b bytes.Buffer
			if err := json.Indent(&b, r.Structured, "", "  "); err != nil {
				t.Fatal(err)
			}
			b.WriteByte('\n')
			golden(t, "answer-"+name, b.Bytes())
		})
	}
	t.Run("refusal", func(t *testing.T) { validate(t, direct(t, `{"modelType":"nlp"}`).Structured) })
}
