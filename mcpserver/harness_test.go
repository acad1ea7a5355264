package mcpserver_test

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vramcalc/calc/catalog"
	"vramcalc/mcpserver"
)

var update = flag.Bool("update", false, "rewrite the files in testdata")

const flagship = "calculate_advanced_finetuning_vram"

// llama is the documented call.
const llama = `{"modelType":"nlp","modelSize":7,"architectureType":"LLaMA","precision":"bf16","batchSize":4,` +
	`"learningRate":0.0001,"optimizer":"adamw","trainingEpochs":3,"sequenceLength":2048,` +
	`"loraRank":16,"loraAlpha":32,"loraTargetModules":["q_proj","v_proj"]}`

// tools are the rows, made once: their schemas are most of what a test costs.
var tools = sync.OnceValue(func() []mcpserver.Tool { return mcpserver.Tools(catalog.Load()) })

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func newServer() *mcp.Server { return mcpserver.New(tools(), "test", quiet()) }

// serve starts an HTTP server of the configuration.
func serve(t *testing.T, c *mcpserver.HTTP) *httptest.Server {
	t.Helper()
	if c.Log == nil {
		c.Log = quiet()
	}
	h, err := c.Handler(newServer(), tools(), "test")
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// inMemory connects a client to the server, speaking one revision.
func inMemory(t *testing.T, s *mcp.Server, version string) *mcp.ClientSession {
	t.Helper()
	here, there := mcp.NewInMemoryTransports()
	if _, err := s.Connect(t.Context(), there, nil); err != nil {
		t.Fatal(err)
	}
	return connect(t, here, version)
}

func connect(t *testing.T, transport mcp.Transport, version string) *mcp.ClientSession {
	t.Helper()
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), transport, &mcp.ClientSessionOptions{ProtocolVersion: version})
	if err != nil {
		t.Fatalf("connecting with %s: %v", version, err)
	}
	t.Cleanup(func() { session.Close() })
	return session
}

// call calls the flagship with raw arguments.
func call(t *testing.T, session *mcp.ClientSession, arguments string) *mcp.CallToolResult {
	t.Helper()
	result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: flagship, Arguments: json.RawMessage(arguments)})
	if err != nil {
		t.Fatalf("calling with %.200s: %v", arguments, err)
	}
	return result
}

// text is a result's only text.
func text(t *testing.T, r *mcp.CallToolResult) string {
	t.Helper()
	if len(r.Content) != 1 {
		t.Fatalf("result has %d contents, want 1", len(r.Content))
	}
	c, ok := r.Content[0].(*mcp.TextContent)
	if !ok {
		t.Fatalf("content is %T, want text", r.Content[0])
	}
	return c.Text
}

// post sends a body to the plain form.
func post(t *testing.T, url, contentType, body string) (status int, answer string) {
	t.Helper()
	resp, err := http.Post(url+"/api/mcp/tools/call", contentType, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// golden compares with a file in testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./mcpserver -update writes it", err)
	}
	if string(want) != string(got) {
		t.Errorf("%s differs from what is published now; review with go test ./mcpserver -update and git diff", path)
	}
}

// normal brings JSON into one form for comparing.
func normal(t *testing.T, v any) string {
	t.Helper()
	raw, ok := v.(json.RawMessage)
	if !ok {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		raw = b
	}
	var x any
	if err := json.Unmarshal(raw, &x); err != nil {
		t.Fatalf("%v in %.200s", err, raw)
	}
	b, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// direct calls the tool's row without any protocol.
func direct(t *testing.T, arguments string) mcpserver.Result {
	t.Helper()
	tool, ok := mcpserver.Find(tools(), flagship)
	if !ok {
		t.Fatalf("no tool %s", flagship)
	}
	r, err := tool.Call(context.Background(), json.RawMessage(arguments))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// postMCP sends one message as an MCP client does and gives the status.
func postMCP(t *testing.T, url, body string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}
