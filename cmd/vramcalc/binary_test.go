package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// TestBinary builds the program and asks it the same question in four ways.
func TestBinary(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "vramcalc")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	arguments, err := pairs(documented)
	if err != nil {
		t.Fatal(err)
	}

	command := exec.Command(binary, "call", flagship, "-")
	command.Stdin = strings.NewReader(string(arguments))
	cli, err := command.Output()
	if err != nil {
		t.Fatalf("call: %v", err)
	}
	want := canonical(t, cli)

	if got := overMCP(t, &mcp.CommandTransport{Command: exec.Command(binary)}, arguments); got != want {
		t.Errorf("stdio answers\n%.300s\nthe command line\n%.300s", got, want)
	}
	url := startHTTP(t, binary)
	if got := overMCP(t, &mcp.StreamableClientTransport{Endpoint: url + "/mcp", DisableStandaloneSSE: true}, arguments); got != want {
		t.Errorf("/mcp answers\n%.300s\nthe command line\n%.300s", got, want)
	}
	resp, err := http.Post(url+"/api/mcp/tools/call", "application/json",
		strings.NewReader(`{"name":"`+flagship+`","arguments":`+string(arguments)+`}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var plain struct{ StructuredContent json.RawMessage }
	if err := json.NewDecoder(resp.Body).Decode(&plain); err != nil {
		t.Fatal(err)
	}
	if got := canonical(t, plain.StructuredContent); got != want {
		t.Errorf("the plain form answers\n%.300s\nthe command line\n%.300s", got, want)
	}
}

// overMCP asks through a client of the protocol.
func overMCP(t *testing.T, transport mcp.Transport, arguments json.RawMessage) string {
	t.Helper()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test"}, nil).Connect(t.Context(), transport, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: flagship, Arguments: arguments})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(result.StructuredContent)
	if err != nil {
		t.Fatal(err)
	}
	return canonical(t, b)
}

// startHTTP starts the server on a free port, and demands that it stops in
// peace at the end.
func startHTTP(t *testing.T, binary string) (url string) {
	t.Helper()
	server := exec.Command(binary, "http", "--addr", "127.0.0.1:0")
	stderr, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if runtime.GOOS == "windows" {
			server.Process.Kill()
			server.Wait()
			return
		}
		server.Process.Signal(syscall.SIGTERM)
		if err := server.Wait(); err != nil {
			t.Errorf("after SIGTERM: %v", err)
		}
	})
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if m := regexp.MustCompile(`address=(\S+)`).FindStringSubmatch(lines.Text()); m != nil {
			go io.Copy(io.Discard, stderr)
			return "http://" + m[1]
		}
	}
	t.Fatal("the server did not say where it listens")
	return ""
}

func canonical(t *testing.T, raw []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v in %.200s", err, raw)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
