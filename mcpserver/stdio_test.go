package mcpserver_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"vramcalc/mcpserver"
)

// TestStdioSurvives sends good and bad lines and closes the input at once: every
// line is answered, every line out is JSON-RPC, and nothing ends the session.
func TestStdioSurvives(t *testing.T) {
	in := strings.Join([]string{
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`,
		`{"jsonrpc":"2.0","method":"notifications/initialized"}`,
		`{"jsonrpc":"2.0","id":2,"method":`,
		`not JSON at all`,
		``,
		`"a string"`,
		strings.Repeat("[", 200_000),
		`{"jsonrpc":"2.0","id":3,"method":"nothing/known"}`,
		`{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"` + flagship + `","arguments":[1]}}`,
		strings.Repeat("x", 5<<20),
		`{"jsonrpc":"2.0","id":"five","method":"tools/call","params":{"name":"` + flagship + `","arguments":` + llama + `}}`,
	}, "\n")
	var out bytes.Buffer
	if err := mcpserver.ServeStdio(t.Context(), newServer(), strings.NewReader(in), &out); err != nil {
		t.Fatalf("ServeStdio = %v", err)
	}
	ids := map[string]bool{}
	parseErrors := 0
	for line := range strings.Lines(out.String()) {
		var m struct {
			JSONRPC string          `json:"jsonrpc"`
			ID      json.RawMessage `json:"id"`
			Error   *struct{ Code int }
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil || m.JSONRPC != "2.0" {
			t.Fatalf("a line on stdout that is no JSON-RPC: %.200s", line)
		}
		if m.Error != nil && m.Error.Code == -32700 {
			parseErrors++
		}
		ids[string(m.ID)] = true
	}
	for _, id := range []string{`1`, `3`, `4`, `"five"`} {
		if !ids[id] {
			t.Errorf("request %s has no answer", id)
		}
	}
	if parseErrors != 5 {
		t.Errorf("%d parse errors, want 5", parseErrors)
	}
}
