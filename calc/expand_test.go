package calc_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// eachOf is the share of measured rows whose sequences are compared.
const eachOf = 6

// Writing a recording of a few layers out to all of them gives what recording
// all of them gives, step by step and store by store.
func TestExpandedIsUnrolled(t *testing.T) {
	c := catalog.Load()
	written := 0
	rows := append(readRows(t, "text"), readRows(t, "vision")...)
	for i := 0; i < len(rows); i += eachOf {
		args, _ := schemas.Decode[schemas.EstimateArgs](rows[i].Arguments)
		w, _, _ := args.Resolve(c)
		if w == nil {
			t.Errorf("%s is refused", rows[i].ID)
			continue
		}
		got, ok := sequence(t, w, tape.OneStep)
		if !ok {
			continue
		}
		written++
		want, _ := sequence(t, w, tape.Unrolled)
		if diff := gocmp.Diff(renamed(want), renamed(got)); diff != "" {
			t.Errorf("%s (-unrolled +expanded):\n%.2000s", rows[i].ID, diff)
		}
	}
	if n := (len(rows) + eachOf - 1) / eachOf; written < n*4/5 {
		t.Errorf("%d of %d sequences were written out", written, n)
	}
}

func sequence(t *testing.T, w workload.Workload, e tape.Extent) (tape.Sequence, bool) {
	t.Helper()
	b, err := calc.Record(w, e)
	if err != nil {
		t.Fatal(err)
	}
	return b.T.Sequence()
}

// renamed numbers stores in the order in which they come.
func renamed(s tape.Sequence) tape.Sequence {
	names := map[int32]int32{}
	out := make(tape.Sequence, len(s))
	for i, a := range s {
		if a.Op == tape.Take {
			names[a.Store] = int32(i)
		}
		if a.Op == tape.Take || a.Op == tape.Give {
			a.Store = names[a.Store]
		}
		out[i] = a
	}
	return out
}
