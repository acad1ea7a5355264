package examples

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"vramcalc/schemas"
)

//go:generate go test -run ^TestReadme$ -update .

var update = flag.Bool("update", false, "rewrite the generated parts of README.md")

// TestReadme keeps the generated parts of README.md equal to what the program
// says now.
func TestReadme(t *testing.T) {
	const file = "../README.md"
	old := read(t, file)
	text := append(bytes.Clone(old), '\n')
	text = part(t, text, "answer", shown(t, "arguments/llama-7b-lora.json"))
	text = part(t, text, "sharded", shown(t, "arguments/llama-2-7b-zero3.json"))
	text = part(t, text, "training", trained(t))
	text = part(t, text, "serving", served(t))
	text = part(t, text, "accuracy", "\n"+string(read(t, "../calc/testdata/oracle/accuracy.md"))+"\n\n")
	text = part(t, text, "arguments", argumentTable())
	if bytes.Equal(bytes.TrimSpace(text), old) {
		return
	}
	if !*update {
		t.Fatal("README.md is not what the program says now; run go generate ./examples")
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// part replaces what stands between a pair of marks.
func part(t *testing.T, text []byte, name, body string) []byte {
	t.Helper()
	open := fmt.Sprintf("<!-- %s: go generate ./examples -->\n", name)
	end := fmt.Sprintf("<!-- /%s -->", name)
	from, to := bytes.Index(text, []byte(open)), bytes.Index(text, []byte(end))
	if from < 0 || to < from {
		t.Fatalf("README.md has no part %s", name)
	}
	return bytes.Join([][]byte{text[:from+len(open)], []byte(body), text[to:]}, nil)
}

// shown is a call and its answer for people.
func shown(t *testing.T, file string) string {
	t.Helper()
	var compact bytes.Buffer
	if err := json.Compact(&compact, read(t, file)); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n```\n$ vramcalc call %s examples/%s --text\n", flagship, file)
	b.WriteString(answerTo(t, compact.Bytes()).Text())
	b.WriteString("```\n\n")
	return b.String()
}

// argumentTable lists the arguments as the published schema has them.
func argumentTable() string {
	var b strings.Builder
	b.WriteString("\n| argument | for | value | usual | default | meaning |\n|---|---|---|---|---|---|\n")
	for _, a := range schemas.Arguments() {
		who := strings.Join(append(append([]string{}, a.ModelTypes...), a.Methods...), ", ")
		if who == "" {
			who = "all"
		}
		cells := []string{"`" + a.Name + "`", who, value(a), usual(a), a.Default, a.Description}
		for i, c := range cells {
			cells[i] = strings.ReplaceAll(c, "|", `\|`)
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	b.WriteString("\n")
	return b.String()
}

// fewChoices is how many choices are listed in a cell; the schema lists all.
const fewChoices = 14

// value is the type of an argument with its choices and bounds.
func value(a schemas.Argument) string {
	s := a.Type
	if n := len(a.Choices); n > 0 {
		s = strings.Join(a.Choices[:min(n, fewChoices)], ", ")
		if n > fewChoices {
			s += fmt.Sprintf(" and %d more", n-fewChoices)
		}
		if a.Type == "array" {
			s = "list of " + s
		}
	}
	for _, limit := range []struct {
		sign string
		x    *float64
	}{{"≥", a.Bounds.Minimum}, {">", a.Bounds.ExclusiveMinimum}, {"≤", a.Bounds.Maximum}, {"<", a.Bounds.ExclusiveMaximum}} {
		if limit.x != nil {
			s += " " + limit.sign + " " + number(*limit.x)
		}
	}
	if a.Unit != "" {
		s += " (" + a.Unit + ")"
	}
	return s
}

func usual(a schemas.Argument) string {
	var parts []string
	for _, u := range a.Usual {
		s := number(u.Low) + "–" + number(u.High)
		if u.Zero {
			s = "0 or " + s
		}
		parts = append(parts, strings.TrimSpace(u.ModelType+" "+s))
	}
	return strings.Join(parts, "; ")
}

func number(x float64) string {
	if x != 0 && x < 0.001 {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
