package calc_test

import (
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

//go:generate go test -run ^TestAccuracyTable$ -update .

var update = flag.Bool("update", false, "rewrite the accuracy table")

// TestAccuracyTable keeps the table of testdata/oracle/accuracy.md, which the
// README shows, equal to what the measured rows give now.
func TestAccuracyTable(t *testing.T) {
	groups := map[string][]offBy{}
	for _, file := range measuredFiles {
		for _, o := range all(t, file) {
			if file == "stacks" {
				o.judgeStack()
			}
			g := group(o)
			groups[g] = append(groups[g], o)
		}
	}
	var b strings.Builder
	b.WriteString("| models | method | runs | exact | median | 95 % | worst | allocated 95 % | reserved 95 % |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		b.WriteString(accuracyLine(name, groups[name]))
	}
	file := filepath.Join("testdata", "oracle", "accuracy.md")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Errorf("%s is not what the rows give now; run go generate ./calc ./examples", file)
	}
}

// measuredFiles are the files of measured training steps.
var measuredFiles = []string{"text", "random", "decoders", "loss", "stacks", "vision", "slopes"}

// group names the models and the method of a row.
func group(o offBy) string {
	if o.workload == nil {
		return "refused | "
	}
	return familyOf(o.workload) + " | " + methodOf(o.workload)
}

// accuracyLine is one line: errors of tensor bytes in the worst phase, then of
// allocated and reserved bytes.
func accuracyLine(name string, rows []offBy) string {
	worst := sizes(collect(rows, func(o offBy) float64 { return o.worst }))
	peak := sizes(collect(rows, func(o offBy) float64 { return o.peak }))
	held := sizes(slices.DeleteFunc(collect(rows, func(o offBy) float64 { return o.held }), math.IsNaN))
	exact := 0
	for _, e := range worst {
		if e == 0 {
			exact++
		}
	}
	reserved := "not compared"
	if len(held) > 0 {
		reserved = percent(quantile(held, 0.95))
	}
	if len(worst) == 0 {
		return fmt.Sprintf("| %s | 0 of %d | | | | | | |\n", name, len(rows))
	}
	return fmt.Sprintf("| %s | %d | %d | %s | %s | %s | %s | %s |\n", name, len(worst), exact,
		percent(quantile(worst, 0.5)), percent(quantile(worst, 0.95)), percent(quantile(worst, 1)), percent(quantile(peak, 0.95)), reserved)
}

// judgeStack judges a row of training software by what TestOracleStacks does: the
// larger phases, and not what is reserved, which depends on how the model was
// loaded and quantized before.
func (o *offBy) judgeStack() {
	o.worst = max(math.Abs(o.phases["forward"]), math.Abs(o.phases["backward"]))
	o.held = math.NaN()
}

// sizes are errors without their sign, sorted.
func sizes(errors []float64) []float64 {
	for i, e := range errors {
		errors[i] = math.Abs(e)
	}
	slices.Sort(errors)
	return errors
}

func percent(x float64) string { return fmt.Sprintf("%.2f %%", 100*x) }
