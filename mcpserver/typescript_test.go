package mcpserver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"vramcalc/mcpserver"
)

// TestTypesCompile: the TypeScript compiler takes the published types, takes
// the example calls and real answers for them, and refuses a wrong argument.
func TestTypesCompile(t *testing.T) {
	compiler, err := filepath.Abs(npmFile(t, ".bin", "tsc"))
	if err != nil {
		t.Fatal(err)
	}
	types, err := mcpserver.TypeScript(tools())
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write := func(name string, text []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("types.d.ts", types)
	var program bytes.Buffer
	program.WriteString("import type { Tools } from \"./types\";\n")
	files, err := filepath.Glob("../examples/arguments/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for i, file := range files {
		arguments, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&program, "export const call%d: Tools[%q][\"arguments\"] = %s;\n", i, flagship, arguments)
	}
	fmt.Fprintf(&program, "export const answer: Tools[%q][\"answer\"] = %s;\n", flagship, direct(t, llama).Structured)
	program.WriteString("export const gib: number | undefined = answer.estimate?.totalGiB;\n")
	write("right.ts", program.Bytes())
	write("wrong.ts", fmt.Appendf(nil, "import type { Tools } from \"./types\";\nexport const call: Tools[%q][\"arguments\"] = %s;\n", flagship, wrongly(t)))

	compile := func(file string) ([]byte, error) {
		c := exec.CommandContext(t.Context(), compiler, "--noEmit", "--strict", "--target", "es2022", file, "types.d.ts")
		c.Dir = folder
		return c.CombinedOutput()
	}
	if out, err := compile("right.ts"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	out, err := compile("wrong.ts")
	if err == nil || !bytes.Contains(out, []byte("'string' is not assignable to type 'number'")) {
		t.Errorf("a text for batchSize was taken: %v\n%s", err, out)
	}
}

// wrongly is the documented call with a text where a number belongs.
func wrongly(t *testing.T) []byte {
	t.Helper()
	arguments := map[string]any{}
	if err := json.Unmarshal([]byte(llama), &arguments); err != nil {
		t.Fatal(err)
	}
	arguments["batchSize"] = "four"
	raw, err := json.Marshal(arguments)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
