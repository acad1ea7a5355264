package mcpserver_test

import (
	"net/http"
	"strings"
	"testing"

	"vramcalc/mcpserver"
)

func TestGuard(t *testing.T) {
	web := serve(t, &mcpserver.HTTP{
		Addr:         "192.0.2.7:3000",
		Token:        "secret",
		AllowOrigins: []string{"https://pages.example"},
		AllowHosts:   []string{"vram.example"},
	})
	self := strings.TrimPrefix(web.URL, "http://")
	for _, test := range []struct {
		name, method, path, host, origin, token string
		status                                  int
		header, value                           string
	}{
		{"good", "GET", "/api/mcp/tools/list", self, "", "secret", 200, "", ""},
		{"no token", "GET", "/api/mcp/tools/list", self, "", "", 401, "WWW-Authenticate", `Bearer realm="vramcalc"`},
		{"wrong token", "GET", "/api/mcp/tools/list", self, "", "guess", 401, "", ""},
		{"MCP without token", "POST", "/mcp", self, "", "", 401, "", ""},
		{"health needs none", "GET", "/healthz", "10.1.2.3", "", "", 200, "", ""},
		{"localhost", "GET", "/", "localhost:3000", "", "", 200, "", ""},
		{"IPv6 loopback", "GET", "/", "[::1]:3000", "", "", 200, "", ""},
		{"the address", "GET", "/", "192.0.2.7:3000", "", "", 200, "", ""},
		{"allowed host", "GET", "/", "vram.example:443", "", "", 200, "", ""},
		{"rebound host", "POST", "/mcp", "evil.example", "", "secret", 403, "", ""},
		{"rebound host, plain form", "POST", "/api/mcp/tools/call", "evil.example", "", "secret", 403, "", ""},
		{"same origin", "GET", "/api/mcp/tools/list", self, "http://" + self, "secret", 200, "", ""},
		{"foreign origin", "POST", "/mcp", self, "https://evil.example", "secret", 403, "", ""},
		{"opaque origin", "POST", "/api/mcp/tools/call", self, "null", "secret", 403, "", ""},
		{"foreign port", "POST", "/api/mcp/tools/call", self, "http://127.0.0.1:1", "secret", 403, "", ""},
		{"allowed origin", "GET", "/api/mcp/tools/list", self, "https://pages.example", "secret", 200, "Access-Control-Allow-Origin", "https://pages.example"},
		{"preflight", "OPTIONS", "/mcp", self, "https://pages.example", "", 204, "Access-Control-Allow-Methods", "GET, POST, OPTIONS"},
		{"foreign preflight", "OPTIONS", "/mcp", self, "https://evil.example", "", 403, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), test.method, web.URL+test.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = test.host
			if test.origin != "" {
				req.Header.Set("Origin", test.origin)
			}
			if test.token != "" {
				req.Header.Set("Authorization", "Bearer "+test.token)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != test.status || test.header != "" && resp.Header.Get(test.header) != test.value {
				t.Errorf("status %d, %s %q; want %d, %q", resp.StatusCode, test.header, resp.Header.Get(test.header), test.status, test.value)
			}
		})
	}
}

func TestServeRefusesOpenAddress(t *testing.T) {
	for _, addr := range []string{":0", "0.0.0.0:0", "192.0.2.7:0", "nothing"} {
		c := &mcpserver.HTTP{Addr: addr, Log: quiet()}
		if err := c.Serve(t.Context(), http.NotFoundHandler()); err == nil {
			t.Errorf("Serve(%q) without a token = nil, want an error", addr)
		}
	}
}
