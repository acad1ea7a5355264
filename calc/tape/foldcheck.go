package tape

import (
	"fmt"
	"slices"
)

// checkVisits demands that the unrecorded repetitions of every group are
// visited as often as every recorded one in the middle is.
func (f *folder) checkVisits(grown [maxGroups]int) error {
	for g := range f.groups {
		s := &f.groups[g]
		if s.fixed {
			continue
		}
		visits := make([]int, s.recorded)
		for _, seg := range f.segments {
			if seg.place.group == int16(g+1) && int64(seg.place.index) < s.recorded {
				visits[seg.place.index]++
			}
		}
		if need := slices.Min(visits[1 : s.recorded-1]); need != grown[g] {
			if err := f.fix(s, fmt.Sprintf("its repetitions differ in %s: no run of equal neighbours is the longest", f.segments[0].phase)); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkCut refuses a mark or a change of phase amid a pass.
func (f *folder) checkCut(next segment) error {
	last := f.cut
	if last == nil || last.place.group == 0 || last.place.group != next.place.group {
		return nil
	}
	s := &f.groups[last.place.group-1]
	if d := last.place.index - next.place.index; s.fixed || (d != 1 && d != -1) {
		return nil
	}
	return f.fix(s, fmt.Sprintf("a mark or the begin of %s is amid its repetitions", next.phase))
}

// fix ties a group to its recorded repetitions, if these are all.
func (f *folder) fix(s *section, why string) error {
	v := f.rec.syms.present()
	if s.layers.eval(&v) != s.recorded {
		return fmt.Errorf("section %q: %s", s.name, why)
	}
	s.fixed = true
	return nil
}
