package tape

import (
	"fmt"
	"slices"

	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/unit"
)

// A script records by hand: stores by name, at a place, in a phase.
type script struct {
	r       recording
	classes map[string]int32
	alive   map[string]int32
	phase   memory.Phase
	place   place
}

func newScript() *script {
	return &script{classes: map[string]int32{}, alive: map[string]int32{}}
}

func (s *script) symbol(name string, value int64) Dim {
	t := &Tape{}
	t.rec.syms = s.r.syms
	d := t.declare(symbol{name: name, doc: say.Name("doc of " + name), value: value})
	s.r.syms = t.rec.syms
	return d
}

func (s *script) derived(name string, f func(*Values) int64) Dim {
	t := &Tape{}
	t.rec.syms = s.r.syms
	d := t.declare(symbol{name: name, doc: say.Name("doc of " + name), derive: f})
	s.r.syms = t.rec.syms
	return d
}

func (s *script) group(name string, layers Dim, recorded int64) {
	s.r.groups = append(s.r.groups, group{name: name, recorded: recorded, layers: layers})
}

// take makes a store. Its class is named by the label, name is its own.
func (s *script) take(label, name string, size Dim, comp memory.Component, dims ...Dim) {
	cl, ok := s.classes[label]
	if !ok {
		cl = int32(len(s.r.classes))
		s.classes[label] = cl
		s.r.classes = append(s.r.classes, class{size: size, comp: comp, label: label, dims: dims, dtype: BF16})
	}
	id := int32(len(s.r.stores))
	s.r.stores = append(s.r.stores, store{class: cl, born: s.place})
	s.alive[name] = id
	s.r.events = append(s.r.events, event{store: id, phase: s.phase, place: s.place})
}

func (s *script) free(name string) {
	id, ok := s.alive[name]
	if !ok {
		panic("free of " + name)
	}
	delete(s.alive, name)
	at := s.place
	if at.group == 0 {
		at = s.r.stores[id].born
	}
	s.r.events = append(s.r.events, event{store: id, free: true, phase: s.phase, place: at})
}

func (s *script) at(group, index int, f func()) {
	old := s.place
	s.place = place{int16(group), int16(index)}
	f()
	s.place = old
}

// measure makes what is alive the start.
func (s *script) measure() {
	s.r.events = nil
	for _, id := range s.alive {
		s.r.initial = append(s.r.initial, id)
	}
	slices.Sort(s.r.initial)
}

func (s *script) mark(name string) {
	s.r.marks = append(s.r.marks, mark{name: name, at: len(s.r.events), phase: s.phase})
}

// unrolled walks a recording of every repetition event by event.
func unrolled(r *recording) (out Result, marks map[string]unit.Bytes) {
	v := r.syms.present()
	marks = map[string]unit.Bytes{}
	var now unit.Bytes
	var seen [memory.Phases]bool
	step := func(ph memory.Phase, n unit.Bytes) {
		if !seen[ph] {
			seen[ph] = true
			out.Start[ph] = now
			out.Peak[ph] = now
		}
		now += n
		out.Peak[ph] = max(out.Peak[ph], now)
	}
	size := func(id int32) unit.Bytes { return unit.Bytes(r.classes[r.stores[id].class].size.eval(&v)) }
	for _, id := range r.initial {
		step(memory.Load, size(id))
	}
	for i := 0; i <= len(r.events); i++ {
		for _, m := range r.marks {
			if m.at == i {
				step(m.phase, 0)
				marks[m.name] = now
			}
		}
		if i < len(r.events) {
			e := r.events[i]
			step(e.phase, 0) // entering a phase is an instant of it
			if e.free {
				step(e.phase, -size(e.store))
			} else {
				step(e.phase, size(e.store))
			}
		}
	}
	return out, marks
}

