package mcpserver

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// What a page of another origin may send and read. Such pages are served only
// from the origins that the operator names.
const (
	corsMethods = "GET, POST, OPTIONS"
	corsHeaders = "Content-Type, Accept, Authorization, Last-Event-ID, Mcp-Protocol-Version, Mcp-Session-Id, Mcp-Method, Mcp-Name"
	corsExposed = "Mcp-Session-Id, WWW-Authenticate"
)

// guard keeps out what a browser may have been tricked into sending: a request
// under a foreign host name (DNS rebinding) or from a foreign page.
func (c *HTTP) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if !c.knowsHost(r.Host) {
			http.Error(w, "unknown host name; start the server with --allow-host to serve it", http.StatusForbidden)
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			foreign := !sameOrigin(origin, r)
			if foreign && !slices.Contains(c.AllowOrigins, origin) {
				http.Error(w, "unknown origin; start the server with --allow-origin to serve it", http.StatusForbidden)
				return
			}
			if foreign {
				w.Header().Set("Access-Control-Allow-Origin", origin)
				w.Header().Set("Access-Control-Expose-Headers", corsExposed)
				w.Header().Add("Vary", "Origin")
			}
		}
		if r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Allow-Methods", corsMethods)
			w.Header().Set("Access-Control-Allow-Headers", corsHeaders)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// knowsHost says whether the server goes by this name: loopback always, the
// address that it listens on, and what the operator allows.
func (c *HTTP) knowsHost(hostport string) bool {
	host := hostOnly(hostport)
	if isLoopback(host) {
		return true
	}
	for _, known := range append([]string{c.Addr}, c.AllowHosts...) {
		if known == hostport || strings.EqualFold(hostOnly(known), host) && host != "" {
			return true
		}
	}
	return false
}

func hostOnly(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// sameOrigin says whether the page was served by this server.
func sameOrigin(origin string, r *http.Request) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && strings.EqualFold(u.Host, r.Host)
}

// authorized asks for the bearer token, where there is one.
func (c *HTTP) authorized(next http.Handler) http.Handler {
	if c.Token == "" {
		return next
	}
	want := sha256.Sum256([]byte(c.Token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		got := sha256.Sum256([]byte(strings.TrimSpace(token)))
		if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
			w.Header().Set("WWW-Authenticate", `Bearer realm="vramcalc"`)
			http.Error(w, "a bearer token is needed", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
