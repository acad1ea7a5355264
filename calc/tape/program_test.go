package tape

import (
	"fmt"
	"strings"
	"testing"

	"vramcalc/calc/memory"
	"vramcalc/calc/unit"
)

func mustCompile(t testing.TB, r *recording) *Program {
	t.Helper()
	p, err := compile(r)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFoldedIsUnrolled(t *testing.T) {
	for layers := int64(1); layers <= 12; layers++ {
		p := mustCompile(t, decoder(layers, min(layers, 4)))
		want, marks := unrolled(decoder(layers, layers))
		whole := mustCompile(t, decoder(layers, layers))
		v := p.Values()
		for _, q := range []*Program{p, whole} {
			var got Result
			q.Eval(&v, &got)
			if got.Start != want.Start || got.Peak != want.Peak || got.Overflow || got.Misfit {
				t.Errorf("%d layers: %+v, want %+v", layers, got, want)
			}
			for i, name := range q.Marks() {
				if got.Marks[i] != marks[name] {
					t.Errorf("%d layers: mark %s is %d, want %d", layers, name, got.Marks[i], marks[name])
				}
			}
		}
	}
}

// TestLayersAreASize evaluates one program for many numbers of repetitions.
func TestLayersAreASize(t *testing.T) {
	p := mustCompile(t, decoder(9, 4))
	v := p.Values()
	for layers := int64(4); layers <= 40; layers++ {
		v[p.Index("L")] = layers
		want, _ := unrolled(decoder(layers, layers))
		var got Result
		if p.Eval(&v, &got); got.Peak != want.Peak || got.Misfit {
			t.Errorf("%d layers: %+v, want %+v", layers, got, want)
		}
	}
	v[p.Index("L")] = 3
	var got Result
	if p.Eval(&v, &got); !got.Misfit {
		t.Error("three layers fit a program of four recorded")
	}
	few := mustCompile(t, decoder(2, 2))
	v = few.Values()
	v[few.Index("L")] = 5
	if few.Eval(&v, &got); !got.Misfit {
		t.Error("five layers fit a program of two")
	}
	if whole := mustCompile(t, decoder(60, 60)); len(whole.codes) != len(p.codes) {
		t.Errorf("60 recorded layers fold to %d codes, 4 to %d", len(whole.codes), len(p.codes))
	}
}

func TestDifferentLayersFail(t *testing.T) {
	build := func(count, recorded int64, kind func(i int) string) error {
		s := newScript()
		s.group("tower", s.symbol("L", count), recorded)
		s.phase = memory.Forward
		for i := range int(recorded) {
			s.at(1, i, func() { s.take(kind(i), fmt.Sprint(i), N(int64(100*len(kind(i)))), memory.ActivationStorage) })
		}
		_, err := compile(&s.r)
		return err
	}
	for _, kinds := range []string{"abcd", "aabb", "abab"} {
		kind := func(i int) string { return strings.Repeat("x", int(kinds[i])) }
		if err := build(9, 4, kind); err == nil || !strings.Contains(err.Error(), `section "tower"`) {
			t.Errorf("layers %s: error %v, want one that names the section", kinds, err)
		}
		if err := build(4, 4, kind); err != nil {
			t.Errorf("layers %s, all recorded: %v", kinds, err)
		}
	}
	for _, kinds := range []string{"abbc", "aaab", "abbb", "aaaa", "aabc", "abcc"} {
		if err := build(9, 4, func(i int) string { return strings.Repeat("x", int(kinds[i])) }); err != nil {
			t.Errorf("layers %s: %v", kinds, err)
		}
	}
	if err := build(9, 2, func(int) string { return "a" }); err == nil {
		t.Error("two of nine repetitions suffice")
	}
}

// TestTakingTurns alternates two sections of equal length, with something
// between them.
func TestTakingTurns(t *testing.T) {
	build := func(a, b, recorded int64) *recording {
		s := newScript()
		s.group("attention", s.symbol("L", a), recorded)
		if b == a {
			s.group("mlp", s.symbol("L", b), recorded)
		} else {
			s.group("mlp", s.symbol("M", b), recorded)
		}
		s.phase = memory.Forward
		for i := range int(recorded) {
			s.at(1, i, func() { s.take("q", fmt.Sprint("q", i), N(1000), memory.ActivationStorage) })
			s.take("between", "between", N(50), memory.Temporaries)
			s.at(2, i, func() { s.take("up", fmt.Sprint("up", i), N(30), memory.ActivationStorage) })
			s.free("between")
		}
		return &s.r
	}
	p := mustCompile(t, build(12, 12, 4))
	want, _ := unrolled(build(12, 12, 12))
	v := p.Values()
	var got Result
	if p.Eval(&v, &got); got.Peak != want.Peak {
		t.Errorf("peaks %v, want %v", got.Peak, want.Peak)
	}
	checkExplanation(t, p, &v, p.Explain(&v), want.Peak[memory.Forward])
	if _, err := compile(build(12, 13, 4)); err == nil {
		t.Error("sections of different length take turns")
	}
}

func TestMarkAmidPassFails(t *testing.T) {
	s := newScript()
	s.group("tower", s.symbol("L", 9), 4)
	s.phase = memory.Forward
	for i := range 4 {
		if i == 2 {
			s.mark("amid")
		}
		s.at(1, i, func() { s.take("a", fmt.Sprint(i), N(8), memory.ActivationStorage) })
	}
	if _, err := compile(&s.r); err == nil {
		t.Error("a mark amid a pass is accepted")
	}
}

func TestOneOffDoesNotGrow(t *testing.T) {
	s := newScript()
	s.group("tower", s.symbol("L", 10), 4)
	s.phase = memory.Forward
	for i := range 4 {
		s.at(1, i, func() { s.take("a", fmt.Sprint(i), N(8), memory.ActivationStorage) })
	}
	s.phase = memory.Backward
	s.at(1, 3, func() { s.take("last", "last", N(100), memory.ActivationStorage) })
	s.at(1, 2, func() { s.take("last", "last2", N(100), memory.ActivationStorage) })
	p := mustCompile(t, &s.r)
	v := p.Values()
	var r Result
	p.Eval(&v, &r)
	if want := unit.Bytes(280); r.Peak[memory.Backward] != want {
		t.Errorf("peak %d, want %d", r.Peak[memory.Backward], want)
	}
}

func TestWithoutSections(t *testing.T) {
	s := newScript()
	b := s.symbol("B", 2)
	s.phase = memory.Forward
	for i := range 3000 {
		name := fmt.Sprint("op", i)
		s.take(name, name, b.By(int64(i%700)), memory.FeatureMaps, b, N(int64(i%700)))
		if i%3 == 2 {
			s.free(fmt.Sprint("op", i-1))
		}
	}
	p := mustCompile(t, &s.r)
	want, _ := unrolled(&s.r)
	v := p.Values()
	var got Result
	if p.Eval(&v, &got); got.Peak != want.Peak || len(p.sizes) <= stackSizes {
		t.Errorf("%d sizes, peaks %v, want %v", len(p.sizes), got.Peak, want.Peak)
	}
	e := p.Explain(&v)
	checkExplanation(t, p, &v, e, got.Peak[memory.Forward])
	if f := e.Parts[0].Sum.Format(); !strings.HasSuffix(f, "·B") {
		t.Errorf("formula %s, want a multiple of B", f)
	}
}

func TestOverflow(t *testing.T) {
	p := mustCompile(t, decoder(9, 4))
	v := p.Values()
	v[p.Index("B")], v[p.Index("S")] = 1<<40, 1<<40
	var r Result
	if p.Eval(&v, &r); !r.Overflow {
		t.Error("2^80 tokens do not overflow")
	}
	for ph, b := range r.Peak {
		if b < 0 || b > unit.Saturated {
			t.Errorf("peak of %s is %d", memory.Phase(ph), b)
		}
	}
	p.Explain(&v)
	v = p.Values()
	v[p.Index("L")] = 1 << 50
	if p.Eval(&v, &r); !r.Overflow {
		t.Error("2^50 layers do not overflow")
	}
}

func TestEvalAllocatesNothing(t *testing.T) {
	p := mustCompile(t, decoder(32, 4))
	v := p.Values()
	var r Result
	if n := testing.AllocsPerRun(100, func() { p.Eval(&v, &r) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkEval(b *testing.B) {
	p := mustCompile(b, large())
	b.Logf("%d codes, %d sizes, %d derived", len(p.codes), len(p.sizes), len(p.derived))
	v := p.Values()
	var r Result
	b.ReportAllocs()
	for b.Loop() {
		p.Eval(&v, &r)
	}
}

func BenchmarkCompile(b *testing.B) {
	r := large()
	for b.Loop() {
		mustCompile(b, r)
	}
}
