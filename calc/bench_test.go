package calc_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"vramcalc/calc"
	"vramcalc/calc/catalog"
	"vramcalc/calc/check"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
	"vramcalc/schemas"
)

// engineExamples are argument files, one for each engine and shape of model.
var engineExamples = []string{"llama-7b-lora.json", "mixtral-qlora.json", "resnet-50.json", "llava-7b.json", "t5-base.json"}

// example resolves one of the argument files.
func example(t testing.TB, name string) workload.Workload {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "examples", "arguments", name))
	if err != nil {
		t.Fatal(err)
	}
	return resolve(t, raw)
}

func resolve(t testing.TB, raw json.RawMessage) workload.Workload {
	t.Helper()
	args, problems := schemas.Decode[schemas.EstimateArgs](raw)
	w, _, findings := args.Resolve(catalog.Load())
	if w == nil || check.HasErrors(problems) || check.HasErrors(findings) {
		t.Fatalf("%s is refused: %v %v", raw, problems, findings)
	}
	return w
}

// BenchmarkEstimate is a whole answer: recording, folding, evaluation,
// explanation and the allocator's replay.
func BenchmarkEstimate(b *testing.B) {
	for _, name := range engineExamples {
		b.Run(name, func(b *testing.B) {
			w := example(b, name)
			for b.Loop() {
				if _, err := calc.EstimateAnew(w); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkTell is an answer of a workload whose program is compiled, but for the
// allocator's replay.
func BenchmarkTell(b *testing.B) {
	for _, name := range engineExamples {
		b.Run(name, func(b *testing.B) {
			c, err := calc.Prepare(example(b, name))
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := c.Told(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkReplay is writing a run's allocations out and replaying them.
func BenchmarkReplay(b *testing.B) {
	for _, name := range engineExamples {
		b.Run(name, func(b *testing.B) {
			built, _, err := calc.Compile(example(b, name))
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				s, ok := built.T.Sequence()
				if !ok {
					b.Skip("recorded with every layer")
				}
				s.Replay(0)
			}
		})
	}
}

// BenchmarkPeakTensor is what a search pays for a point: recording, folding
// and evaluation.
func BenchmarkPeakTensor(b *testing.B) {
	for _, name := range engineExamples {
		b.Run(name, func(b *testing.B) {
			w := example(b, name)
			for b.Loop() {
				if _, err := calc.PeakTensor(w); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCompile is recording and folding.
func BenchmarkCompile(b *testing.B) {
	for _, name := range engineExamples {
		b.Run(name, func(b *testing.B) {
			w := example(b, name)
			for b.Loop() {
				if _, _, err := calc.Compile(w); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEval is one evaluation of a compiled program.
func BenchmarkEval(b *testing.B) {
	for _, name := range engineExamples {
		b.Run(name, func(b *testing.B) {
			_, p, err := calc.Compile(example(b, name))
			if err != nil {
				b.Fatal(err)
			}
			v := p.Values()
			var r tape.Result
			b.ReportAllocs()
			for b.Loop() {
				p.Eval(&v, &r)
			}
		})
	}
}

// TestEvalAllocatesNothing holds for the programs of every engine.
func TestEvalAllocatesNothing(t *testing.T) {
	for _, name := range engineExamples {
		t.Run(name, func(t *testing.T) {
			_, p, err := calc.Compile(example(t, name))
			if err != nil {
				t.Fatal(err)
			}
			v := p.Values()
			var r tape.Result
			if n := testing.AllocsPerRun(100, func() { p.Eval(&v, &r) }); n != 0 {
				t.Errorf("Eval allocates %v times, want 0", n)
			}
		})
	}
}
