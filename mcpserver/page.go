package mcpserver

import (
	"context"
	"io"
	"net/http"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vramcalc/calc/catalog"
	"vramcalc/mcpserver/web"
	"vramcalc/schemas"
)

// The MCP Apps extension, revision 2026-01-26.
const (
	extensionUI = "io.modelcontextprotocol/ui"
	appURI      = "ui://vramcalc/app.html"
	typeApp     = "text/html;profile=mcp-app"
	metaUI      = "ui"
	pageMaxAge  = "no-cache" // revalidated: a new version of the program has a new page
)

// shownByApp is the metadata of a tool whose result the page draws.
func shownByApp() map[string]any { return map[string]any{"resourceUri": appURI} }

// pageData is what the page knows before its first call.
type pageData struct {
	Version string     `json:"version"`
	Tools   []pageTool `json:"tools"`
	Models  any        `json:"models"`
	GPUs    any        `json:"gpus"`
}

// pageTool is a tool as the page needs it: its arguments with panels, units,
// applicability, usual ranges and scales.
type pageTool struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Arguments   any    `json:"arguments"`
}

// page makes the document for these tools and this catalogue. Its sources are
// part of the program, so it cannot fail but by a mistake in them.
func page(tools []Tool, models *catalog.Catalog, version string) web.Page {
	d := pageData{Version: version}
	for _, t := range tools {
		d.Tools = append(d.Tools, pageTool{t.Name, t.Title, t.Description, t.Meta[schemas.MetaKey]})
	}
	d.Models, _, _ = readFamily(models, []string{everyFamily})
	d.GPUs, _, _ = readGPUs(models, nil)
	p, err := web.New(d)
	if err != nil {
		panic("mcpserver: the page: " + err.Error())
	}
	return p
}

// servePage serves the document at / under its own policy.
func servePage(p web.Page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", p.Policy)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", pageMaxAge)
		io.WriteString(w, p.HTML)
	})
}

// addApp offers the document to hosts that show MCP Apps. It asks for no
// network, no storage and no permission.
func addApp(s *mcp.Server, p web.Page) {
	meta := mcp.Meta{metaUI: map[string]any{"prefersBorder": false}}
	s.AddResource(&mcp.Resource{
		URI: appURI, Name: "app", Title: "VRAM calculator", MIMEType: typeApp, Meta: meta,
		Description: "The calculator as an interactive page: shows an answer, changes its arguments, calls the tools.",
	}, func(_ context.Context, req *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
		return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{
			{URI: req.Params.URI, MIMEType: typeApp, Text: p.HTML, Meta: meta},
		}}, nil
	})
}
