package mcpserver_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vramcalc/mcpserver"
)

// TestSameAnswer asks the same question in every revision of the protocol over
// every transport, and in the plain form.
func TestSameAnswer(t *testing.T) {
	for _, arguments := range []string{llama, `{"modelType":"nlp","batchSize":"four"}`} {
		want := direct(t, arguments)
		check := func(t *testing.T, r *mcp.CallToolResult) {
			t.Helper()
			if r.IsError != want.Refused {
				t.Errorf("isError = %v, want %v", r.IsError, want.Refused)
			}
			if got := text(t, r); got != want.Text {
				t.Errorf("text = %.300s, want %.300s", got, want.Text)
			}
			if got := normal(t, r.StructuredContent); got != normal(t, want.Structured) {
				t.Errorf("structured = %.300s, want %.300s", got, want.Structured)
			}
		}
		web := serve(t, &mcpserver.HTTP{})
		for _, version := range mcp.SupportedProtocolVersions() {
			t.Run("memory "+version, func(t *testing.T) {
				check(t, call(t, inMemory(t, newServer(), version), arguments))
			})
			for _, path := range []string{"/mcp", "/api/mcp"} {
				t.Run("http "+path+" "+version, func(t *testing.T) {
					session := connect(t, &mcp.StreamableClientTransport{Endpoint: web.URL + path, DisableStandaloneSSE: true}, version)
					check(t, call(t, session, arguments))
				})
			}
		}
		t.Run("plain", func(t *testing.T) {
			_, body := post(t, web.URL, "application/json", `{"name":"`+flagship+`","arguments":`+arguments+`}`)
			var r mcp.CallToolResult
			if err := json.Unmarshal([]byte(body), &r); err != nil {
				t.Fatal(err)
			}
			check(t, &r)
			if !strings.Contains(body, `"isError":`) {
				t.Error("isError is not written out")
			}
		})
	}
}

// TestTextIsStructured demands that both halves of an answer say the same.
func TestTextIsStructured(t *testing.T) {
	r := direct(t, llama)
	if r.Text != string(r.Structured) {
		t.Errorf("text = %.200s, structured = %.200s", r.Text, r.Structured)
	}
	if !strings.HasPrefix(r.Text, `{"summary":"`) {
		t.Errorf("the answer begins with %.40s, want the summary first", r.Text)
	}
}

func TestPublished(t *testing.T) {
	for _, version := range mcp.SupportedProtocolVersions() {
		session := inMemory(t, newServer(), version)
		if init := session.InitializeResult(); init != nil {
			if n := len(init.Instructions); n == 0 || n >= 2048 {
				t.Errorf("%s: instructions are %d characters, want 1 to 2047", version, n)
			}
			if c := normal(t, init.Capabilities); c != `{"completions":{},"extensions":{"io.modelcontextprotocol/ui":{}},"prompts":{},"resources":{},"tools":{}}` {
				t.Errorf("%s: capabilities %s, want lists that never change and nothing else", version, c)
			}
		}
		list, err := session.ListTools(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, tool := range list.Tools {
			a := tool.Annotations
			if tool.Title == "" || a == nil || !a.ReadOnlyHint || !a.IdempotentHint ||
				a.DestructiveHint == nil || *a.DestructiveHint || a.OpenWorldHint == nil || *a.OpenWorldHint {
				t.Errorf("%s: title %q, annotations %+v; want a title and all four hints", tool.Name, tool.Title, a)
			}
			if n := len(tool.Description); n == 0 || n > 400 {
				t.Errorf("%s: description is %d characters, want 1 to 400", tool.Name, n)
			}
			if tool.OutputSchema == nil {
				t.Errorf("%s: no output schema", tool.Name)
			}
		}
	}
}

func TestCore(t *testing.T) {
	core := mcpserver.Core(tools())
	if _, ok := mcpserver.Find(core, flagship); !ok {
		t.Errorf("core tools are %v, want the flagship among them", mcpserver.Names(core))
	}
}

func TestUnknownTool(t *testing.T) {
	session := inMemory(t, newServer(), "2025-06-18")
	_, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "nothing"})
	if err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("error = %v, want one that names the tool", err)
	}
}
