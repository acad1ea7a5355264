package mcpserver

import (
	"encoding/json"

	"vramcalc/calc/catalog"
	"vramcalc/schemas"
)

// stackRow is a training stack in the list.
type stackRow struct {
	Name     string                     `json:"name"`
	Title    string                     `json:"title"`
	Versions map[string]string          `json:"versions"`
	Modelled bool                       `json:"modelled"` // false: named, and refused
	Measured bool                       `json:"measured"` // false: from its source alone
	Defaults map[string]json.RawMessage `json:"defaults"` // arguments that it sets
	Options  []schemas.StackOption      `json:"options"`  // of stackOptions
	Note     string                     `json:"note,omitempty"`
	Sources  []string                   `json:"sources"`
}

// readStacks lists the training stacks.
func readStacks(_ *catalog.Catalog, _ []string) (any, []string, bool) {
	var rows []stackRow
	for _, s := range catalog.Stacks() {
		row := stackRow{
			Name: s.Name.String(), Title: s.Title, Versions: s.Versions, Modelled: s.Modelled, Measured: s.Measured,
			Defaults: s.Defaults, Options: []schemas.StackOption{}, Note: s.Note, Sources: s.Sources,
		}
		if s.Modelled {
			row.Options = schemas.StackOptions(s.Name)
		}
		if row.Defaults == nil {
			row.Defaults = map[string]json.RawMessage{}
		}
		rows = append(rows, row)
	}
	return map[string]any{"stacks": rows}, nil, true
}
