package main

import (
	"fmt"

	"vramcalc/calc/catalog"
	"vramcalc/mcpserver"
)

// toolSet is the table of tools, or the short list of it.
func toolSet(name string) ([]mcpserver.Tool, error) {
	tools := mcpserver.Tools(catalog.Load())
	switch name {
	case "all":
		return tools, nil
	case "core":
		return mcpserver.Core(tools), nil
	}
	return nil, fmt.Errorf("%w: --tools takes all or core, not %q", errUsage, name)
}
