package examples

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vramcalc/calc/catalog"
	"vramcalc/mcpserver"
)

// server is one entry of a client's configuration.
type server struct {
	Command string   `json:"command"`
	Args    []string `json:"args"`
	URL     string   `json:"url"`
}

// Where the configurations expect the program and its server.
const (
	installed = "/usr/local/bin/vramcalc"
	listening = "http://127.0.0.1:3000"
)

// TestClients starts every server of every configuration, with the program
// built here in place of the installed one, and lists its tools.
func TestClients(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "vramcalc")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", binary, "vramcalc/cmd/vramcalc").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	c := &mcpserver.HTTP{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	tools := mcpserver.Tools(catalog.Load())
	h, err := c.Handler(mcpserver.New(tools, "test", c.Log), tools, "test")
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(h)
	defer web.Close()

	files, err := filepath.Glob("clients/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no client configurations: %v", err)
	}
	for _, file := range files {
		for name, s := range servers(t, file) {
			t.Run(filepath.Base(file)+" "+name, func(t *testing.T) {
				var transport mcp.Transport
				switch {
				case s.Command == installed:
					transport = &mcp.CommandTransport{Command: exec.Command(binary, s.Args...)}
				case strings.HasPrefix(s.URL, listening):
					endpoint := web.URL + strings.TrimPrefix(s.URL, listening)
					transport = &mcp.StreamableClientTransport{Endpoint: endpoint, DisableStandaloneSSE: true}
				default:
					t.Fatalf("neither %s nor %s: %+v", installed, listening, s)
				}
				session, err := mcp.NewClient(&mcp.Implementation{Name: "test"}, nil).Connect(t.Context(), transport, nil)
				if err != nil {
					t.Fatal(err)
				}
				defer session.Close()
				list, err := session.ListTools(t.Context(), nil)
				if err != nil || len(list.Tools) == 0 {
					t.Errorf("tools: %v, %v", list, err)
				}
			})
		}
	}
}

// servers reads a configuration: mcpServers, or servers as VS Code calls it,
// or Codex's tables.
func servers(t *testing.T, file string) map[string]server {
	t.Helper()
	raw := read(t, file)
	if filepath.Ext(file) == ".toml" {
		return tables(t, raw)
	}
	var config struct {
		MCPServers map[string]server `json:"mcpServers"`
		Servers    map[string]server `json:"servers"`
	}
	if err := json.Unmarshal(raw, &config); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if len(config.MCPServers) > 0 {
		return config.MCPServers
	}
	return config.Servers
}

// tables reads the small part of TOML that Codex's servers are written in.
func tables(t *testing.T, raw []byte) map[string]server {
	t.Helper()
	out := map[string]server{}
	name := ""
	for line := range bytes.Lines(raw) {
		text := strings.TrimSpace(string(line))
		if table, ok := strings.CutPrefix(text, "[mcp_servers."); ok {
			name = strings.TrimSuffix(table, "]")
			continue
		}
		key, value, ok := strings.Cut(text, " = ")
		if !ok {
			if text != "" {
				t.Errorf("line %q is neither a table nor a value", text)
			}
			continue
		}
		s := out[name]
		var err error
		switch key {
		case "command":
			s.Command, err = strconv.Unquote(value)
		case "url":
			s.URL, err = strconv.Unquote(value)
		case "args":
			err = json.Unmarshal([]byte(value), &s.Args)
		default:
			_, err = strconv.Atoi(value)
		}
		if err != nil {
			t.Errorf("line %q: %v", text, err)
		}
		out[name] = s
	}
	return out
}
