package tape

import (
	"fmt"
	"slices"

	"vramcalc/calc/memory"
)

const (
	// maxGroups bounds the repeated sections of one program.
	maxGroups = 16
	// maxMarks bounds the named instants of one program.
	maxMarks = 8
	// maxBlock bounds the events of one block, so that their plain sum cannot
	// overflow: 2^18 tensors of maxSize are 2^61 bytes.
	maxBlock = 1 << 18
	// markEmptyCache names the instants at which the program gives cached
	// memory back to the card. They matter to a replay only.
	markEmptyCache = "empty_cache"
	// markSteady names the instant at which the step begins that stands for
	// all later ones. It matters to a replay only.
	markSteady = "steady"
	// markAgain and markAgainEnd enclose a step that is like the next ones. They
	// matter to a replay only.
	markAgain    = "again"
	markAgainEnd = "again end"
)

// replayed says whether a mark matters to a replay only.
func (m *mark) replayed() bool {
	switch m.name {
	case markEmptyCache, markSteady, markAgain, markAgainEnd:
		return true
	}
	return false
}

// recording is what one symbolic execution leaves.
type recording struct {
	syms    symbols
	classes []class
	stores  []store
	events  []event // in true order
	groups  []group // repeated sections
	marks   []mark  // named instants, by position
	works   []work  // products of the measured part

	before, marked int     // events and marks before the measured part
	initial        []int32 // stores alive when it begins, in order of birth
}

// measured is the recording of the measured part alone.
func (r *recording) measured() *recording {
	m := *r
	m.events, m.before, m.marked = r.events[r.before:], 0, 0
	m.marks = slices.Clone(r.marks[r.marked:])
	for i := range m.marks {
		m.marks[i].at -= r.before
	}
	return &m
}

// whole is the recording from its beginning, when nothing is alive.
func (r *recording) whole() *recording {
	m := *r
	m.before, m.marked, m.initial = 0, 0, nil
	return &m
}

// A group is a repeated section.
type group struct {
	name     string
	recorded int64 // repetitions that were recorded
	layers   Dim   // repetitions that there are
}

// A mark names the instant before an event.
type mark struct {
	name  string
	at    int
	phase memory.Phase
}

// A Program is a recorded run, folded: how its memory comes and goes in
// symbols. It is immutable, and may be evaluated by many goroutines.
type Program struct {
	syms    symbols
	derived []int32 // derived symbols, in order
	classes []class
	groups  []section
	marks   []string
	sizes   []Dim   // distinct sizes in bytes
	codes   []int32 // 2·size for a store that comes, 2·size + 1 for one that goes
	class   []int32 // class of each code
	short   []int32 // the codes of all blocks, shortened
	used    []int32 // the sizes in them
	blocks  []block
	works   []work
}

// A section is a group of a program.
type section struct {
	group
	fixed bool // holds for the recorded number of repetitions only
}

// A block is a run of codes that happens a number of times in a row.
type block struct {
	start, end int32
	from, to   int32 // in the shortened codes
	reps       int32 // repetitions that were recorded
	grows      int16 // the group plus 1 whose unrecorded repetitions it stands for, 0 if none
	phase      memory.Phase
	mark       int8 // the mark plus 1 that is read before it, 0 if none
}

// compile folds a recording into a program. It fails where a repeated section
// does not repeat, so that its unrecorded repetitions cannot be known.
func compile(r *recording) (*Program, error) {
	r = r.measured()
	p := &Program{syms: r.syms, classes: slices.Clone(r.classes), works: slices.Clone(r.works)}
	if err := p.declare(r); err != nil {
		return nil, err
	}
	f := newFolder(r, p.groups)
	if err := f.fold(); err != nil {
		return nil, err
	}
	if err := p.assemble(f.spans, f.signed); err != nil {
		return nil, err
	}
	return p, nil
}