// decoder scripts a training step of a small decoder with the traits that
// make folding hard: the residual stream dies between layers, gradients
// accumulate, first and last layers differ, optimizer lists run outside.
func decoder(layers, recorded int64) *recording {
	s := newScript()
	L := s.symbol("L", layers)
	b, h, f, voc := s.symbol("B", 3), s.symbol("h", 64), s.symbol("f", 200), s.symbol("V", 1000)
	seq := s.symbol("S", 17)
	pad := s.derived("padded", func(v *Values) int64 { return (seq.Value(v) + 31) / 32 * 32 })
	guard := s.derived("sortScratch", func(v *Values) int64 {
		if n := b.Value(v) * seq.Value(v); n > 3072 {
			return n / 10
		}
		return 0
	})
	s.group("layers", L, recorded)
	n := int(recorded)
	each := func(f func(i int)) {
		for i := range n {
			s.at(1, i, func() { f(i) })
		}
	}
	bsh := b.Times(seq, h)
	id := func(what string, i int) string { return fmt.Sprint(what, i) }
	s.take("embed", "embed", voc.Times(h).By(2), memory.ModelWeights, voc, h)
	each(func(i int) {
		s.take("layers.*.up", id("up", i), h.Times(f).By(2), memory.ModelWeights, f, h)
		s.take("layers.*.norm", id("norm", i), h.By(2), memory.ModelWeights, h)
	})
	s.take("head", "head", voc.Times(h).By(2), memory.ModelWeights, voc, h)
	s.measure()
	s.phase = memory.Forward
	s.take("embedded", "x-1", bsh.By(2), memory.ActivationStorage, b, seq, h)
	each(func(i int) {
		s.take("layers.*.scratch", "scratch", pad.Times(b).By(4), memory.Temporaries)
		s.take("layers.*.hidden", id("hidden", i), b.Times(seq, f).By(2), memory.ActivationStorage, b, seq, f)
		s.free("scratch")
		s.take("layers.*.out", id("x", i), bsh.By(2), memory.ActivationStorage, b, seq, h)
		if i > 0 {
			// the rebound residual goes after the layer, by its birth place
			old := s.place
			s.place = place{}
			s.free(id("x", i-1))
			s.place = old
		}
	})
	s.free("x-1")
	s.take("logits", "logits", b.Times(seq, voc).By(4), memory.Logits, b, seq, voc)
	s.take("loss", "loss", N(4), memory.Logits)
	s.free(id("x", n-1))
	s.mark("saved")
	s.phase = memory.Backward
	s.take("grad logits", "glogits", b.Times(seq, voc).By(4), memory.Temporaries, b, seq, voc)
	s.free("logits")
	s.take("grad x", id("g", n-1), bsh.By(2), memory.Temporaries, b, seq, h)
	s.free("glogits")
	for i := n - 1; i >= 0; i-- {
		s.at(1, i, func() {
			s.take("grad hidden", "gh", b.Times(seq, f).By(2), memory.Temporaries, b, seq, f)
			s.take("layers.*.up.grad", id("gup", i), h.Times(f).By(2), memory.GradientStorage, f, h)
			s.free(id("hidden", i))
			if i > 0 {
				s.take("grad x", id("g", i-1), bsh.By(2), memory.Temporaries, b, seq, h)
			}
			s.free("gh")
			s.free(id("g", i))
		})
	}
	s.take("sort", "sort", guard.Times(h).By(4), memory.Temporaries)
	s.free("sort")
	s.free("loss")
	s.mark("gradients")
	s.phase = memory.Optimizer
	for i := range n { // foreach: square roots of all, then let go
		s.at(1, i, func() { s.take("sqrt", id("sqrt", i), h.Times(f).By(4), memory.OptimizerStates, f, h) })
	}
	for i := range n {
		s.free(id("sqrt", i))
	}
	for i := range n { // loop: the previous denominator goes when the next is made
		s.at(1, i, func() { s.take("denominator", id("den", i), h.Times(f).By(4), memory.OptimizerStates, f, h) })
		if i > 0 {
			s.free(id("den", i-1))
		}
	}
	s.free(id("den", n-1))
	for i := range n {
		s.free(id("gup", i))
	}
	s.mark("end")
	return &s.r
}

// large scripts a decoder of realistic length: about 1200 codes, 45 sizes.
func large() *recording {
	s := newScript()
	L := s.symbol("L", 32)
	s.group("layers", L, 4)
	var widths []Dim
	for i, n := range []string{"B", "S", "h", "f", "V", "a", "k", "d"} {
		widths = append(widths, s.symbol(n, int64(4+i*3)))
	}
	for i := range 10 {
		at := widths[i%8]
		widths = append(widths, s.derived(fmt.Sprint("r", i), func(v *Values) int64 { return (at.Value(v) + 31) / 32 * 32 }))
	}
	size := func(i int) Dim { return widths[i%3].Times(widths[(i/3)%18], widths[i%5]).By(int64(2 + i%2*2)) }
	for _, ph := range []memory.Phase{memory.Load, memory.Forward, memory.Backward, memory.Optimizer} {
		s.phase = ph
		for i := range 4 {
			s.at(1, i, func() {
				for j := range 40 {
					s.take(fmt.Sprint("t", j), fmt.Sprint(ph, "t", i, j), size(j), memory.ActivationStorage)
					if j%2 == 1 {
						if kind := i == 0 || i == 3; !kind || j%4 == 1 {
							s.free(fmt.Sprint(ph, "t", i, j-1))
						}
					}
				}
			})
		}
	}
	return &s.r
}
