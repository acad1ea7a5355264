package mcpserver

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"vramcalc/calc/catalog"
	"vramcalc/calc/report"
)

// Tool is one row of the table: a question that the program answers.
type Tool struct {
	Name        string
	Title       string
	Description string          // what, when, units and what is not covered
	Input       json.RawMessage // published schema of the arguments
	Output      json.RawMessage // published schema of the answer
	Meta        map[string]any  // for clients; models do not see it
	Core        bool            // offered with --tools core too

	answer func(ctx context.Context, arguments []byte) Answer
}

// Answer is what a tool's function gives back: a struct of report, written as
// JSON for programs and as a table for people.
type Answer interface {
	Refused() bool
	Validated() *report.Validation
	FitsTarget() bool
	Text() string
}

// Result is an answer written out.
type Result struct {
	Structured json.RawMessage // the answer as JSON, summary first
	Text       string          // the same JSON, or every problem on a line of its own
	Refused    bool
	Answer     Answer
}

// Tools is the table. A new tool is one file and one line here.
func Tools(models *catalog.Catalog) []Tool {
	return []Tool{
		advanced(models),
		inference(models),
		multimodal(models),
		training(models),
		finetuning(models),
		grpo(models),
		recommend(models),
		analyzeCost(models),
		compare(models),
		describe(models),
		diagnose(models),
	}
}

// Core keeps the tools of a short list.
func Core(tools []Tool) []Tool {
	return slices.DeleteFunc(slices.Clone(tools), func(t Tool) bool { return !t.Core })
}

// Find looks a tool up by its name.
func Find(tools []Tool, name string) (Tool, bool) {
	i := slices.IndexFunc(tools, func(t Tool) bool { return t.Name == name })
	if i < 0 {
		return Tool{}, false
	}
	return tools[i], true
}

// Names lists the tools.
func Names(tools []Tool) []string {
	names := make([]string, len(tools))
	for i, t := range tools {
		names[i] = t.Name
	}
	return names
}

// Call answers one request. Absent or null arguments mean none. The error is
// never about the arguments.
func (t Tool) Call(ctx context.Context, arguments json.RawMessage) (Result, error) {
	a := bytes.TrimSpace(arguments)
	if len(a) == 0 || bytes.Equal(a, []byte("null")) {
		a = []byte("{}")
	}
	answer := t.answer(ctx, a)
	structured, err := encode(answer)
	if err != nil {
		return Result{}, err
	}
	r := Result{Structured: structured, Text: string(structured), Refused: answer.Refused(), Answer: answer}
	if r.Refused {
		r.Text = strings.Join(append([]string{"Refused. Fix these and call again:"}, answer.Validated().Problems()...), "\n")
	}
	return r, nil
}

// encode writes JSON without HTML escapes: the readers are programs and models.
func encode(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
