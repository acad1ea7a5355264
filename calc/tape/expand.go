package tape

import "slices"

// This file writes a recording of all steps, of whose sections only a few
// repetitions were recorded, out to all of them: what an unrolled recording is,
// without recording it.
//
// The folder finds the passes over a section in which equal units stand for
// those that were not recorded. Among the recorded ones number middle, the last
// but one, is the model of what is missing: layers middle+1 to L−2, between it
// and the last. A store that is born in such a unit has a counterpart in each of
// the missing ones, known by its place among those that the unit takes.

// growth is a pass that stands for more repetitions than were recorded.
type growth struct {
	segments []segment
	unit     int   // segments of one visit
	group    int16 // plus 1
	first, n int   // the run of equal units
}

// unitOf gives the events of a visit.
func (g *growth) unitOf(visit int) (lo, hi int) {
	return g.segments[visit*g.unit].lo, g.segments[(visit+1)*g.unit-1].hi
}

func (g *growth) visits() int { return len(g.segments) / g.unit }

// indexOf is which recorded repetition a visit is of.
func (g *growth) indexOf(visit int) int {
	for _, s := range g.segments[visit*g.unit : (visit+1)*g.unit] {
		if s.place.group == g.group {
			return int(s.place.index)
		}
	}
	return -1
}

// birth says where a store is born: in which growth and repetition, and as the
// how-manieth there.
type birth struct {
	growth  int32 // plus 1, 0 = in none
	index   int16
	ordinal int32
}

// expander writes a sequence.
type expander struct {
	r       *recording
	growths []growth
	births  []birth
	bytes   []int64
	base    []int32   // of each growth: the first id of its missing repetitions' stores
	middle  [][]int32 // of each growth: the stores that its middle repetition takes, in order
	layers  []int64   // of each growth
	next    int32
	out     Sequence
	failed  bool
	steady  steady
}

// expand is the recording with every repetition written out, for given values.
// It fails where repetitions refer to each other in a way that counting births
// cannot follow; the caller then records all of them.
func (r *recording) expand(v *Values) (Sequence, bool) {
	for i, s := range r.syms.table {
		if s.derive != nil {
			v[i] = s.derive(v)
		}
	}
	groups := make([]section, len(r.groups))
	for i, g := range r.groups {
		groups[i] = section{group: g, fixed: g.recorded < 3}
	}
	f := newFolder(r, groups)
	f.growing = true
	if f.fold() != nil {
		return nil, false
	}
	x := &expander{r: r, growths: f.growths, births: make([]birth, len(r.stores)), bytes: make([]int64, len(r.classes)), next: int32(len(r.stores))}
	for i, c := range r.classes {
		x.bytes[i] = c.size.eval(v)
	}
	for i := range x.growths {
		x.measure(i, v)
	}
	x.out = make(Sequence, 0, x.length())
	x.write()
	return x.out, !x.failed
}

// measure notes the births in a growth, and makes room for those of the missing
// repetitions.
func (x *expander) measure(i int, v *Values) {
	g := &x.growths[i]
	var middle []int32
	for visit := range g.visits() {
		lo, hi := g.unitOf(visit)
		index := g.indexOf(visit)
		var n int32
		for _, e := range x.r.events[lo:hi] {
			if e.free {
				continue
			}
			x.births[e.store] = birth{growth: int32(i + 1), index: int16(index), ordinal: n}
			n++
			if int64(index) == x.recorded(g)-2 {
				middle = append(middle, e.store)
			}
		}
	}
	layers := x.r.groups[g.group-1].layers.eval(v)
	x.layers = append(x.layers, layers)
	x.middle = append(x.middle, middle)
	x.base = append(x.base, x.next)
	x.next += int32(len(middle)) * int32(layers-x.recorded(g))
}

// length is about how long the sequence will be: the last step comes twice.
func (x *expander) length() int {
	n := len(x.r.events)
	for i := range x.growths {
		g := &x.growths[i]
		lo, hi := g.unitOf(g.first)
		n += (hi - lo) * int(x.layers[i]-x.recorded(g))
	}
	return n + n/2
}

func (x *expander) recorded(g *growth) int64 { return x.r.groups[g.group-1].recorded }

// write goes over the events and the growths among them.
func (x *expander) write() {
	marks := slices.Clone(x.r.marks)
	at := 0
	plain := func(to int) {
		for ; at < to; at++ {
			for ; len(marks) > 0 && marks[0].at <= at; marks = marks[1:] {
				x.mark(marks[0])
			}
			e := x.r.events[at]
			x.add(e, e.store)
		}
	}
	for i := range x.growths {
		g := &x.growths[i]
		lo, _ := g.unitOf(0)
		plain(lo)
		for ; len(marks) > 0 && marks[0].at <= at; marks = marks[1:] {
			x.mark(marks[0])
		}
		x.grow(i)
		_, at = g.unitOf(len(g.segments)/g.unit - 1)
	}
	plain(len(x.r.events))
	for _, m := range marks {
		x.mark(m)
	}
}

