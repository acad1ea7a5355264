package mcpserver

import (
	"context"
	"fmt"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vramcalc/calc/catalog"
	"vramcalc/calc/workload"
)

// A prompt is one row of the table: a task that a person starts, written out
// for the model with what the catalogue knows about its arguments.
type prompt struct {
	name        string
	title       string
	description string
	arguments   []promptArgument
	text        func(f facts, given map[string]string) string
}

// promptArgument is an argument of a prompt.
type promptArgument struct {
	name        string
	description string
	required    bool
	values      func(c *catalog.Catalog) []string // for completion, nil = free text
}

// facts look names up for a prompt's text.
type facts struct {
	models *catalog.Catalog
	tools  []Tool
}

func goals(*catalog.Catalog) []string {
	return []string{"fit", "max-batch", "max-sequence", "max-image", "max-rank", "max-model", "cheapest", "fastest"}
}

func methods(*catalog.Catalog) []string { return workload.Method(0).Values() }

// prompts is the table.
var prompts = []prompt{
	{
		"plan_finetuning", "Plan a fine-tuning run", "Which method, precision and batch fine-tune a model on a GPU, and what it takes.",
		[]promptArgument{
			{"model", "Model: catalogue id or Hugging Face id.", true, modelIDs},
			{"gpu", "GPU to run on.", false, gpuIDs},
			{"goal", "What matters most.", false, goals},
		}, planText,
	},
	{
		"choose_gpu", "Choose a GPU", "Which GPU fine-tunes a model, within a budget.",
		[]promptArgument{
			{"model", "Model: catalogue id or Hugging Face id.", true, modelIDs},
			{"method", "Fine-tuning method.", false, methods},
			{"budgetUsd", "Most dollars an hour.", false, nil},
		}, chooseText,
	},
	{
		"diagnose_oom", "Diagnose an out-of-memory error", "Why a run ran out of GPU memory and what to change.",
		[]promptArgument{
			{"errorText", "The CUDA out-of-memory message.", true, nil},
			{"configuration", "The run's arguments as JSON, or in words.", false, nil},
		}, diagnoseText,
	},
	{
		"optimize_training", "Optimize a training run", "What to change in a run so that it takes less memory, time or money.",
		[]promptArgument{
			{"configuration", "The run's arguments as JSON, or in words.", true, nil},
			{"goal", "What matters most.", false, goals},
		}, optimizeText,
	},
}

// addPrompts offers the table.
func addPrompts(s *mcp.Server, models *catalog.Catalog, tools []Tool) {
	f := facts{models, tools}
	for _, p := range prompts {
		published := &mcp.Prompt{Name: p.name, Title: p.title, Description: p.description}
		for _, a := range p.arguments {
			published.Arguments = append(published.Arguments, &mcp.PromptArgument{Name: a.name, Description: a.description, Required: a.required})
		}
		s.AddPrompt(published, func(_ context.Context, req *mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
			return p.get(f, req.Params.Arguments)
		})
	}
}

// get writes a prompt out. A required argument that is missing is an error that
// names all that are.
func (p prompt) get(f facts, given map[string]string) (*mcp.GetPromptResult, error) {
	var missing []string
	for _, a := range p.arguments {
		if a.required && strings.TrimSpace(given[a.name]) == "" {
			missing = append(missing, a.name)
		}
	}
	if len(missing) > 0 {
		return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: fmt.Sprintf("prompt %s needs %s", p.name, strings.Join(missing, ", "))}
	}
	return &mcp.GetPromptResult{
		Description: p.description,
		Messages:    []*mcp.PromptMessage{{Role: "user", Content: &mcp.TextContent{Text: p.text(f, given)}}},
	}, nil
}

// promptValues are what an argument of a prompt can be.
func promptValues(c *catalog.Catalog, name, argument string) []string {
	for _, p := range prompts {
		for _, a := range p.arguments {
			if p.name == name && a.name == argument && a.values != nil {
				return a.values(c)
			}
		}
	}
	return nil
}
