package calc_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// row is one measured training step: see testdata/oracle/README.md.
type row struct {
	ID        string
	Family    string
	Arguments json.RawMessage
	Params    struct{ Total, Trainable int64 }
	Requested map[string]int64
	Peak      int64
	Reserved  int64
	MACs      float64 // multiply-adds of one image, 0 = not counted
}

// offBy is how far an answer is from a row, as fractions; notAnswered is a
// row that the tool refuses.
type offBy struct {
	row                 row
	workload            workload.Workload // nil where refused
	refused             string
	phases              map[string]float64
	worst               float64
	weights, peak, held float64
	saved               int64    // predicted bytes that forward leaves for backward
	formulas            []string // what is wrong with the printed components
}

// unlike are rows whose arguments cannot say what was run: the row is printed
// and judged by no bound.
var unlike = map[string]string{
	"llama-third/freeze/12":                                "embeddings frozen, which frozenLayers 0 does not say",
	"llama-third/freeze/73":                                "embeddings frozen, which frozenLayers 0 does not say",
	"llama-rand/freeze/8":                                  "embeddings frozen, which frozenLayers 0 does not say",
	"llama-rand/freeze/43":                                 "embeddings frozen, which frozenLayers 0 does not say",
	"deepseek-v2-lite/freeze/fp32ac/1x384/adam/gc/5":       "the shared experts of all layers frozen as well",
	"tv-densenet121-b32-i224-fp32-sgdm-memeff":             "memory_efficient=True, which no argument says",
	"qwen1.5-moe-a2.7b/freeze/pure/8x384/adamw-fused/gc/5": "the shared experts of all layers frozen as well",
}

