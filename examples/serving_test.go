package examples

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/mcpserver"
)

// serving are the examples of the tools for inference, images and alignment.
var serving = []struct{ tool, file string }{
	{"calculate_inference_vram", "inference/llama-8b-server.json"},
	{"calculate_multimodal_vram", "multimodal/qwen-4-images.json"},
	{"calculate_grpo_vram", "alignment/qwen-1.5b-grpo.json"},
}

// served are the calls of these tools and their answers for people.
func served(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	for _, s := range serving {
		tool, ok := mcpserver.Find(mcpserver.Tools(catalog.Load()), s.tool)
		if !ok {
			t.Fatalf("no tool %s", s.tool)
		}
		r, err := tool.Call(t.Context(), json.RawMessage(read(t, s.file)))
		if err != nil || r.Refused {
			t.Fatalf("%s: %v %s", s.file, err, r.Text)
		}
		fmt.Fprintf(&b, "\n```\n$ vramcalc call %s examples/%s --text\n%s```\n", s.tool, s.file, r.Answer.Text())
	}
	b.WriteByte('\n')
	return b.String()
}

// TestServing finds argument files of these tools that no test answers.
func TestServing(t *testing.T) {
	known := map[string]bool{}
	for _, s := range serving {
		known[s.file] = true
	}
	for _, dir := range []string{"alignment", "inference", "multimodal"} {
		files, err := filepath.Glob(dir + "/*.json")
		if err != nil || len(files) == 0 {
			t.Fatalf("no files in %s: %v", dir, err)
		}
		for _, f := range files {
			if !known[f] {
				t.Errorf("%s is executed by no test", f)
			}
		}
	}
}
