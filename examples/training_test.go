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

// training are runs of training software, by the tool that answers them.
var training = []struct{ tool, file string }{
	{flagship, "training/llama-8b-qlora-trl.json"},
}

// trained are the calls and their answers for people.
func trained(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	for _, s := range training {
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

// TestTraining finds argument files of runs that no test answers.
func TestTraining(t *testing.T) {
	files, err := filepath.Glob("training/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in training: %v", err)
	}
	for _, f := range files {
		if !slices.ContainsFunc(training, func(s struct{ tool, file string }) bool { return s.file == f }) {
			t.Errorf("%s is executed by no test", f)
		}
	}
}
