package mcpserver

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vramcalc/calc/catalog"
)

// The types of what resources hold.
const (
	typeJSON = "application/json"
	typeText = "text/plain"
)

// A resource is one row of the table: a template of addresses, or one address
// where it has no variable, and what stands there.
type resource struct {
	template    string
	name        string
	title       string
	description string
	mime        string
	// read gives the content for the template's variables. What is not found
	// gives near names.
	read func(models *catalog.Catalog, values []string) (content any, near []string, found bool)
}

// resources is the table. An id with a slash fits a template of two variables;
// its address may be written with the slash or with %2F.
var resources = []resource{
	{"gpus://all", "gpus", "All GPUs", "Every catalogued GPU: usable memory, bandwidth, rates, number formats and prices. Bytes, GB/s, TFLOPS, US dollars.", typeJSON, readGPUs},
	{"gpus://detail/{id}", "gpu", "A GPU", "One GPU with its prices, providers and sources, by id or usual spelling.", typeJSON, readGPU},
	{"stacks://all", "stacks", "All training stacks", "Software that can run the step: versions, what it sets where nothing is said, its settings for stackOptions, and whether runs of it were measured.", typeJSON, readStacks},
	{"models://{family}", "models", "Models of a family", "Catalogued models of a type (nlp, multimodal, moe, cnn), of an architecture (LLaMA, Qwen, …), or all.", typeJSON, readFamily},
	{"models://detail/{id}", "model", "A model", "Shape, exact parameters, bytes by precision, what can be trained: what describe_model answers.", typeJSON, readModel},
	{"models://detail/{owner}/{name}", "hub-model", "A model by its Hugging Face id", "The same by owner and name.", typeJSON, readModel},
	{"formulas://{engine}", "formulas", "Formulas of an engine", "Closed forms of every component (engine: nlp, multimodal, moe, cnn), printed from the engine's own run of an example, and the documented closed forms beside them.", typeText, readFormulas},
	{"rules://{id}", "rule", "A rule", "Why a finding is reported and what to change, by the finding's id.", typeText, readRule},
	{"rules://{section}/{name}", "rule-by-section", "A rule by section and name", "The same with the id as it is written: section/name.", typeText, readRule},
}

// addResources offers the table.
func addResources(s *mcp.Server, models *catalog.Catalog) {
	for _, r := range resources {
		handle := func(_ context.Context, req *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
			return r.handle(models, req.Params.URI)
		}
		if !strings.Contains(r.template, "{") {
			s.AddResource(&mcp.Resource{URI: r.template, Name: r.name, Title: r.title, Description: r.description, MIMEType: r.mime}, handle)
			continue
		}
		s.AddResourceTemplate(&mcp.ResourceTemplate{URITemplate: r.template, Name: r.name, Title: r.title, Description: r.description, MIMEType: r.mime}, handle)
	}
}

// handle reads one address.
func (r resource) handle(models *catalog.Catalog, uri string) (*mcp.ReadResourceResult, error) {
	values, ok := r.values(uri)
	if !ok {
		return nil, mcp.ResourceNotFoundError(uri)
	}
	content, near, found := r.read(models, values)
	if !found {
		return nil, notFound(uri, near)
	}
	text, isText := content.(string)
	if !isText {
		raw, err := encode(content)
		if err != nil {
			return nil, err
		}
		text = string(raw)
	}
	return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{{URI: uri, MIMEType: r.mime, Text: text}}}, nil
}

// values are the template's variables in an address: what follows its fixed
// beginning, cut at slashes into as many as it has.
func (r resource) values(uri string) ([]string, bool) {
	fixed, variables, _ := strings.Cut(r.template, "{")
	rest, ok := strings.CutPrefix(uri, fixed)
	if !ok {
		return nil, false
	}
	if variables == "" {
		return nil, rest == ""
	}
	values := strings.SplitN(rest, "/", strings.Count(variables, "}"))
	for i, v := range values {
		text, err := url.PathUnescape(v)
		if err != nil {
			return nil, false
		}
		values[i] = text
	}
	return values, true
}

// notFound is the protocol's error with the names that may have been meant.
func notFound(uri string, near []string) error {
	data, err := json.Marshal(map[string]any{"uri": uri, "near": near})
	if err != nil {
		return mcp.ResourceNotFoundError(uri)
	}
	message := "Resource not found"
	if len(near) > 0 {
		message += "; near names: " + strings.Join(near, ", ")
	}
	return &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: message, Data: data}
}
