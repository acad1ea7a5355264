package calc_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"vramcalc/calc"
	"vramcalc/calc/memory"
)

// alikes are a number of pieces of memory of one size.
type alikes struct{ Bytes, Count int64 }

// UnmarshalJSON reads a pair of numbers.
func (a *alikes) UnmarshalJSON(data []byte) error {
	var pair [2]int64
	if err := json.Unmarshal(data, &pair); err != nil {
		return err
	}
	*a = alikes{pair[0], pair[1]}
	return nil
}

// aliveRow is what was alive at the peak of each phase of a measured step:
// testdata/oracle/alive.py made it.
type aliveRow struct {
	ID        string
	Arguments json.RawMessage
	Alive     map[string][]alikes
}

// TestAliveAtPeak holds the list of tensors at each phase's peak against the
// measured one, tensor by tensor: as many of every size, for a full and a LoRA
// run of every kind of block.
func TestAliveAtPeak(t *testing.T) {
	f, err := os.Open(filepath.Join("testdata", "oracle", "alive.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var r aliveRow
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			_, p, err := calc.Compile(resolve(t, r.Arguments))
			if err != nil {
				t.Fatal(err)
			}
			v := p.Values()
			for _, phase := range []memory.Phase{memory.Forward, memory.Backward, memory.Optimizer} {
				counts := map[int64]int64{}
				for _, a := range p.ExplainPhase(&v, phase).Tensors {
					counts[int64(a.Bytes)/a.Count] += a.Count
				}
				var got []alikes
				for bytes, n := range counts {
					got = append(got, alikes{bytes, n})
				}
				slices.SortFunc(got, func(a, b alikes) int { return cmp.Compare(b.Bytes, a.Bytes) })
				if diff := gocmp.Diff(r.Alive[phase.String()], got); diff != "" {
					t.Errorf("alive at the peak of %v (-measured +explained):\n%s", phase, diff)
				}
			}
		})
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
}
