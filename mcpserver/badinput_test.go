package mcpserver_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vramcalc/mcpserver"
)

// badArguments are what no caller should send. Each is refused with problems to
// read, over every way in, and the server goes on.
var badArguments = []struct{ name, arguments string }{
	{"empty", `{}`},
	{"list", `[]`},
	{"string", `"modelType"`},
	{"number", `7`},
	{"unknown argument", with(`"lora_rank":16`)},
	{"wrong types", `{"modelType":7,"modelSize":"big","architectureType":[],"precision":{},"batchSize":1.5,"learningRate":"x","optimizer":true,"trainingEpochs":null}`},
	{"1e308", with(`"learningRate":1e308`)},
	{"more than a float holds", with(`"modelSize":1e400`)},
	{"NaN as text", with(`"modelSize":"NaN"`)},
	{"infinity as text", with(`"learningRate":"Infinity"`)},
	{"huge batch", with(`"batchSize":9223372036854775807`)},
	{"beyond 64 bits", with(`"batchSize":99999999999999999999`)},
	{"negative", with(`"batchSize":-1`)},
	{"zero size", with(`"modelSize":0`)},
	{"every size at its bound", with(`"modelSize":10000,"batchSize":65536,"sequenceLength":10485760,"hiddenSize":9000000000,"numLayers":9000000000,"vocabSize":9000000000000`)},
	{"deep", with(`"modelConfig":` + strings.Repeat(`{"a":`, 900) + `1` + strings.Repeat(`}`, 900))},
	{"control characters", with(`"modelId":"\u0000\u001b[31m\n"`)},
	{"long name", with(`"` + strings.Repeat("x", 10_000) + `":1`)},
	{"many names", "{" + strings.TrimSuffix(strings.Repeat(`"x":1,`, 5000), ",") + "}"},
}

// with adds to the documented call; a repeated argument is one more mistake.
func with(arguments string) string {
	name, _, _ := strings.Cut(arguments[1:], `"`)
	var given map[string]json.RawMessage
	if err := json.Unmarshal([]byte(llama), &given); err != nil {
		panic(err)
	}
	delete(given, name)
	rest, err := json.Marshal(given)
	if err != nil {
		panic(err)
	}
	return strings.TrimSuffix(string(rest), "}") + "," + arguments + "}"
}

func TestBadInput(t *testing.T) {
	web := serve(t, &mcpserver.HTTP{})
	memory := inMemory(t, newServer(), "2025-11-25")
	for _, test := range badArguments {
		t.Run(test.name, func(t *testing.T) {
			r := direct(t, test.arguments)
			if !r.Refused {
				t.Fatalf("answered: %.300s", r.Structured)
			}
			if n := len(r.Text); n > 11_000 {
				t.Errorf("the text has %d characters; clients cut it", n)
			}
			lines := strings.Split(r.Text, "\n")
			if problems := r.Answer.Validated().Errors; len(lines) != len(problems)+1 {
				t.Errorf("%d lines of text for %d problems: %q", len(lines), len(problems), r.Text)
			}
			status, body := post(t, web.URL, "application/json", `{"name":"`+flagship+`","arguments":`+test.arguments+`}`)
			if status != 422 {
				t.Errorf("plain form: status %d, body %.200s; want 422", status, body)
			}
			if test.arguments[0] != '{' {
				return // the client library sends only objects
			}
			answer, err := memory.CallTool(t.Context(), &mcp.CallToolParams{Name: flagship, Arguments: json.RawMessage(test.arguments)})
			if err != nil || !answer.IsError {
				t.Errorf("MCP: %v, %v; want a result with isError", answer, err)
			}
		})
	}
	if r := call(t, memory, llama); r.IsError {
		t.Errorf("after all that, the documented call is refused: %s", text(t, r))
	}
}

// TestLargeBody sends more than the cap to each way in over HTTP.
func TestLargeBody(t *testing.T) {
	web := serve(t, &mcpserver.HTTP{})
	body := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"` + strings.Repeat("x", 2<<20) + `"}}`
	for _, path := range []string{"/mcp", "/api/mcp", "/api/mcp/tools/call"} {
		if status := postMCP(t, web.URL+path, body); status != 413 {
			t.Errorf("%s: status %d, want 413", path, status)
		}
	}
	if status := postMCP(t, web.URL+"/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`); status != 200 {
		t.Errorf("after that: status %d, want 200", status)
	}
}
