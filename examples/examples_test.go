// Package examples holds argument files and client configurations. Everything
// in it is executed by its tests.
package examples

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/report"
	"vramcalc/mcpserver"
)

const flagship = "calculate_advanced_finetuning_vram"

// tools are the rows, made once.
var tools = sync.OnceValue(func() []mcpserver.Tool { return mcpserver.Tools(catalog.Load()) })

func tool(t *testing.T) mcpserver.Tool {
	t.Helper()
	found, ok := mcpserver.Find(tools(), flagship)
	if !ok {
		t.Fatalf("no tool %s", flagship)
	}
	return found
}

// validator checks JSON against a published schema.
func validator(t *testing.T, raw json.RawMessage) func(t *testing.T, value []byte) {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T, value []byte) {
		t.Helper()
		var v any
		if err := json.Unmarshal(value, &v); err != nil {
			t.Fatal(err)
		}
		if err := resolved.Validate(v); err != nil {
			t.Errorf("against the published schema: %v", err)
		}
	}
}

// TestArguments answers every argument file and holds questions and answers
// against the published schemas.
func TestArguments(t *testing.T) {
	files, err := filepath.Glob("arguments/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no argument files: %v", err)
	}
	tool := tool(t)
	question, answer := validator(t, tool.Input), validator(t, tool.Output)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			arguments := read(t, file)
			question(t, arguments)
			for _, extra := range []string{"", `,"detail":"brief"`, `,"detail":"full"`, `,"formulaSet":"guide"`} {
				extended := bytes.TrimRight(bytes.TrimSpace(arguments), "}\n")
				r, err := tool.Call(t.Context(), slices.Concat(extended, []byte(extra+"}")))
				if err != nil {
					t.Fatal(err)
				}
				answered(t, r)
				answer(t, r.Structured)
				if extra == "" && len(r.Structured) > 8<<10 {
					t.Errorf("the answer has %d bytes, want at most 8 KB", len(r.Structured))
				}
			}
		})
	}
}

// TestDocumentedCall knows two numbers of the documented LLaMA-7B call.
func TestDocumentedCall(t *testing.T) {
	e := answerTo(t, read(t, "arguments/llama-7b-lora.json")).Estimate
	if e.Parameters.Trainable != 8_388_608 || e.Parameters.Total != 6_738_415_616+8_388_608 {
		t.Errorf("parameters %+v, want 8388608 trainable on 6738415616", e.Parameters)
	}
}

// TestIgnoredEncoder: LLaVA has a decoder; BERT beside it is told and ignored.
func TestIgnoredEncoder(t *testing.T) {
	v := answerTo(t, read(t, "arguments/llava-7b.json")).Validation
	if !slices.ContainsFunc(v.Warnings, func(f check.Finding) bool { return slices.Contains(f.Arguments, "textEncoderType") }) {
		t.Errorf("warnings %v, want one about textEncoderType", v.Warnings)
	}
}

func answerTo(t *testing.T, arguments []byte) report.Answer {
	t.Helper()
	r, err := tool(t).Call(t.Context(), arguments)
	if err != nil {
		t.Fatal(err)
	}
	answered(t, r)
	a, ok := r.Answer.(report.Answer)
	if !ok {
		t.Fatalf("the answer is %T", r.Answer)
	}
	return a
}

// answered demands an answer; a model that no engine has written yet skips the
// test, since its refusal is the right answer until one has.
func answered(t *testing.T, r mcpserver.Result) {
	t.Helper()
	if !r.Refused {
		return
	}
	for _, f := range r.Answer.Validated().Errors {
		if f.ID != check.ModelNotModelled.ID {
			t.Fatalf("refused: %s", r.Text)
		}
	}
	t.Skip(r.Text)
}

// TestCurl runs the script against a server of its own.
func TestCurl(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed")
	}
	c := &mcpserver.HTTP{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	tools := mcpserver.Tools(catalog.Load())
	h, err := c.Handler(mcpserver.New(tools, "test", c.Log), tools, "test")
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(h)
	defer web.Close()
	script := exec.CommandContext(t.Context(), "sh", "curl.sh")
	script.Env = append(os.Environ(), "VRAMCALC_URL="+web.URL)
	out, err := script.Output()
	if err != nil {
		t.Fatal(err)
	}
	var result struct {
		StructuredContent report.Answer
		IsError           bool
	}
	if err := json.Unmarshal(out, &result); err != nil || result.IsError {
		t.Fatalf("%v: %.500s", err, out)
	}
	if n := result.StructuredContent.Estimate.Parameters.Trainable; n != 8_388_608 {
		t.Errorf("%d trainable parameters, want 8388608", n)
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(strings.TrimSpace(string(b)))
}
