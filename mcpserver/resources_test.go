package mcpserver_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vramcalc/calc/advise"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/mcpserver"
)

// read is the text of a resource.
func read(t *testing.T, s *mcp.ClientSession, uri string) string {
	t.Helper()
	r, err := s.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uri})
	if err != nil {
		t.Errorf("%s: %v", uri, err)
		return ""
	}
	if len(r.Contents) != 1 || r.Contents[0].URI != uri || r.Contents[0].MIMEType == "" {
		t.Errorf("%s: %+v, want one content of a type", uri, r.Contents)
		return ""
	}
	return r.Contents[0].Text
}

// TestResources reads what the lists promise, in every revision.
func TestResources(t *testing.T) {
	for _, version := range mcp.SupportedProtocolVersions() {
		s := inMemory(t, newServer(), version)
		for uri, holds := range map[string]string{
			"gpus://all":                                  `"id":"a100-80gb-sxm"`,
			"gpus://detail/H100":                          `"note":`,
			"gpus://detail/RTX%204090":                    `"id":"rtx-4090"`,
			"models://moe":                                `"id":"mixtral-8x7b"`,
			"models://LLaMA":                              `"id":"llama-7b"`,
			"models://all":                                `"id":"resnet-50"`,
			"models://detail/mixtral-8x7b":                `"total":46702792704`,
			"models://detail/meta-llama/Llama-2-7b-hf":    `"total":6738415616`,
			"models://detail/meta-llama%2FLlama-2-7b-hf":  `"total":6738415616`,
			"formulas://nlp":                              "modelWeights",
			"formulas://cnn":                              "convolutionLayers",
			"rules://" + url.PathEscape(check.Missing.ID): check.Missing.Title,
			"rules://" + check.Missing.ID:                 check.Missing.Title,
		} {
			if text := read(t, s, uri); !strings.Contains(text, holds) {
				t.Errorf("%s %s: %.300s; want %s in it", version, uri, text, holds)
			}
		}
	}
}

// TestResourceErrors demands near names where nothing is found.
func TestResourceErrors(t *testing.T) {
	s := inMemory(t, newServer(), "2025-11-25")
	for uri, near := range map[string]string{
		"models://detail/lama-7b": "llama-7b", "gpus://detail/rtx-4091": "rtx-4090", "models://llam": "LLaMA",
		"formulas://gnn": "cnn", "rules://model": "model/unknown", "nothing://at/all": "",
	} {
		_, err := s.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: uri})
		if err == nil || !strings.Contains(err.Error(), near) {
			t.Errorf("%s: error %v, want one with %q", uri, err, near)
		}
	}
}

// TestEveryResourceReads goes through all that completion offers.
func TestEveryResourceReads(t *testing.T) {
	s := inMemory(t, newServer(), "2025-11-25")
	for _, g := range catalog.Load().GPUs() {
		var row struct {
			ID          string
			UsableBytes int64
		}
		if err := json.Unmarshal([]byte(read(t, s, "gpus://detail/"+g.ID)), &row); err != nil || row.ID != g.ID || row.UsableBytes <= 0 {
			t.Errorf("%s: %+v, %v", g.ID, row, err)
		}
	}
	for _, m := range advise.All() {
		if text := read(t, s, "rules://"+m.ID); !strings.HasPrefix(text, m.ID) {
			t.Errorf("%s reads %q", m.ID, text)
		}
	}
	for _, r := range check.All() {
		if text := read(t, s, "rules://"+r.ID); !strings.HasPrefix(text, r.ID) {
			t.Errorf("%s: %.60s", r.ID, text)
		}
	}
	for _, engine := range complete(t, s, mcp.CompleteReference{Type: "ref/resource", URI: "formulas://{engine}"}, "engine", "", nil) {
		if text := read(t, s, "formulas://"+engine); strings.Count(text, "formulaSet") != 2 {
			t.Errorf("%s: %.100s", engine, text)
		}
	}
	for _, family := range complete(t, s, mcp.CompleteReference{Type: "ref/resource", URI: "models://{family}"}, "family", "", nil) {
		if text := read(t, s, "models://"+url.PathEscape(family)); !strings.Contains(text, `"models":[{`) {
			t.Errorf("%s: %.100s", family, text)
		}
	}
}

func complete(t *testing.T, s *mcp.ClientSession, ref mcp.CompleteReference, argument, value string, before map[string]string) []string {
	t.Helper()
	r, err := s.Complete(t.Context(), &mcp.CompleteParams{
		Ref: &ref, Argument: mcp.CompleteParamsArgument{Name: argument, Value: value}, Context: &mcp.CompleteContext{Arguments: before},
	})
	if err != nil {
		t.Fatalf("completing %s of %+v: %v", argument, ref, err)
	}
	if len(r.Completion.Values) > 100 || r.Completion.Total < len(r.Completion.Values) {
		t.Errorf("%s of %+v: %d values of %d", argument, ref, len(r.Completion.Values), r.Completion.Total)
	}
	return r.Completion.Values
}

