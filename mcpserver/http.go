package mcpserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vramcalc/calc/catalog"
)

// Limits of the HTTP server.
const (
	maxBody       = 1 << 20  // bytes of a request's body
	maxHeader     = 64 << 10 // bytes of a request's headers
	maxInFlight   = 256      // requests at work at once
	headerTimeout = 5 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 10 * time.Second // for requests under way when the server stops
)

// HTTP is the configuration of the HTTP server.
type HTTP struct {
	Addr         string   // host:port; a host that is not loopback needs a token
	Token        string   // bearer token that requests must carry, "" = none
	AllowOrigins []string // further origins whose pages may call: https://host[:port]
	AllowHosts   []string // further names under which the server is reached
	TLSCert      string   // files; both or none
	TLSKey       string
	Log          *slog.Logger

	stopping atomic.Bool
}

// Handler serves these tools: the page at /, MCP at /mcp and /api/mcp, the
// plain form below /api/mcp/tools, its description at /openapi.json, types at
// /types.d.ts, and health checks.
func (c *HTTP) Handler(s *mcp.Server, tools []Tool, version string) (http.Handler, error) {
	stream := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return s }, &mcp.StreamableHTTPOptions{
		Stateless:                    true, // the only mode that speaks every revision
		JSONResponse:                 true,
		MaxRequestBodyBytes:          maxBody,
		PropagateRequestCancellation: true,
		DisableLocalhostProtection:   true, // the guard below checks more
		Logger:                       warningsOf(c.Log),
	})
	description, err := openAPI(tools, version)
	if err != nil {
		return nil, err
	}
	list, err := listing(tools)
	if err != nil {
		return nil, err
	}
	types, err := TypeScript(tools)
	if err != nil {
		return nil, err
	}

	guarded := http.NewServeMux()
	guarded.Handle("/mcp", c.authorized(stream))
	guarded.Handle("/api/mcp", c.authorized(stream))
	guarded.Handle("POST /api/mcp/tools/call", c.authorized(http.HandlerFunc(callHandler(tools, c.Log))))
	guarded.Handle("GET /api/mcp/tools/list", c.authorized(static("application/json", list)))
	guarded.Handle("GET /openapi.json", static("application/json", description))
	guarded.Handle("GET /types.d.ts", static("text/plain; charset=utf-8", types))
	guarded.Handle("GET /{$}", servePage(page(tools, catalog.Load(), version)))

	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", c.ready)
	mux.Handle("/", c.guard(limited(guarded)))
	return mux, nil
}

func static(contentType string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Write(body)
	})
}

func (c *HTTP) ready(w http.ResponseWriter, _ *http.Request) {
	if c.stopping.Load() {
		http.Error(w, "stopping", http.StatusServiceUnavailable)
		return
	}
	io.WriteString(w, "ready\n")
}

// limited turns requests away while too many are at work.
func limited(next http.Handler) http.Handler {
	slots := make(chan struct{}, maxInFlight)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
			next.ServeHTTP(w, r)
		default:
			w.Header().Set("Retry-After", "1")
			http.Error(w, "too many requests at once", http.StatusTooManyRequests)
		}
	})
}

// Serve listens until ctx ends, then lets the requests under way finish.
func (c *HTTP) Serve(ctx context.Context, h http.Handler) error {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("address %q: %w; give host:port, such as 127.0.0.1:3000", c.Addr, err)
	}
	if !isLoopback(host) && c.Token == "" {
		return fmt.Errorf("%s can be reached from other machines: give a token file too, or listen on 127.0.0.1", c.Addr)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("TLS needs both a certificate and a key")
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(c.Log.Handler(), slog.LevelWarn),
	}
	done := make(chan error, 1)
	go func() {
		if c.TLSCert != "" {
			done <- server.ServeTLS(listener, c.TLSCert, c.TLSKey)
			return
		}
		done <- server.Serve(listener)
	}()
	c.Log.Info("listening", "address", listener.Addr().String(), "tls", c.TLSCert != "", "token", c.Token != "")
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	c.stopping.Store(true)
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return server.Shutdown(stop)
}
