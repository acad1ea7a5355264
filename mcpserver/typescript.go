package mcpserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// node is the part of a JSON Schema that types are made of.
type node struct {
	Type        string            `json:"type"`
	Description string            `json:"description"`
	Enum        []json.RawMessage `json:"enum"`
	Items       *node             `json:"items"`
	Properties  members           `json:"properties"`
	Required    []string          `json:"required"`
	Additional  json.RawMessage   `json:"additionalProperties"`
}

// members are properties in the order of the schema.
type members []member

type member struct {
	name string
	node node
}

// UnmarshalJSON keeps the order that a map would lose.
func (m *members) UnmarshalJSON(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var n node
		if err := d.Decode(&n); err != nil {
			return err
		}
		*m = append(*m, member{fmt.Sprint(name), n})
	}
	return nil
}

// TypeScript gives the types of the tools' arguments and answers, made from the
// published schemas.
func TypeScript(tools []Tool) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("// Types of the arguments and answers of vramcalc's tools.\n")
	for _, t := range tools {
		for _, part := range []struct {
			suffix string
			schema json.RawMessage
		}{{"Arguments", t.Input}, {"Answer", t.Output}} {
			var n node
			if err := json.Unmarshal(part.schema, &n); err != nil {
				return nil, fmt.Errorf("schema of %s: %w", t.Name, err)
			}
			fmt.Fprintf(&b, "\n/** %s of %s. */\nexport interface %s%s ", part.suffix, t.Name, component(t.Name), part.suffix)
			n.fields(&b, "")
			b.WriteString("\n")
		}
	}
	b.WriteString("\n/** Arguments and answers by the name of the tool. */\nexport interface Tools {\n")
	for _, t := range tools {
		c := component(t.Name)
		fmt.Fprintf(&b, "  %s: { arguments: %sArguments; answer: %sAnswer };\n", t.Name, c, c)
	}
	b.WriteString("}\n")
	return b.Bytes(), nil
}

// fields writes an object's properties in braces.
func (n node) fields(b *bytes.Buffer, indent string) {
	b.WriteString("{\n")
	for _, m := range n.Properties {
		if m.node.Description != "" {
			fmt.Fprintf(b, "%s  /** %s */\n", indent, strings.ReplaceAll(m.node.Description, "*/", "* /"))
		}
		optional := "?"
		if slices.Contains(n.Required, m.name) {
			optional = ""
		}
		fmt.Fprintf(b, "%s  %s%s: ", indent, m.name, optional)
		m.node.write(b, indent+"  ")
		b.WriteString(";\n")
	}
	b.WriteString(indent + "}")
}

// write gives the type of a value.
func (n node) write(b *bytes.Buffer, indent string) {
	switch {
	case len(n.Enum) > 0:
		b.Write(bytes.Join(rawBytes(n.Enum), []byte(" | ")))
	case n.Type == "array" && n.Items != nil:
		b.WriteString("Array<")
		n.Items.write(b, indent)
		b.WriteString(">")
	case n.Type == "object" && len(n.Properties) > 0:
		n.fields(b, indent)
	case n.Type == "object":
		var value node
		b.WriteString("Record<string, ")
		if json.Unmarshal(n.Additional, &value) == nil {
			value.write(b, indent)
		} else {
			b.WriteString("unknown")
		}
		b.WriteString(">")
	case n.Type == "integer":
		b.WriteString("number")
	case n.Type == "string", n.Type == "number", n.Type == "boolean":
		b.WriteString(n.Type)
	default:
		b.WriteString("unknown")
	}
}

func rawBytes(list []json.RawMessage) [][]byte {
	out := make([][]byte, len(list))
	for i, r := range list {
		out[i] = r
	}
	return out
}
