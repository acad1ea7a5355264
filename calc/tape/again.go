package tape

import (
	"slices"

	"vramcalc/calc/memory"
)

// This file writes a step out a second time, with stores of its own: what
// recording one more step would give.

// steady is a step that is like all later ones.
type steady struct {
	on    bool
	from  int // where it begins in the sequence
	at    int // where what is measured begins, -1 if it does not
	phase memory.Phase
	after map[int32]int32 // of stores that live on after it: their counterparts in the step after
}

// nowOf is the store that is there after the second step in place of one that
// was there after the first.
func (s *steady) nowOf(id int32) int32 {
	if now, ok := s.after[id]; ok {
		return now
	}
	return id
}

// again writes the step that has just been written once more. What the first
// lets go of what was there before, the second lets go of what the first has
// left. It fails where these do not correspond.
func (x *expander) again() {
	s := &x.steady
	s.on = false
	step := x.out[s.from:len(x.out):len(x.out)]
	own := make([]int32, x.next) // of stores that it takes or lets go: what they are in the second
	gone := make([]bool, x.next)
	var before []Alloc // what it lets go of that was there before
	for i := range step {
		switch a := &step[i]; {
		case a.Op == Take:
			own[a.Store] = x.next
			x.next++
		case a.Op == Give && own[a.Store] == 0:
			before = append(before, *a)
		case a.Op == Give:
			gone[a.Store] = true
		}
	}
	var left []Alloc
	s.after = map[int32]int32{}
	for i := range step {
		if a := &step[i]; a.Op == Take && !gone[a.Store] {
			left = append(left, *a)
			s.after[a.Store] = own[a.Store]
		}
	}
	if len(left) != len(before) { // every further step would leave more, or less
		x.failed = true
		return
	}
	for _, b := range before {
		i := slices.IndexFunc(left, func(a Alloc) bool { return a.Bytes == b.Bytes })
		if i < 0 {
			x.failed = true
			return
		}
		own[b.Store] = left[i].Store
		left = slices.Delete(left, i, i+1)
	}
	for i, a := range step {
		if s.from+i == s.at {
			x.out = append(x.out, Alloc{Phase: s.phase, Op: Steady})
		}
		if a.Op == Take || a.Op == Give {
			a.Store = own[a.Store]
		}
		x.out = append(x.out, a)
	}
}