func (x *expander) mark(m mark) {
	switch m.name {
	case markEmptyCache:
		x.out = append(x.out, Alloc{Phase: m.phase, Op: EmptyCache})
	case markSteady:
		if x.steady.on {
			x.steady.at, x.steady.phase = len(x.out), m.phase
			return
		}
		x.out = append(x.out, Alloc{Phase: m.phase, Op: Steady})
	case markAgain:
		x.steady = steady{on: true, from: len(x.out), at: -1}
	case markAgainEnd:
		x.again()
	}
}

func (x *expander) add(e event, id int32) {
	n := x.bytes[x.r.stores[e.store].class]
	if n == 0 {
		return
	}
	op := Take
	if e.free {
		op = Give
		if x.steady.after != nil {
			id = x.steady.nowOf(id)
		}
	}
	x.out = append(x.out, Alloc{Bytes: n, Store: id, Phase: e.phase, Op: op, On: x.r.stores[e.store].stream})
}

// grow writes a pass with its missing repetitions, beside the middle one.
func (x *expander) grow(i int) {
	g := &x.growths[i]
	middle := int(x.recorded(g)) - 2
	up := g.indexOf(1) > g.indexOf(0)
	at := -1
	for visit := range g.visits() {
		if g.indexOf(visit) == middle {
			at = visit
		}
	}
	before := at - 1 // the visit of the repetition before the middle one
	if !up {
		before = at + 1
	}
	if x.layers[i] > x.recorded(g) && (at < 0 || min(at, before) < g.first || max(at, before) >= g.first+g.n) {
		x.failed = true
		return
	}
	first, last := x.recorded(g)-1, x.layers[i]-2
	for visit := range g.visits() {
		if visit == at && !up {
			for layer := last; layer >= first; layer-- {
				x.visit(i, at, before, layer)
			}
		}
		x.visit(i, visit, before, x.layerOf(i, g.indexOf(visit)))
		if visit == at && up {
			for layer := first; layer <= last; layer++ {
				x.visit(i, at, before, layer)
			}
		}
	}
}

// layerOf is the repetition that a recorded one is.
func (x *expander) layerOf(i, index int) int64 {
	if r := x.recorded(&x.growths[i]); int64(index) == r-1 {
		return x.layers[i] - 1
	}
	return int64(index)
}

// visit writes a recorded unit as a repetition. before is the visit of the
// repetition before the middle one.
func (x *expander) visit(i, visit, before int, layer int64) {
	g := &x.growths[i]
	lo, hi := g.unitOf(visit)
	index := g.indexOf(visit)
	middle := int(x.recorded(g)) - 2
	for k := range hi - lo {
		e := x.r.events[lo+k]
		b := x.births[e.store]
		step := int64(b.index) - int64(index)
		switch {
		case b.growth == 0:
			x.add(e, e.store)
		case x.growths[b.growth-1].group != g.group && layer == x.layerOf(i, index):
			x.add(e, e.store) // of another section, seen by one repetition
		case x.acrossAll(g, b, index):
			x.add(e, e.store)
		case step < -1 || step > 1 || x.growths[b.growth-1].group != g.group:
			x.failed = true
			return
		case index == middle && step > 0:
			// The recorded neighbour is the last repetition, whose births may be
			// others: the repetition before says which of the middle's it would be.
			if layer+step == x.layers[i]-1 {
				x.add(e, e.store)
				continue
			}
			equal, _ := g.unitOf(before)
			o := x.births[x.r.events[equal+k].store]
			if o.growth == 0 || int(o.index) != middle {
				x.failed = true
				return
			}
			x.add(e, x.id(o, layer+step))
		case x.layerOf(int(b.growth-1), int(b.index)) == layer+step:
			x.add(e, e.store)
		default:
			x.add(e, x.id(b, layer+step))
		}
	}
}

// acrossAll says whether the first repetition deals with what the last has made,
// or the last with what the first has: both are recorded, however many there are.
func (x *expander) acrossAll(g *growth, b birth, index int) bool {
	if x.growths[b.growth-1].group != g.group {
		return false
	}
	first, last := min(int(b.index), index), max(int(b.index), index)
	return first == 0 && int64(last) == x.recorded(g)-1
}

// id is the counterpart in a later repetition of a store of the middle one or of
// the equal one before it.
func (x *expander) id(b birth, layer int64) int32 {
	i := int(b.growth - 1)
	recorded := x.recorded(&x.growths[i])
	switch {
	case int64(b.index) < recorded-3 || int64(b.index) > recorded-2 || layer < recorded-2 || layer > x.layers[i]-2 || int(b.ordinal) >= len(x.middle[i]):
		x.failed = true
		return 0
	case layer == recorded-2:
		return x.middle[i][b.ordinal]
	}
	return x.base[i] + b.ordinal*int32(x.layers[i]-recorded) + int32(layer-(recorded-1))
}