// TestCompletion completes arguments of prompts and variables of resources.
func TestCompletion(t *testing.T) {
	resource := func(uri string) mcp.CompleteReference { return mcp.CompleteReference{Type: "ref/resource", URI: uri} }
	prompt := func(name string) mcp.CompleteReference { return mcp.CompleteReference{Type: "ref/prompt", Name: name} }
	s := inMemory(t, newServer(), "2025-11-25")
	for _, test := range []struct {
		ref             mcp.CompleteReference
		argument, value string
		before          map[string]string
		want            string
	}{
		{resource("models://detail/{id}"), "id", "Mixtral", nil, "mixtral-8x7b"},
		{resource("models://detail/{owner}/{name}"), "owner", "meta", nil, "meta-llama"},
		{resource("models://detail/{owner}/{name}"), "name", "", map[string]string{"owner": "mistralai"}, "Mixtral-8x7B-v0.1"},
		{resource("models://{family}"), "family", "m", nil, "moe"},
		{resource("gpus://detail/{id}"), "id", "4090", nil, "rtx-4090"},
		{resource("formulas://{engine}"), "engine", "", nil, "cnn"},
		{resource("rules://{id}"), "id", "model/", nil, "model/unknown"},
		{resource("rules://{section}/{name}"), "name", "unk", map[string]string{"section": "model"}, "unknown"},
		{prompt("plan_finetuning"), "model", "llama-2", nil, "llama-2-7b"},
		{prompt("plan_finetuning"), "gpu", "a100", nil, "a100-80gb-sxm"},
		{prompt("plan_finetuning"), "goal", "", nil, "cheapest"},
		{prompt("choose_gpu"), "method", "q", nil, "qlora"},
		{prompt("optimize_training"), "goal", "max", nil, "max-batch"},
	} {
		if got := complete(t, s, test.ref, test.argument, test.value, test.before); !slices.Contains(got, test.want) {
			t.Errorf("%s of %+v for %q: %q; want %s among them", test.argument, test.ref, test.value, got, test.want)
		}
	}
	for _, ref := range []mcp.CompleteReference{resource("nothing://{x}"), prompt("nothing")} {
		if got := complete(t, s, ref, "x", "", nil); got == nil || len(got) > 0 {
			t.Errorf("%+v: %v, want an empty list", ref, got)
		}
	}
}

// TestPrompts writes every prompt out: with what the catalogue knows, and with
// no tool that is not offered.
func TestPrompts(t *testing.T) {
	s := inMemory(t, newServer(), "2025-11-25")
	given := map[string]string{"model": "meta-llama/Llama-2-7b-hf", "gpu": "4090", "goal": "cheapest", "method": "lora", "budgetUsd": "2",
		"errorText": "torch.OutOfMemoryError: CUDA out of memory.", "configuration": `{"modelId":"gpt2"}`}
	list, err := s.ListPrompts(t.Context(), nil)
	if err != nil || len(list.Prompts) != 4 {
		t.Fatalf("%d prompts, %v; want 4", len(list.Prompts), err)
	}
	for _, p := range list.Prompts {
		arguments := map[string]string{}
		for _, a := range p.Arguments {
			arguments[a.Name] = given[a.Name]
		}
		r, err := s.GetPrompt(t.Context(), &mcp.GetPromptParams{Name: p.Name, Arguments: arguments})
		if err != nil {
			t.Fatal(err)
		}
		text := r.Messages[0].Content.(*mcp.TextContent).Text
		for name, value := range arguments {
			if name == "model" {
				value = "llama-2-7b, modelType nlp"
			}
			if name == "gpu" {
				value = "rtx-4090"
			}
			if !strings.Contains(text, value) {
				t.Errorf("%s: %s is not in %q", p.Name, value, text)
			}
		}
		for line := range strings.Lines(text) {
			if _, after, ok := strings.Cut(line, "Call "); ok {
				name, _, _ := strings.Cut(after, " ")
				if !slices.ContainsFunc(tools(), func(tool mcpserver.Tool) bool { return tool.Name == name }) {
					t.Errorf("%s calls %s, which is not offered", p.Name, name)
				}
			}
		}
		if _, err := s.GetPrompt(t.Context(), &mcp.GetPromptParams{Name: p.Name}); err == nil || !strings.Contains(err.Error(), p.Arguments[0].Name) {
			t.Errorf("%s without arguments: %v, want an error that names them", p.Name, err)
		}
	}
}
