package tape

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"vramcalc/calc/memory"
)

// randomRecording scripts sections whose repetitions do the same at random:
// take, let go what they took, what the repetition before left, or what
// forward left. First and last repetitions may do more.
func randomRecording(seed uint64, layers, recorded int64) *recording {
	random := rand.New(rand.NewPCG(seed, 1))
	s := newScript()
	b := s.symbol("B", 3)
	s.group("layers", s.symbol("L", layers), recorded)
	n := int(recorded)
	sizes := make([]Dim, 12)
	for i := range sizes {
		sizes[i] = b.By(1 + random.Int64N(1000))
	}
	take := func(what string, i, k int) {
		s.take(what, fmt.Sprint(what, "#", i), sizes[k], memory.Component(k%3))
	}
	free := func(what string, i int) {
		if _, ok := s.alive[fmt.Sprint(what, "#", i)]; ok {
			s.free(fmt.Sprint(what, "#", i))
		}
	}
	for ph, phase := range []memory.Phase{memory.Forward, memory.Backward, memory.Optimizer} {
		s.phase = phase
		outside := random.IntN(2) == 0
		first, last, down := random.IntN(3) == 0, random.IntN(3) == 0, random.IntN(2) == 0
		kinds := make([]int, 1+random.IntN(8))
		for j := range kinds {
			kinds[j] = random.IntN(5)
		}
		s.take("before", fmt.Sprint("before", ph), sizes[0], memory.Temporaries)
		for step := range n {
			i, before := step, step-1
			if down {
				i, before = n-1-step, n-step
			}
			s.at(1, i, func() {
				for j, kind := range kinds {
					what := fmt.Sprint(ph, ".", j)
					switch {
					case kind < 3:
						take(what, i, (j+kind)%12)
					case kind == 3 && j > 0:
						free(fmt.Sprint(ph, ".", j-1), i)
					case ph > 0:
						free(fmt.Sprint(ph-1, ".", j), i)
					}
				}
				if first && step == 0 || last && step == n-1 {
					take(fmt.Sprint(ph, "once"), i, 11)
				}
				if !outside {
					free(fmt.Sprint(ph, ".0"), before)
				}
			})
			if outside { // goes by its place of birth
				free(fmt.Sprint(ph, ".0"), before)
			}
		}
	}
	return &s.r
}

func TestFoldRandomSections(t *testing.T) {
	for seed := range uint64(400) {
		p, err := compile(randomRecording(seed, 20, 4))
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			continue
		}
		v := p.Values()
		for _, layers := range []int64{4, 5, 11} {
			want, _ := unrolled(randomRecording(seed, layers, layers))
			v[p.Index("L")] = layers
			var got Result
			if p.Eval(&v, &got); got.Peak != want.Peak || got.Start != want.Start {
				t.Errorf("seed %d, %d layers: %+v, want %+v", seed, layers, got, want)
			}
			checkExplanation(t, p, &v, p.Explain(&v), want.Peak[got.PeakPhase])
		}
	}
}
