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
	wide   bool // in fp32
	conv   bool
}

// Work notes a product that runs now, on operands of a type, with as many
// multiply-adds as the product of the sizes.
func (t *Tape) Work(dt DType, sizes ...Dim) { t.note(work{wide: dt == F32}, sizes) }

func (t *Tape) note(w work, sizes []Dim) {
	w.place = t.here
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

// repeating runs f, which may be unwound, as a forward that backward runs once
// more.
func (t *Tape) repeating(f func()) {
	t.repeats++
	defer func() { t.repeats-- }()
	f()
}

// Work is what the measured step and micro-batch computes and makes, with the
// real number of repetitions of every section.
func (p *Program) Work(v *Values) memory.Work {
	w := sumWork(p.works, v, func(g int16) group { return p.groups[g-1].group })
	w.Made, w.Updating = p.made(v)
	return w
}

// WorkDone is the products of what is recorded, at the present sizes.
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
		out.All[w.effort] += n
		switch {
		case w.wide && w.conv:
			out.WideConvs[w.effort] += n
		case w.wide:
			out.Wide[w.effort] += n
		}
	}
	return out
}

// made is the bytes of the tensors that forward and backward make, and those
// that the optimizer makes.
func (p *Program) made(v *Values) (passes, update float64) {
	var more [maxGroups]int64
	for g := range p.groups {
		more[g] = p.groups[g].layers.eval(v) - p.groups[g].recorded
	}
	for i := range p.blocks {
		b := &p.blocks[i]
		var once float64
		for _, c := range p.codes[b.start:b.end] {
			if c&1 == 0 { // it comes
				once += p.sizes[c>>1].number(v)
			}
		}
		switch b.phase {
		case memory.Forward, memory.Backward:
			passes += once * float64(b.times(&more))
		case memory.Optimizer:
			update += once * float64(b.times(&more))
		}
	}
	return passes, update
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
