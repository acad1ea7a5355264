package mcpserver

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// broken is a tool that panics.
func broken() Tool {
	return Tool{
		Name:   "broken",
		Input:  json.RawMessage(`{"type":"object"}`),
		Output: json.RawMessage(`{"type":"object"}`),
		answer: func(context.Context, []byte) Answer { panic("on purpose") },
	}
}

func TestPanicEndsOneRequest(t *testing.T) {
	var logged bytes.Buffer
	log := slog.New(slog.NewTextHandler(&logged, nil))
	s := New([]Tool{broken()}, "test", log)

	here, there := mcp.NewInMemoryTransports()
	if _, err := s.Connect(t.Context(), there, nil); err != nil {
		t.Fatal(err)
	}
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test"}, nil).Connect(t.Context(), here, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	_, err = session.CallTool(t.Context(), &mcp.CallToolParams{Name: "broken"})
	if err == nil || !strings.Contains(err.Error(), "internal error") || strings.Contains(err.Error(), "on purpose") {
		t.Errorf("error = %v, want an internal error without details", err)
	}
	if _, err := session.ListTools(t.Context(), nil); err != nil {
		t.Errorf("after the panic: %v", err)
	}

	handler := callHandler([]Tool{broken()}, log)
	req := httptest.NewRequest("POST", "/", strings.NewReader(`{"name":"broken"}`))
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	handler(rec, req)
	if rec.Code != http.StatusInternalServerError {
		t.Errorf("plain form: status %d, want 500", rec.Code)
	}
	if !strings.Contains(logged.String(), "on purpose") {
		t.Error("the panic is not in the log")
	}
}

// TestServeStops demands that a request under way is answered when the server
// is told to stop.
func TestServeStops(t *testing.T) {
	listening, started, release := make(chan string, 1), make(chan struct{}), make(chan struct{})
	c := &HTTP{Addr: "127.0.0.1:0", Log: slog.New(addressHandler{listening})}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- c.Serve(ctx, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(started)
			<-release
			w.WriteHeader(http.StatusTeapot)
		}))
	}()
	url := "http://" + <-listening
	status := make(chan int, 1)
	go func() {
		resp, err := http.Get(url)
		if err != nil {
			t.Error(err)
			status <- 0
			return
		}
		resp.Body.Close()
		status <- resp.StatusCode
	}()
	<-started
	stop()
	close(release)
	if got := <-status; got != http.StatusTeapot {
		t.Errorf("status %d of the request under way, want 418", got)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve = %v, want nil after a graceful stop", err)
	}
}

// addressHandler hands the address that the server logs to a test.
type addressHandler struct{ address chan<- string }

func (addressHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h addressHandler) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "address" {
			h.address <- a.Value.String()
		}
		return true
	})
	return nil
}

func (h addressHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

func (h addressHandler) WithGroup(string) slog.Handler { return h }