func readRows(t testing.TB, name string) []row {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "oracle", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []row
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var r row
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// compare asks the tool for a row, as a client would.
func compare(c *catalog.Catalog, r row) offBy {
	o := offBy{row: r, phases: map[string]float64{}}
	args, problems := schemas.Decode[schemas.EstimateArgs](r.Arguments)
	if check.HasErrors(problems) {
		o.refused = fmt.Sprint(problems)
		return o
	}
	w, _, findings := args.Resolve(c)
	if w == nil || check.HasErrors(findings) {
		for _, f := range findings {
			if f.Severity == check.Error {
				o.refused += f.Message + "; "
			}
		}
		return o
	}
	o.workload = w
	b, err := calc.Estimate(w)
	if err != nil {
		o.refused = err.Error()
		return o
	}
	for _, p := range b.Phases {
		if p.Phase == memory.Load {
			continue
		}
		e := relative(int64(p.Bytes), r.Requested[p.Phase.String()])
		o.phases[p.Phase.String()] = e
		o.worst = max(o.worst, math.Abs(e))
	}
	o.saved = int64(b.Saved)
	o.formulas = checkLines(b)
	o.weights = relative(int64(b.Weights), r.Requested["weights"])
	o.peak = relative(int64(b.PeakAllocated), r.Peak)
	o.held = relative(int64(b.PeakReserved), r.Reserved)
	return o
}

// checkLines finds components whose printed formula is not their bytes, and a
// sum of components that is not the total.
func checkLines(b memory.Breakdown) []string {
	var wrong []string
	var sum unit.Bytes
	for _, l := range b.Lines {
		sum += l.Bytes
		if l.Formula == "" {
			if l.Note == "" {
				wrong = append(wrong, l.Component.ID()+" has neither formula nor note")
			}
			continue
		}
		got, err := tape.EvalFormula(l.Formula, l.Values)
		if err != nil || unit.Bytes(got) != l.Bytes {
			wrong = append(wrong, fmt.Sprintf("%s: %s gives %d (%v), the component has %d", l.Component.ID(), l.Formula, got, err, l.Bytes))
		}
	}
	if sum != b.Total {
		wrong = append(wrong, fmt.Sprintf("components sum to %d, the total is %d", sum, b.Total))
	}
	if b.Low > b.Total || b.Total > b.High {
		wrong = append(wrong, fmt.Sprintf("total %d is outside %d to %d", b.Total, b.Low, b.High))
	}
	return append(wrong, checkHeld(b)...)
}

// checkHeld finds phases whose holdings do not sum to their bytes, and holdings
// of the binding phase that are not the components.
func checkHeld(b memory.Breakdown) []string {
	var wrong []string
	lines := map[memory.Component]unit.Bytes{}
	for _, l := range b.Lines {
		if l.Formula != "" {
			lines[l.Component] += l.Bytes
		}
	}
	for _, p := range b.Phases {
		var sum unit.Bytes
		for c, bytes := range p.Held {
			sum += bytes
			if p.Phase == b.PeakPhase && bytes != lines[memory.Component(c)] {
				wrong = append(wrong, fmt.Sprintf("%v holds %d of %s, the component has %d", p.Phase, bytes, memory.Component(c).ID(), lines[memory.Component(c)]))
			}
		}
		if sum != p.Bytes {
			wrong = append(wrong, fmt.Sprintf("holdings of %v sum to %d, its peak is %d", p.Phase, sum, p.Bytes))
		}
	}
	return wrong
}

func relative(got, want int64) float64 { return float64(got-want) / float64(want) }

// compared remembers the comparison of each file for the tests that share it.
var compared = struct {
	sync.Mutex
	files map[string][]offBy
}{files: map[string][]offBy{}}

// all compares every row of a file, in parallel, once.
func all(t testing.TB, name string) []offBy {
	compared.Lock()
	defer compared.Unlock()
	if rows, ok := compared.files[name]; ok {
		return slices.Clone(rows)
	}
	rows := compareAll(t, name)
	compared.files[name] = rows
	return slices.Clone(rows)
}

func compareAll(t testing.TB, name string) []offBy {
	c := catalog.Load()
	rows := readRows(t, name)
	out := make([]offBy, len(rows))
	var wg sync.WaitGroup
	work := make(chan int)
	for range 2 {
		wg.Go(func() {
			for i := range work {
				out[i] = compare(c, rows[i])
			}
		})
	}
	for i := range rows {
		work <- i
	}
	close(work)
	wg.Wait()
	return out
}

// quantile is the value below which a share of sorted values lies.
func quantile(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

// spread prints the distribution of errors.
func spread(name string, values []float64) string {
	values = sizes(values)
	exact := 0
	for _, v := range values {
		if v == 0 {
			exact++
		}
	}
	return fmt.Sprintf("%s: %d rows, %d exact, median %.4f %%, p95 %.4f %%, worst %.4f %%", name, len(values), exact,
		100*quantile(values, 0.5), 100*quantile(values, 0.95), 100*quantile(values, 1))
}

// within is the share of values not above a bound.
func within(values []float64, bound float64) float64 {
	n := 0
	for _, v := range values {
		if math.Abs(v) <= bound {
			n++
		}
	}
	return float64(n) / float64(max(1, len(values)))
}

// collect takes one error of each row that is answered and judged.
func collect(rows []offBy, of func(o offBy) float64) []float64 {
	var out []float64
	for _, o := range rows {
		if o.refused == "" && unlike[o.row.ID] == "" {
			out = append(out, of(o))
		}
	}
	return out
}

func logRows(t *testing.T, name string, rows []offBy) {
	slices.SortStableFunc(rows, func(a, b offBy) int { return cmp.Compare(a.row.ID, b.row.ID) })
	for _, o := range rows {
		for _, f := range o.formulas {
			t.Errorf("%s: %s", o.row.ID, f)
		}
		switch {
		case o.refused != "":
			t.Logf("%-55s refused: %.120s", o.row.ID, o.refused)
		case testing.Verbose():
			t.Logf("%-55s forward %+.4f %% backward %+.4f %% optimizer %+.4f %% weights %+.4f %% allocated %+.4f %% reserved %+.4f %% %s", o.row.ID,
				100*o.phases["forward"], 100*o.phases["backward"], 100*o.phases["optimizer"], 100*o.weights, 100*o.peak, 100*o.held, unlike[o.row.ID])
		}
	}
	t.Log(spread(name+" tensor bytes, worst phase", collect(rows, func(o offBy) float64 { return o.worst })))
	t.Log(spread(name+" weights", collect(rows, func(o offBy) float64 { return o.weights })))
	t.Log(spread(name+" allocated", collect(rows, func(o offBy) float64 { return o.peak })))
	t.Log(spread(name+" reserved", collect(rows, func(o offBy) float64 { return o.held })))
}

// TestOracleText holds every measured language and mixture-of-experts row to
// the bounds of its class.
func TestOracleText(t *testing.T) {
	rows := append(all(t, "text"), all(t, "random")...)
	logRows(t, "text and random", rows)
	for _, o := range rows {
		if o.refused != "" {
			t.Errorf("%s is refused: %s", o.row.ID, o.refused)
			continue
		}
		for _, f := range []string{"llama", "tinyllama", "mistral-", "qwen2.5"} {
			if strings.HasPrefix(o.row.ID, f) && unlike[o.row.ID] == "" && o.worst > 0.0001 {
				t.Errorf("%s: tensor bytes are %.4f %% off, the family's bound is 0.01 %%", o.row.ID, 100*o.worst)
			}
		}
	}
	hold(t, "tensor bytes", collect(rows, func(o offBy) float64 { return o.worst }), bound{0.90, 0.0001}, bound{0.97, 0.005}, bound{1, 0.02})
	hold(t, "weights", collect(rows, func(o offBy) float64 { return o.weights }), bound{1, 0.001})
	hold(t, "allocated", collect(rows, func(o offBy) float64 { return o.peak }), bound{0.95, 0.0005})
	hold(t, "reserved", collect(rows, func(o offBy) float64 { return o.held }), bound{0.50, 0}, bound{0.95, 0.03})
}

// TestOracleLoss holds the losses that take the head's matrix, Liger's fused
// one and TRL's chunked one, and heads other than the language model's.
func TestOracleLoss(t *testing.T) {
	rows := all(t, "loss")
	logRows(t, "loss", rows)
	for _, o := range rows {
		if o.refused != "" || o.worst != 0 || o.peak != 0 {
			t.Errorf("%s: tensor bytes %.4f %%, allocated %.4f %% off, want exact; %s", o.row.ID, 100*o.worst, 100*o.peak, o.refused)
		}
	}
}

// bound asks that a share of rows is not further off than a fraction.
type bound struct{ share, off float64 }

func hold(t *testing.T, what string, values []float64, bounds ...bound) {
	t.Helper()
	for _, b := range bounds {
		if got := within(values, b.off); got < b.share {
			t.Errorf("%s: %.1f %% of rows are within %.3f %%, want %.1f %%", what, 100*got, 100*b.off, 100*b.share)
		}
	}
}

// TestOracleVision holds every measured vision and multimodal row to the bounds
// of its class.
func TestOracleVision(t *testing.T) {
	rows := all(t, "vision")
	logRows(t, "vision", rows)
	for _, o := range rows {
		if o.refused != "" {
			t.Errorf("%s is refused: %s", o.row.ID, o.refused)
		}
	}
	hold(t, "tensor bytes", collect(rows, func(o offBy) float64 { return o.worst }), bound{0.80, 0.0005}, bound{0.95, 0.01}, bound{1, 0.04})
	hold(t, "weights", collect(rows, func(o offBy) float64 { return o.weights }), bound{1, 0.001})
	hold(t, "reserved", collect(rows, func(o offBy) float64 { return o.held }), bound{0.50, 0.005}, bound{0.95, 0.04})
}
