package mcpserver

import (
	"strings"
)

// object is a JSON object written by hand.
type object = map[string]any

// openAPI describes the plain HTTP form from the tools' own schemas.
func openAPI(tools []Tool, version string) ([]byte, error) {
	schemas := object{
		"Failure": object{
			"type": "object",
			"properties": object{
				"error": object{"type": "string"},
				"tools": object{"type": "array", "items": object{"type": "string"}},
			},
			"required": []string{"error"},
		},
	}
	var requests, results []object
	for _, t := range tools {
		name := component(t.Name)
		schemas[name+"Arguments"] = t.Input
		schemas[name+"Answer"] = t.Output
		requests = append(requests, object{
			"type":        "object",
			"title":       t.Title,
			"description": t.Description,
			"properties": object{
				"name":      object{"type": "string", "enum": []string{t.Name}},
				"arguments": ref(name + "Arguments"),
			},
			"required": []string{"name"},
		})
		results = append(results, resultSchema(t.Title, ref(name+"Answer")))
	}
	return encode(object{
		"openapi": "3.1.0",
		"info": object{
			"title":       "VRAM calculator",
			"description": "GPU memory that models need, estimated from their architecture.",
			"version":     version,
		},
		"paths": object{
			"/api/mcp/tools/call": object{"post": object{
				"operationId": "callTool",
				"summary":     "Call a tool",
				"requestBody": object{"required": true, "content": content(object{"oneOf": requests})},
				"responses": object{
					"200": response("Answered", object{"anyOf": results}),
					"400": failed("Not JSON, not an object, or no name"),
					"404": failed("No such tool; the body lists them"),
					"413": failed("Larger than 1 MiB"),
					"415": failed("The content type is not JSON"),
					"422": response("Arguments refused; the body names every problem", object{"anyOf": results}),
				},
			}},
			"/api/mcp/tools/list": object{"get": object{
				"operationId": "listTools",
				"summary":     "List the tools with their schemas",
				"responses": object{"200": response("The tools", object{
					"type":       "object",
					"properties": object{"tools": object{"type": "array", "items": object{"type": "object"}}},
					"required":   []string{"tools"},
				})},
			}},
		},
		"components": object{"schemas": schemas},
	})
}

// resultSchema is an MCP CallToolResult around an answer.
func resultSchema(title string, answer object) object {
	return object{
		"type":  "object",
		"title": title,
		"properties": object{
			"content": object{"type": "array", "items": object{
				"type":       "object",
				"properties": object{"type": object{"type": "string"}, "text": object{"type": "string"}},
				"required":   []string{"type", "text"},
			}},
			"structuredContent": answer,
			"isError":           object{"type": "boolean"},
		},
		"required": []string{"content", "structuredContent", "isError"},
	}
}

func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

func content(schema object) object {
	return object{"application/json": object{"schema": schema}}
}

func response(description string, schema object) object {
	return object{"description": description, "content": content(schema)}
}

func failed(description string) object { return response(description, ref("Failure")) }

// component turns snake_case into the usual spelling of a component.
func component(tool string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(tool, "_") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}
