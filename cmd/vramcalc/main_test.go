package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vramcalc/calc/advise"
	"vramcalc/calc/check"
)

const flagship = "calculate_advanced_finetuning_vram"

// pairsOf is the documented call as words of the command line.
var documented = []string{
	"modelType=nlp", "modelSize=7", "architectureType=LLaMA", "precision=bf16", "batchSize=4",
	"learningRate=1e-4", "optimizer=adamw", "trainingEpochs=3", "loraRank=16", `loraTargetModules=["q_proj","v_proj"]`,
}

// run runs the command line in this process.
func run(t *testing.T, stdin string, args ...string) (code int, out, err string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := program{in: strings.NewReader(stdin), out: &stdout, err: &stderr, log: slog.New(slog.NewTextHandler(&stderr, nil))}
	code = p.run(t.Context(), args)
	return code, stdout.String(), stderr.String()
}

func TestCommandLine(t *testing.T) {
	call := func(more ...string) []string {
		return append(append([]string{"call", flagship}, documented...), more...)
	}
	for _, test := range []struct {
		name     string
		args     []string
		code     int
		out, err string
	}{
		{"answered", call(), 0, `"totalBytes"`, ""},
		{"text", call("--text"), 0, "█", ""},
		{"fits", call("targetMemoryGiB=80"), 0, `"fits": "yes"`, ""},
		{"does not fit", call("targetMemoryGiB=8"), 3, `"fits": "no"`, ""},
		{"refused", []string{"call", flagship, "modelType=nlp"}, 1, `"validation"`, ""},
		{"refused in text", []string{"call", flagship, "modelType=nlp", "--text"}, 1, "error arguments/missing", ""},
		{"no tool", []string{"call"}, 2, "", flagship},
		{"unknown tool", []string{"call", "nothing"}, 2, "", flagship},
		{"no file", []string{"call", flagship, "missing.json"}, 2, "", "missing.json"},
		{"no pair", []string{"call", flagship, "a=1", "b"}, 2, "", "key=value"},
		{"twice", []string{"call", flagship, "a=1", "a=2"}, 2, "", "twice"},
		{"unknown command", []string{"nothing"}, 2, "", "vramcalc call"},
		{"unknown flag", []string{"http", "--nothing"}, 2, "", "nothing"},
		{"stray word", []string{"stdio", "x"}, 2, "", "unexpected"},
		{"open address", []string{"http", "--addr", "0.0.0.0:0"}, 1, "", "token"},
		{"tool set", []string{"stdio", "--tools", "some"}, 2, "", "all or core"},
		{"version", []string{"version"}, 0, "vramcalc ", ""},
		{"--version", []string{"--version"}, 0, "vramcalc ", ""},
		{"help", []string{"--help"}, 0, "vramcalc call", ""},
		{"schemas", []string{"schema"}, 0, `"inputSchema"`, ""},
		{"schema", []string{"schema", flagship}, 0, `"modelType"`, ""},
		{"types", []string{"schema", "--typescript"}, 0, "export interface", ""},
		{"unknown schema", []string{"schema", "nothing"}, 2, "", flagship},
		{"explain", []string{"explain", "arguments/unknown"}, 0, "misspelt", ""},
		{"explain a move", []string{"explain", "memory/qlora"}, 0, "unpacks them", ""},
		{"explain nothing", []string{"explain", "nothing"}, 2, "", "arguments/unknown"},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, out, stderr := run(t, "", test.args...)
			if code != test.code || !strings.Contains(out, test.out) || !strings.Contains(stderr, test.err) {
				t.Errorf("exit %d, stdout %.300s, stderr %.300s; want %d, %q, %q", code, out, stderr, test.code, test.out, test.err)
			}
		})
	}
}

// TestExplainEveryRule prints every rule with its two examples.
func TestExplainEveryRule(t *testing.T) {
	for _, r := range check.All() {
		code, out, stderr := run(t, "", "explain", r.ID)
		if code != 0 || stderr != "" || !strings.Contains(out, r.Title) || !strings.Contains(out, r.Bad) || !strings.Contains(out, r.Good) {
			t.Errorf("explain %s: exit %d, %.200s %.200s", r.ID, code, out, stderr)
		}
	}
}

// TestArgumentSources demands one answer from pairs, a file and stdin.
func TestArgumentSources(t *testing.T) {
	raw, err := pairs(documented)
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(raw) {
		t.Fatalf("pairs = %s", raw)
	}
	file := filepath.Join(t.TempDir(), "arguments.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	_, fromPairs, _ := run(t, "", append([]string{"call", flagship}, documented...)...)
	_, fromFile, _ := run(t, "", "call", flagship, file)
	_, fromStdin, _ := run(t, string(raw), "call", flagship, "-")
	if fromPairs != fromFile || fromPairs != fromStdin {
		t.Errorf("answers differ:\n%.200s\n%.200s\n%.200s", fromPairs, fromFile, fromStdin)
	}
}

// TestExplainMoves: every move is documented on the command line.
func TestExplainMoves(t *testing.T) {
	for _, m := range advise.All() {
		if code, out, stderr := run(t, "", "explain", m.ID); code != 0 || !strings.HasPrefix(out, m.ID) {
			t.Errorf("explain %s: exit %d, %s%s", m.ID, code, out, stderr)
		}
	}
}
