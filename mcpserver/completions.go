package mcpserver

import (
	"context"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vramcalc/calc/catalog"
	"vramcalc/calc/workload"
)

// mostValues is the protocol's limit of values in a completion.
const mostValues = 100

// completing completes the arguments of prompts and the variables of resources.
func completing(models *catalog.Catalog) func(context.Context, *mcp.CompleteRequest) (*mcp.CompleteResult, error) {
	return func(_ context.Context, req *mcp.CompleteRequest) (*mcp.CompleteResult, error) {
		var all []string
		if ref := req.Params.Ref; ref != nil {
			var before map[string]string
			if c := req.Params.Context; c != nil {
				before = c.Arguments
			}
			all = candidates(models, *ref, req.Params.Argument.Name, before)
		}
		found := matching(all, req.Params.Argument.Value)
		return &mcp.CompleteResult{Completion: mcp.CompletionResultDetails{
			Values:  found[:min(len(found), mostValues)],
			Total:   len(found),
			HasMore: len(found) > mostValues,
		}}, nil
	}
}

// candidates are all values that an argument of a prompt or a variable of a
// resource can have, none where they cannot be listed. before holds what other
// variables have been given.
func candidates(c *catalog.Catalog, ref mcp.CompleteReference, argument string, before map[string]string) []string {
	if ref.Type == "ref/prompt" {
		return promptValues(c, ref.Name, argument)
	}
	switch ref.URI + "#" + argument {
	case "models://detail/{id}#id":
		return modelIDs(c)
	case "models://detail/{owner}/{name}#owner":
		return hubNames(c, "")
	case "models://detail/{owner}/{name}#name":
		return hubNames(c, before["owner"])
	case "models://{family}#family":
		return families()
	case "gpus://detail/{id}#id":
		return gpuIDs(c)
	case "formulas://{engine}#engine":
		return workload.Kind(0).Values()
	case "rules://{id}#id":
		return ruleIDs()
	case "rules://{section}/{name}#section":
		return ruleParts("")
	case "rules://{section}/{name}#name":
		return ruleParts(before["section"])
	}
	return nil
}

func modelIDs(c *catalog.Catalog) []string {
	var out []string
	for _, m := range c.Models() {
		out = append(out, m.ID)
	}
	return out
}

func gpuIDs(c *catalog.Catalog) []string {
	var out []string
	for _, g := range c.GPUs() {
		out = append(out, g.ID)
	}
	return out
}

// hubNames lists the owners of models on the Hugging Face hub, or the names of
// one owner's.
func hubNames(c *catalog.Catalog, owner string) []string {
	var out []string
	for _, m := range c.Models() {
		out = addPart(out, m.HFID, owner)
	}
	return out
}

// ruleParts lists the sections of rules, or the names in one section.
func ruleParts(section string) []string {
	var out []string
	for _, id := range ruleIDs() {
		out = addPart(out, id, section)
	}
	return out
}

// addPart adds the part of an id before its slash, or where that is given the
// part after it, once.
func addPart(out []string, id, before string) []string {
	first, second, ok := strings.Cut(id, "/")
	if !ok || before != "" && first != before {
		return out
	}
	part := first
	if before != "" {
		part = second
	}
	if slices.Contains(out, part) {
		return out
	}
	return append(out, part)
}

// matching are the names that begin with a text, then those that hold it, in
// any case and with any signs.
func matching(names []string, text string) []string {
	want := workload.Fold(text)
	begin, hold := []string{}, []string{}
	for _, n := range names {
		switch key := workload.Fold(n); {
		case strings.HasPrefix(key, want):
			begin = append(begin, n)
		case strings.Contains(key, want):
			hold = append(hold, n)
		}
	}
	return append(begin, hold...)
}