// declare checks and takes over symbols, sections and marks.
func (p *Program) declare(r *recording) error {
	for i, s := range r.syms.table {
		if !identifier(s.name) {
			return fmt.Errorf("symbol %q: a name is letters, digits and underscores", s.name)
		}
		if s.derive != nil {
			p.derived = append(p.derived, int32(i))
		}
	}
	if len(r.groups) > maxGroups {
		return fmt.Errorf("%d repeated sections, at most %d are possible", len(r.groups), maxGroups)
	}
	v := p.syms.present()
	for _, g := range r.groups {
		layers := g.layers.eval(&v)
		if layers < g.recorded || (g.recorded < 3 && layers != g.recorded) {
			return fmt.Errorf("section %q: %d of %d repetitions recorded", g.name, g.recorded, layers)
		}
		p.groups = append(p.groups, section{group: g, fixed: g.recorded < 3})
	}
	for _, m := range r.marks {
		if !m.replayed() && !slices.Contains(p.marks, m.name) {
			p.marks = append(p.marks, m.name)
		}
	}
	if len(p.marks) > maxMarks {
		return fmt.Errorf("%d marks, at most %d are possible", len(p.marks), maxMarks)
	}
	return nil
}

// assemble writes the folded spans as blocks of codes.
func (p *Program) assemble(spans []span, signed []int32) error {
	sizeOf := p.distinctSizes()
	shorter := newShortener(p.sizes, &p.syms)
	for _, s := range spans {
		if s.reps > 1 && s.hi-s.lo > maxBlock {
			return fmt.Errorf("section %q: %d events in one repetition, at most %d are possible", p.nameOf(s.grows), s.hi-s.lo, maxBlock)
		}
		b := block{reps: s.reps, grows: s.grows, phase: s.phase}
		if s.mark != "" {
			b.mark = int8(slices.Index(p.marks, s.mark) + 1)
			b.start, b.end = int32(len(p.codes)), int32(len(p.codes))
			p.blocks = append(p.blocks, b)
			continue
		}
		for lo := s.lo; lo < s.hi; lo += maxBlock {
			b.start = int32(len(p.codes))
			for _, c := range signed[lo:min(s.hi, lo+maxBlock)] {
				if cl := c >> 1; p.classes[cl].size.c != 0 {
					p.codes = append(p.codes, sizeOf[cl]<<1|c&1)
					p.class = append(p.class, cl)
				}
			}
			b.end = int32(len(p.codes))
			b.from = int32(len(p.short))
			p.short = shorter.shorten(p.short, p.codes[b.start:b.end])
			b.to = int32(len(p.short))
			p.blocks = append(p.blocks, b)
		}
	}
	seen := make([]bool, len(p.sizes))
	for _, c := range p.short {
		if s := c >> 1; !seen[s] {
			seen[s] = true
			p.used = append(p.used, s)
		}
	}
	return nil
}

// distinctSizes collects the sizes and returns that of each class.
func (p *Program) distinctSizes() []int32 {
	of := make([]int32, len(p.classes))
	index := map[Dim]int32{}
	for i, c := range p.classes {
		k, ok := index[c.size]
		if !ok {
			k = int32(len(p.sizes))
			index[c.size] = k
			p.sizes = append(p.sizes, c.size)
		}
		of[i] = k
	}
	return of
}

func (p *Program) nameOf(group int16) string {
	if group == 0 {
		return ""
	}
	return p.groups[group-1].name
}

// present are the numbers that a recording was made with.
func (s *symbols) present() Values {
	var v Values
	for i, sym := range s.table {
		if v[i] = sym.value; sym.derive != nil {
			v[i] = sym.derive(&v)
		}
	}
	return v
}

// Values holds the numbers that the program was recorded with.
func (p *Program) Values() Values { return p.syms.present() }

// Index is the position of a base symbol in Values, -1 if the program has no
// such symbol: none was declared, or it was 1 and thereby structure.
func (p *Program) Index(name string) int {
	i, ok := p.syms.index[name]
	if !ok || p.syms.table[i].derive != nil {
		return -1
	}
	return i
}

// Marks names the instants of Result.Marks.
func (p *Program) Marks() []string { return slices.Clone(p.marks) }
