package mcpserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// callRequest is the documented body of POST /api/mcp/tools/call.
type callRequest struct {
	Name      *string         `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

// callResponse is an MCP CallToolResult with every field written out.
type callResponse struct {
	Content           []textContent   `json:"content"`
	StructuredContent json.RawMessage `json:"structuredContent"`
	IsError           bool            `json:"isError"`
}

type textContent struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// failure is the body of an answer that is no result of a tool.
type failure struct {
	Error string   `json:"error"`
	Tools []string `json:"tools,omitempty"` // what there is, when the tool is unknown
}

// callHandler serves one call: 200 answered, 400 no call, 404 no such tool, 413
// too large, 415 not JSON by its type, 422 arguments refused.
func callHandler(tools []Tool, log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				log.Error("panic", "path", r.URL.Path, "value", fmt.Sprint(p), "stack", string(debug.Stack()))
				respond(w, http.StatusInternalServerError, failure{Error: "internal error, logged by the server"})
			}
		}()
		if !isJSON(r.Header.Get("Content-Type")) {
			respond(w, http.StatusUnsupportedMediaType, failure{Error: "the body must be JSON: send the header Content-Type: application/json"})
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			status := http.StatusBadRequest
			if large := new(http.MaxBytesError); errors.As(err, &large) {
				status = http.StatusRequestEntityTooLarge
				err = fmt.Errorf("the body is larger than %d bytes", large.Limit)
			}
			respond(w, status, failure{Error: err.Error()})
			return
		}
		call, err := parseCall(body)
		if err != nil {
			respond(w, http.StatusBadRequest, failure{Error: err.Error()})
			return
		}
		tool, ok := Find(tools, *call.Name)
		if !ok {
			respond(w, http.StatusNotFound, failure{Error: fmt.Sprintf("no tool is called %.80q", *call.Name), Tools: Names(tools)})
			return
		}
		result, err := tool.Call(r.Context(), call.Arguments)
		if err != nil {
			log.Error("call", "tool", tool.Name, "error", err)
			respond(w, http.StatusInternalServerError, failure{Error: "internal error, logged by the server"})
			return
		}
		status := http.StatusOK
		if result.Refused {
			status = http.StatusUnprocessableEntity
		}
		respond(w, status, callResponse{
			Content:           []textContent{{"text", result.Text}},
			StructuredContent: result.Structured,
			IsError:           result.Refused,
		})
	}
}

// parseCall reads the body; the error says what to send.
func parseCall(body []byte) (callRequest, error) {
	var call callRequest
	const form = `send {"name": TOOL, "arguments": {…}}`
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return call, errors.New("the body is empty; " + form)
	case !json.Valid(body):
		return call, errors.New("the body is not JSON; " + form)
	case bytes.TrimSpace(body)[0] != '{':
		return call, errors.New("the body is not a JSON object; " + form)
	}
	if err := json.Unmarshal(body, &call); err != nil {
		return call, errors.New("name must be a string; " + form)
	}
	if call.Name == nil || *call.Name == "" {
		return call, errors.New("the body has no name; " + form)
	}
	return call, nil
}

func isJSON(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && (t == "application/json" || strings.HasSuffix(t, "+json"))
}

func respond(w http.ResponseWriter, status int, v any) {
	body, err := encode(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"error":"internal error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}

// listing is the body of GET /api/mcp/tools/list: tools as MCP lists them, by
// name.
func listing(tools []Tool) ([]byte, error) {
	list := make([]*mcp.Tool, len(tools))
	for i, t := range tools {
		list[i] = t.published()
	}
	slices.SortFunc(list, func(a, b *mcp.Tool) int { return strings.Compare(a.Name, b.Name) })
	return encode(map[string]any{"tools": list})
}
