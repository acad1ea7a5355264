package say

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the module's directory.
const root = "../.."

// prose says which argument of a function is prose.
var prose = []struct {
	name     string
	argument int
	verbs    bool   // it is a format where arguments follow
	dir      string // for a method: where it is called; "" for a function of this package
}{
	{name: "F", verbs: true},
	{name: "Errorf", verbs: true},
	{name: "Join"},
	// What a symbol of a formula is.
	{name: "Symbol", argument: 1, dir: "calc/"},
	{name: "Derived", argument: 1, dir: "calc/"},
	{name: "Of", argument: 1, dir: "calc/"},
	{name: "Of2", argument: 1, dir: "calc/"},
	{name: "Choose", argument: 1, dir: "calc/"},
	{name: "Fraction", argument: 1, dir: "calc/"},
	{name: "Share", argument: 1, dir: "calc/"},
	{name: "Sum", argument: 1, dir: "calc/"},
	{name: "SumOf", argument: 1, dir: "calc/"},
	{name: "Only", argument: 1, dir: "calc/"},
	{name: "bytes", argument: 1, dir: "calc/tape/"},
	{name: "up", argument: 1, dir: "calc/layers/"},
	{name: "problem", argument: 2, verbs: true, dir: "calc/catalog/"},
}

// message is a literal of the source.
type message struct {
	format string
	args   bool // it is a format
	at     string
}

// messages are all of the program's.
func messages(t *testing.T) []message {
	t.Helper()
	var out []message
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.Field); ok && f.Tag != nil {
				if u := units.FindStringSubmatch(f.Tag.Value); u != nil {
					out = append(out, message{format: u[1], at: rel})
				}
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			at := fmt.Sprintf("%s:%d", rel, set.Position(call.Pos()).Line)
			if m, ok := messageOf(call, filepath.ToSlash(rel)); ok {
				m.at = at
				out = append(out, m)
			} else if isF(call) && !strings.HasPrefix(rel, "calc/say/") && !strings.HasPrefix(rel, "calc/catalog/config_reader.go") {
				t.Errorf("%s: say.F takes a literal, else nobody can translate it", at)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatal("no messages were found")
	}
	for _, phrase := range phrases {
		out = append(out, message{format: phrase, at: "phrases"})
	}
	return out
}

// phrases are names of other packages that a sentence can hold.
var phrases = []string{
	"discontinued", "announced", // catalog.Availability
	"blocks of 16 tokens", // layers.BlockTokens
	"bytes of an 8-bit state on the card: fp32 below 4096 elements, managed memory from 100000",
	"bytes of an 8-bit state: fp32 below 4096 elements",
	"bytes of an fp32 state on the card: managed memory from 100000 elements",
	"bytes of an fp32 state",
	"elements of a matrix that AWQ dequantizes, for 1024 rows and more",
	"tokens of a batch that one expert takes",
	"tokens of a batch that one expert takes in the decoder",
}

// units are those of arguments, in their tags.
var units = regexp.MustCompile(`unit:\\?"([^"\\]+)`)

func isF(call *ast.CallExpr) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "F" && isNamed(s.X, "say")
}

func isNamed(e ast.Expr, name string) bool {
	x, ok := e.(*ast.Ident)
	return ok && x.Name == name
}

// messageOf is the literal that a call hands on as prose.
func messageOf(call *ast.CallExpr, file string) (message, bool) {
	name, ours := "", false
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name, ours = f.Name, strings.HasPrefix(file, "calc/say/")
	case *ast.SelectorExpr:
		name, ours = f.Sel.Name, isNamed(f.X, "say")
	}
	for _, p := range prose {
		if name != p.name || p.dir == "" && !ours || !strings.HasPrefix(file, p.dir) || len(call.Args) <= p.argument {
			continue
		}
		l, ok := call.Args[p.argument].(*ast.BasicLit)
		if !ok || l.Kind != token.STRING {
			return message{}, false
		}
		text, err := strconv.Unquote(l.Value)
		return message{format: text, args: p.verbs && len(call.Args) > p.argument+1}, err == nil
	}
	return message{}, false
}

// TestEveryMessageIsTranslated fails where a message has no Chinese, or a
// Chinese one no message.
func TestEveryMessageIsTranslated(t *testing.T) {
	known := map[string]bool{}
	missing := map[string]string{} // by file
	for _, m := range messages(t) {
		if known[m.format] || m.format == "" {
			continue
		}
		known[m.format] = true
		if _, ok := chinese[m.format]; !ok {
			file, _, _ := strings.Cut(m.at, ":")
			missing[file] += fmt.Sprintf("\t%q: \"\", // %s\n", m.format, m.at)
		}
	}
	for _, file := range slices.Sorted(maps.Keys(missing)) {
		t.Errorf("messages without Chinese; fill in and add to the table of their area (calc/say/zh_*.go):\n%s", missing[file])
	}
	for _, format := range slices.Sorted(maps.Keys(chinese)) {
		if !known[format] {
			t.Errorf("%q is no message of the program any more: remove it from calc/say/zh_*.go", format)
		}
	}
}

// TestVerbsAgree: both formats render every argument, and in the same way.
func TestVerbsAgree(t *testing.T) {
	for _, m := range messages(t) {
		zh, ok := chinese[m.format]
		if !ok || !m.args {
			continue
		}
		want, got := verbs(m.format), verbs(zh)
		if !slices.Equal(want, got) {
			t.Errorf("%s: %q has the verbs %v, and %q %v; where the order differs write %%[2]s", m.at, m.format, want, zh, got)
		}
	}
}

var verb = regexp.MustCompile(`%(?:%|([+#0 -]*)(\d*(?:\.\d+)?)(?:\[(\d+)\])?([a-zA-Z]))`)

// verbs are those of a format by the number of their argument.
func verbs(format string) []string {
	var out []string
	next := 1
	for _, v := range verb.FindAllStringSubmatch(format, -1) {
		if v[4] == "" {
			continue // %%
		}
		if n, err := strconv.Atoi(v[3]); err == nil {
			next = n
		}
		out = append(out, fmt.Sprintf("%d:%%%s%s%s", next, v[1], v[2], v[4]))
		next++
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Compare(a, b) })
	return out
}

// TestAreasAreApart: a message stands in one area alone.
func TestAreasAreApart(t *testing.T) {
	files, err := filepath.Glob("zh_*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tables: %v", err)
	}
	at := map[string]string{}
	for _, name := range append(files, "zh.go") {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			kv, ok := n.(*ast.KeyValueExpr)
			if !ok {
				return true
			}
			if l, ok := kv.Key.(*ast.BasicLit); ok {
				if other, twice := at[l.Value]; twice {
					t.Errorf("%s stands in %s and in %s", l.Value, other, name)
				}
				at[l.Value] = name
			}
			return true
		})
	}
	if len(at) != len(chinese) {
		t.Errorf("%d messages in files, %d in the table: a file is missing in zh.go", len(at), len(chinese))
	}
}
