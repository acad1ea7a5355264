package tape

import (
	"slices"

	"vramcalc/calc/memory"
)

const (
	// maxUnit bounds the segments of one repetition.
	maxUnit = 8
	// minPass is the fewest repetitions of a pass. What visits fewer is a
	// one-off: the last layer's output, the first layer's input.
	minPass = 3
)

// A segment is a run of events in one phase and place.
type segment struct {
	lo, hi  int // in folder.signed
	content int32
	phase   memory.Phase
	place   place
}

// A span is a run of segments that stands for a number of repetitions.
type span struct {
	lo, hi int // in folder.signed, the first repetition
	reps   int32
	grows  int16
	phase  memory.Phase
	mark   string // a span without events: the instant is read here
}

// A folder finds equal neighbours among the repetitions of sections.
//
// A pass visits the repetitions of one section in order, up or down. One visit
// is a unit of one or a few segments: a layer, or a layer and what is let go
// between it and the next. The longest run of equal units in a pass stands for
// the repetitions that were not recorded.
type folder struct {
	rec      *recording
	groups   []section
	signed   []int32 // class<<1 | free, of every event
	segments []segment
	contents map[uint64][]int32 // segments by hash of what they do
	spans    []span
	cut      *segment // last segment of the previous part, if no pass covers it
	growing  bool     // growths are kept
	growths  []growth // passes that stand for more repetitions than were recorded
}

func newFolder(r *recording, groups []section) *folder {
	return &folder{
		rec:      r,
		groups:   groups,
		signed:   make([]int32, 0, len(r.initial)+len(r.events)),
		contents: map[uint64][]int32{},
	}
}

// fold splits the events at marks and phases and folds the parts.
func (f *folder) fold() error {
	for _, id := range f.rec.initial {
		s := f.rec.stores[id]
		f.add(event{store: id, phase: memory.Load, place: s.born})
	}
	if err := f.flush(); err != nil {
		return err
	}
	marks := slices.Clone(f.rec.marks)
	slices.SortStableFunc(marks, func(a, b mark) int { return a.at - b.at })
	for i := 0; i <= len(f.rec.events); i++ {
		for len(marks) > 0 && marks[0].at <= i {
			m := marks[0]
			marks = marks[1:]
			if m.replayed() {
				continue
			}
			if err := f.flush(); err != nil {
				return err
			}
			f.spans = append(f.spans, span{phase: m.phase, mark: m.name})
		}
		if i == len(f.rec.events) {
			break
		}
		e := f.rec.events[i]
		if n := len(f.segments); n > 0 && f.segments[n-1].phase != e.phase {
			if err := f.flush(); err != nil {
				return err
			}
		}
		f.add(e)
	}
	return f.flush()
}

// add appends an event to the segments of the present part.
func (f *folder) add(e event) {
	code := f.rec.stores[e.store].class << 1
	if e.free {
		code |= 1
	}
	f.signed = append(f.signed, code)
	at := len(f.signed)
	if n := len(f.segments); n > 0 && f.segments[n-1].place == e.place {
		f.segments[n-1].hi = at
		return
	}
	f.segments = append(f.segments, segment{lo: at - 1, hi: at, phase: e.phase, place: e.place})
}

// flush folds the present part.
func (f *folder) flush() error {
	defer func() { f.segments = f.segments[:0] }()
	if len(f.segments) == 0 {
		return nil
	}
	for i := range f.segments {
		if f.segments[i].place.group != 0 {
			f.segments[i].content = f.intern(f.segments[i])
		}
	}
	return f.foldPart()
}

// foldPart turns the segments of one part into spans.
func (f *folder) foldPart() error {
	segs := f.segments
	var grown [maxGroups]int
	for i := 0; i < len(segs); {
		p := f.passAt(segs[i:])
		if p.visits < minPass {
			if i == 0 {
				if err := f.checkCut(segs[0]); err != nil {
					return err
				}
			}
			f.plain(segs[i])
			i++
			continue
		}
		f.cut = nil
		if f.foldPass(segs[i:i+p.unit*p.visits], p) {
			for _, s := range segs[i : i+p.unit] {
				if s.place.group != 0 {
					grown[s.place.group-1]++
				}
			}
		}
		i += p.unit * p.visits
	}
	return f.checkVisits(grown)
}

// plain appends a segment that is not folded, joining it to the one before.
func (f *folder) plain(s segment) {
	f.cut = &segment{phase: s.phase, place: s.place}
	f.emit(span{lo: s.lo, hi: s.hi, reps: 1, phase: s.phase})
}

func (f *folder) emit(s span) {
	if n := len(f.spans); n > 0 {
		if l := &f.spans[n-1]; l.mark == "" && l.reps == 1 && l.grows == 0 && s.reps == 1 && s.grows == 0 &&
			l.phase == s.phase && l.hi == s.lo {
			l.hi = s.hi
			return
		}
	}
	f.spans = append(f.spans, s)
}

// foldPass appends the spans of a pass and says whether the pass can stand
// for more repetitions: whether one run of equal units is the longest.
func (f *folder) foldPass(segs []segment, p pass) bool {
	type run struct{ first, n int }
	var runs []run
	longest, ties := 0, 0
	for i := 0; i < p.visits; {
		n := 1
		for i+n < p.visits && f.equal(segs[i*p.unit:], segs[(i+n)*p.unit:], p.unit) {
			n++
		}
		switch {
		case len(runs) > 0 && n == runs[longest].n:
			ties++
		case len(runs) > 0 && n > runs[longest].n:
			longest, ties = len(runs), 0
		}
		runs = append(runs, run{i, n})
		i += n
	}
	grows := runs[longest].n >= 2 && ties == 0
	for k, r := range runs {
		at := r.first * p.unit
		s := span{lo: segs[at].lo, hi: segs[at+p.unit-1].hi, reps: int32(r.n), phase: segs[at].phase}
		if grows && k == longest {
			s.grows = p.group
			if f.growing {
				f.growths = append(f.growths, growth{segments: slices.Clone(segs), unit: p.unit, group: p.group, first: r.first, n: r.n})
			}
		}
		f.emit(s)
	}
	return grows
}

// equal compares two units.
func (f *folder) equal(a, b []segment, unit int) bool {
	for i := range unit {
		if a[i].place.group == 0 {
			if !slices.Equal(f.signed[a[i].lo:a[i].hi], f.signed[b[i].lo:b[i].hi]) {
				return false
			}
		} else if a[i].content != b[i].content {
			return false
		}
	}
	return true
}
