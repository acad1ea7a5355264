package tape

import "vramcalc/calc/memory"

// maxWorkSizes bounds the sizes multiplied in one entry.
const maxWorkSizes = 5

// A work is a product as it ran. Its multiply-adds are the product of its
// sizes.
type work struct {
	sizes  [maxWorkSizes]Dim // the zero Dim ends them
	place  place
	effort memory.Effort
	wide   bool // computed in fp32
}

// Work notes a product that runs now, on operands of a type, with as many
// multiply-adds as the product of the sizes.
func (t *Tape) Work(dt DType, sizes ...Dim) {
	if !t.measuring {
		return
	}
	w := work{place: t.here, wide: dt == F32}
	switch t.phase {
	case memory.Forward:
		w.effort = memory.ForwardEffort
	case memory.Backward:
		w.effort = memory.BackwardEffort
		if t.repeats > 0 {
			w.effort = memory.RecomputeEffort
		}
	case memory.Optimizer:
		w.effort = memory.UpdateEffort
	default:
		return // no part of a training step
	}
	if len(sizes) > maxWorkSizes {
		panic("tape: too many sizes in one product")
	}
	for i, d := range sizes {
		if d.c == 0 {
			return // nothing to multiply
		}
		w.sizes[i] = d
	}
	t.rec.works = append(t.rec.works, w)
}

// repeating runs f as a forward that backward runs once more.
func (t *Tape) repeating(f func()) {
	t.repeats++
	f()
	t.repeats--
}

// Work is the products of the measured step and micro-batch, and of the
// update, with the real number of repetitions of every section.
func (p *Program) Work(v *Values) memory.Work {
	return sumWork(p.works, v, func(g int16) group { return p.groups[g-1].group })
}

// WorkDone is the same of what is recorded, at the present sizes.
func (t *Tape) WorkDone() memory.Work {
	v := t.rec.syms.present()
	return sumWork(t.rec.works, &v, func(g int16) group { return t.rec.groups[g-1] })
}

func sumWork(works []work, v *Values, groupOf func(int16) group) memory.Work {
	var out memory.Work
	for i := range works {
		w := &works[i]
		n := 1.0
		for _, d := range w.sizes {
			if d.c == 0 {
				break
			}
			n *= d.number(v)
		}
		if w.place.group != 0 {
			n *= w.place.stands(groupOf(w.place.group), v)
		}
		out.By[w.effort] += n
		if w.wide {
			out.Wide[w.effort] += n
		}
	}
	return out
}

// number is the dimension's number without the cap of sizes in memory.
func (d Dim) number(v *Values) float64 {
	n := float64(d.c)
	for _, s := range d.f {
		if s == 0 {
			break
		}
		n *= float64(v[s-1])
	}
	return n
}

// stands is how many repetitions a recorded one stands for: the last but one,
// which the folder found equal to its neighbours, for all that were not
// recorded.
func (p place) stands(g group, v *Values) float64 {
	if int64(p.index) == g.recorded-2 {
		return float64(1 + g.layers.eval(v) - g.recorded)
	}
	return 1
}
