package tape

import "slices"

// intern numbers a segment by what it does: equal numbers mean equal
// sequences of signs and classes. The number is the position of the first
// such segment.
func (f *folder) intern(s segment) int32 {
	h := uint64(14695981039346656037)
	codes := f.signed[s.lo:s.hi]
	for _, c := range codes {
		h = (h ^ uint64(c)) * 1099511628211
	}
	known := f.contents[h]
	for i := 0; i < len(known); i += 2 {
		if slices.Equal(f.signed[known[i]:known[i+1]], codes) {
			return known[i]
		}
	}
	f.contents[h] = append(known, int32(s.lo), int32(s.hi))
	return int32(s.lo)
}

// A pass is a row of units that visit successive repetitions of a group, or of
// several that have the same number of repetitions and take turns.
type pass struct {
	unit   int   // segments of one visit
	visits int   // units in a row
	group  int16 // the first group of the unit plus 1
}

// passAt is the longest pass that begins with the first segment.
func (f *folder) passAt(segs []segment) pass {
	var best pass
	for unit := 1; unit <= maxUnit && unit*2 <= len(segs); unit++ {
		p := pass{unit: unit, group: f.together(segs[:unit])}
		if p.group == 0 {
			continue
		}
		n := 0
		var step int16
		for ; n+unit < len(segs) && follows(segs[n], segs[n+unit], &step); n++ {
		}
		if p.visits = 1 + n/unit; p.visits > best.visits {
			best = p
		}
	}
	return best
}

// together is the first group of a unit plus 1, 0 if the unit belongs to no
// group or to groups whose repetitions differ in number.
func (f *folder) together(unit []segment) int16 {
	var first int16
	for _, s := range unit {
		g := s.place.group
		switch {
		case g == 0 || g == first:
		case first == 0:
			first = g
		case f.groups[g-1].layers != f.groups[first-1].layers || f.groups[g-1].recorded != f.groups[first-1].recorded:
			return 0
		}
	}
	return first
}

// follows says whether b may be in the unit after a's. The first pair of a
// group sets the direction.
func follows(a, b segment, step *int16) bool {
	if a.place.group != b.place.group {
		return false
	}
	if a.place.group == 0 {
		return true
	}
	d := b.place.index - a.place.index
	if *step == 0 && (d == 1 || d == -1) {
		*step = d
	}
	return d != 0 && d == *step
}
