package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"

	"vramcalc/mcpserver"
)

// published is a tool's part of vramcalc schema.
type published struct {
	Name         string          `json:"name"`
	InputSchema  json.RawMessage `json:"inputSchema"`
	OutputSchema json.RawMessage `json:"outputSchema"`
}

// schema prints the published schemas, or TypeScript types made from them.
func (p program) schema(args []string) error {
	f := p.flags("vramcalc schema")
	typescript := f.Bool("typescript", false, "TypeScript types of arguments and answers")
	words, err := parse(f, args)
	if err != nil {
		return err
	}
	tools, err := toolSet("all")
	if err != nil {
		return err
	}
	if len(words) > 0 {
		tool, ok := mcpserver.Find(tools, words[0])
		if !ok || len(words) > 1 {
			return fmt.Errorf("%w: schema takes one of %s", errUsage, strings.Join(mcpserver.Names(tools), ", "))
		}
		tools = []mcpserver.Tool{tool}
	}
	if *typescript {
		text, err := mcpserver.TypeScript(tools)
		if err != nil {
			return err
		}
		_, err = p.out.Write(text)
		return err
	}
	list := make([]published, len(tools))
	for i, t := range tools {
		list[i] = published{t.Name, t.Input, t.Output}
	}
	var raw json.RawMessage
	if len(words) > 0 {
		raw, err = json.Marshal(list[0])
	} else {
		raw, err = json.Marshal(list)
	}
	if err != nil {
		return err
	}
	return indented(p.out, raw)
}

// version is what the build recorded: the module's version, else the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "devel-" + s.Value[:min(12, len(s.Value))]
		}
	}
	return "devel"
}
