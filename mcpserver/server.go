// Package mcpserver is the protocol edge: the table of tools, the MCP server
// over stdio and streamable HTTP, the plain form over HTTP that curl uses, and
// its OpenAPI description. Every way in goes through the same row of the same
// table, so an answer is the same whichever way it was asked for.
//
// The server keeps no state between requests. It never opens a connection, and
// logs only to the logger that it is given.
package mcpserver

import (
	"context"
	_ "embed"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vramcalc/calc/catalog"
)

// Name is the name under which the server presents itself.
const Name = "vramcalc"

// listTTL is for how long a client may keep the lists: they never change while
// the process lives.
const listTTL = 3_600_000 // milliseconds

//go:embed instructions.md
var instructions string

// New makes the server of these tools, with the catalogue's resources and the
// prompts. One server serves any number of connections.
func New(tools []Tool, version string, log *slog.Logger) *mcp.Server {
	models := catalog.Load()
	info := &mcp.Implementation{
		Name:    Name,
		Title:   "VRAM calculator",
		Version: version,
	}
	// Said explicitly: by default the server would offer logging and change
	// notices, and hold a request open for each subscriber.
	capabilities := &mcp.ServerCapabilities{
		Tools:       &mcp.ToolCapabilities{},
		Resources:   &mcp.ResourceCapabilities{},
		Prompts:     &mcp.PromptCapabilities{},
		Completions: &mcp.CompletionCapabilities{},
	}
	capabilities.AddExtension(extensionUI, nil)
	s := mcp.NewServer(info, &mcp.ServerOptions{
		Instructions:      instructions,
		Logger:            warningsOf(log),
		Capabilities:      capabilities,
		CompletionHandler: completing(models),
		SetCacheable: func(_ context.Context, _ mcp.Request, c *mcp.Cacheable) {
			if c.TTLMs == 0 {
				c.TTLMs = listTTL
			}
		},
	})
	for _, t := range tools {
		s.AddTool(t.published(), t.handle)
	}
	addResources(s, models)
	addApp(s, page(tools, models, version))
	addPrompts(s, models, tools)
	s.AddReceivingMiddleware(recovering(log))
	return s
}

// handle answers one tools/call. The arguments arrive unvalidated, so that the
// answer can name every problem at once.
func (t Tool) handle(ctx context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	r, err := t.Call(ctx, req.Params.Arguments)
	if err != nil {
		return nil, err
	}
	return &mcp.CallToolResult{
		Content:           []mcp.Content{&mcp.TextContent{Text: r.Text}},
		StructuredContent: r.Structured,
		IsError:           r.Refused,
	}, nil
}

// published is the tool as clients see it.
func (t Tool) published() *mcp.Tool {
	no := false
	return &mcp.Tool{
		Name:         t.Name,
		Title:        t.Title,
		Description:  t.Description,
		InputSchema:  t.Input,
		OutputSchema: t.Output,
		Meta:         t.Meta,
		Annotations: &mcp.ToolAnnotations{
			Title:           t.Title,
			ReadOnlyHint:    true,
			IdempotentHint:  true,
			DestructiveHint: &no,
			OpenWorldHint:   &no,
		},
	}
}

// recovering turns a panic in a handler into an error of that one request.
func recovering(log *slog.Logger) mcp.Middleware {
	return func(next mcp.MethodHandler) mcp.MethodHandler {
		return func(ctx context.Context, method string, req mcp.Request) (result mcp.Result, err error) {
			defer func() {
				if p := recover(); p != nil {
					log.Error("panic", "method", method, "value", fmt.Sprint(p), "stack", string(debug.Stack()))
					result, err = nil, &jsonrpc.Error{Code: jsonrpc.CodeInternalError, Message: "internal error, logged by the server"}
				}
			}()
			return next(ctx, method, req)
		}
	}
}
