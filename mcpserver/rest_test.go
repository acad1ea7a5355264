package mcpserver_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"vramcalc/mcpserver"
)

func TestPlainForm(t *testing.T) {
	web := serve(t, &mcpserver.HTTP{})
	good := `{"name":"` + flagship + `","arguments":` + llama + `}`
	for _, test := range []struct {
		name, contentType, body string
		status                  int
		contains                string
	}{
		{"answered", "application/json", good, 200, `"isError":false`},
		{"charset", "application/json; charset=utf-8", good, 200, `"structuredContent":{"summary"`},
		{"empty", "application/json", "", 400, "empty"},
		{"not JSON", "application/json", `{"name":`, 400, "not JSON"},
		{"two values", "application/json", `{"name":"x"} {}`, 400, "not JSON"},
		{"not an object", "application/json", `["` + flagship + `"]`, 400, "not a JSON object"},
		{"null", "application/json", `null`, 400, "not a JSON object"},
		{"no name", "application/json", `{"arguments":{}}`, 400, "no name"},
		{"empty name", "application/json", `{"name":""}`, 400, "no name"},
		{"name of a wrong type", "application/json", `{"name":7}`, 400, "name must be a string"},
		{"unknown tool", "application/json", `{"name":"nothing"}`, 404, flagship},
		{"too large", "application/json", `{"name":"x","arguments":{"a":"` + strings.Repeat("x", 2<<20) + `"}}`, 413, "larger than 1048576"},
		{"form", "application/x-www-form-urlencoded", good, 415, "application/json"},
		{"no content type", "", good, 415, "application/json"},
		{"no arguments", "application/json", `{"name":"` + flagship + `"}`, 422, `"isError":true`},
		{"null arguments", "application/json", `{"name":"` + flagship + `","arguments":null}`, 422, `"validation"`},
		{"arguments of a wrong type", "application/json", `{"name":"` + flagship + `","arguments":[1]}`, 422, `"isError":true`},
		{"refused", "application/json", `{"name":"` + flagship + `","arguments":{"modelType":"nlp"}}`, 422, `"summary"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, body := post(t, web.URL, test.contentType, test.body)
			if status != test.status || !strings.Contains(body, test.contains) {
				t.Errorf("status %d, body %.300s; want %d and %q", status, body, test.status, test.contains)
			}
			if !json.Valid([]byte(body)) {
				t.Errorf("the body is not JSON: %.300s", body)
			}
		})
	}
}

func TestRoutes(t *testing.T) {
	web := serve(t, &mcpserver.HTTP{})
	for _, test := range []struct {
		method, path string
		status       int
		contains     string
	}{
		{"GET", "/healthz", 200, "ok"},
		{"GET", "/readyz", 200, "ready"},
		{"GET", "/", 200, "/mcp"},
		{"GET", "/nothing", 404, ""},
		{"GET", "/api/mcp/tools/call", 405, ""},
		{"POST", "/api/mcp/tools/list", 405, ""},
		{"GET", "/api/mcp/tools/list", 200, `"inputSchema"`},
		{"GET", "/openapi.json", 200, `"openapi":"3.1.0"`},
		{"GET", "/types.d.ts", 200, "export interface"},
		{"GET", "/mcp", 405, ""},
		{"DELETE", "/mcp", 405, ""},
	} {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), test.method, web.URL+test.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != test.status || !strings.Contains(string(body), test.contains) {
				t.Errorf("status %d, body %.200s; want %d and %q", resp.StatusCode, body, test.status, test.contains)
			}
		})
	}
}

// TestListedAsInMCP demands that the plain list is MCP's.
func TestListedAsInMCP(t *testing.T) {
	web := serve(t, &mcpserver.HTTP{})
	resp, err := http.Get(web.URL + "/api/mcp/tools/list")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var plain struct{ Tools json.RawMessage }
	if err := json.NewDecoder(resp.Body).Decode(&plain); err != nil {
		t.Fatal(err)
	}
	list, err := inMemory(t, newServer(), "2025-11-25").ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := normal(t, plain.Tools), normal(t, list.Tools); got != want {
		t.Errorf("GET /api/mcp/tools/list differs from tools/list:\n%.300s\n%.300s", got, want)
	}
}

// TestOpenAPIReferences follows every reference of the description.
func TestOpenAPIReferences(t *testing.T) {
	web := serve(t, &mcpserver.HTTP{})
	resp, err := http.Get(web.URL + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var doc struct {
		Paths      map[string]any
		Components struct{ Schemas map[string]any }
	}
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	var walk func(v any)
	found := 0
	walk = func(v any) {
		switch x := v.(type) {
		case map[string]any:
			if r, ok := x["$ref"].(string); ok {
				found++
				if doc.Components.Schemas[strings.TrimPrefix(r, "#/components/schemas/")] == nil {
					t.Errorf("dangling reference %s", r)
				}
			}
			for _, y := range x {
				walk(y)
			}
		case []any:
			for _, y := range x {
				walk(y)
			}
		}
	}
	walk(doc.Paths)
	if found == 0 {
		t.Error("no references")
	}
}
