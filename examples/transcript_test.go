package examples

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"vramcalc/calc/catalog"
	"vramcalc/mcpserver"
)

// A call is an argument file and the tool that answers it.
type call struct{ tool, file string }

// training are runs of training software, serving the calls of the tools for
// inference, images and alignment.
var (
	training = []call{{flagship, "training/llama-8b-qlora-trl.json"}}
	serving  = []call{
		{"calculate_inference_vram", "inference/llama-8b-server.json"},
		{"calculate_multimodal_vram", "multimodal/qwen-4-images.json"},
		{"calculate_grpo_vram", "alignment/qwen-1.5b-grpo.json"},
	}
)

func trained(t *testing.T) string { return transcript(t, training) }

func served(t *testing.T) string { return transcript(t, serving) }

// transcript is calls and their answers for people.
func transcript(t *testing.T, calls []call) string {
	t.Helper()
	var b bytes.Buffer
	for _, c := range calls {
		tool, ok := mcpserver.Find(mcpserver.Tools(catalog.Load()), c.tool)
		if !ok {
			t.Fatalf("no tool %s", c.tool)
		}
		r, err := tool.Call(t.Context(), json.RawMessage(read(t, c.file)))
		if err != nil || r.Refused {
			t.Fatalf("%s: %v %s", c.file, err, r.Text)
		}
		fmt.Fprintf(&b, "\n```\n$ vramcalc call %s examples/%s --text\n%s```\n", c.tool, c.file, r.Answer.Text())
	}
	b.WriteByte('\n')
	return b.String()
}

// TestTranscripts finds argument files beside the flagship's that no test answers.
func TestTranscripts(t *testing.T) {
	calls := slices.Concat(training, serving)
	for _, dir := range []string{"alignment", "inference", "multimodal", "training"} {
		files, err := filepath.Glob(dir + "/*.json")
		if err != nil || len(files) == 0 {
			t.Fatalf("no files in %s: %v", dir, err)
		}
		for _, f := range files {
			if !slices.ContainsFunc(calls, func(c call) bool { return c.file == f }) {
				t.Errorf("%s is executed by no test", f)
			}
		}
	}
}
