package tape

import (
	"sync"

	"vramcalc/calc/memory"
	"vramcalc/calc/unit"
)

// stackSizes is how many distinct sizes are evaluated on the stack. Programs
// with more (convolutional networks) borrow memory from a pool.
const stackSizes = 256

// Result is what evaluation gives: bytes of tensors alive.
type Result struct {
	Start     [memory.Phases]unit.Bytes // when the phase is first entered
	Peak      [memory.Phases]unit.Bytes // the most alive in the phase, 0 if the program lacks it
	Marks     [maxMarks]unit.Bytes      // at the named instants, in the order of Program.Marks; of a name that comes again, the last
	PeakPhase memory.Phase              // the phase with the largest peak, the earliest of equals
	Overflow  bool                      // a size is beyond what is carried: the numbers are bounds, not answers
	Misfit    bool                      // a section's repetitions are not those the program was compiled for: the numbers mean nothing
}

var pool = sync.Pool{New: func() any { return new([]int64) }}

// Eval computes the derived symbols of v and with them the program's memory.
// It is total, allocates nothing, and costs about a nanosecond per recorded
// event, however often sections repeat.
func (p *Program) Eval(v *Values, out *Result) {
	n := 2 * len(p.sizes)
	if n <= 2*stackSizes {
		var buf [2 * stackSizes]int64
		p.walk(v, buf[:], out)
		return
	}
	buf := pool.Get().(*[]int64)
	if cap(*buf) < n {
		*buf = make([]int64, n)
	}
	p.walk(v, (*buf)[:n], out)
	pool.Put(buf)
}

// walk adds the events up, with scratch for the signed sizes.
func (p *Program) walk(v *Values, signed []int64, out *Result) {
	*out = Result{}
	var more [maxGroups]int64
	p.measure(v, p.used, signed, &more, out)
	var now unit.Bytes
	var seen [memory.Phases]bool
	for i := range p.blocks {
		b := &p.blocks[i]
		if !seen[b.phase] {
			seen[b.phase] = true
			out.Start[b.phase] = now
		}
		peak := &out.Peak[b.phase]
		*peak = max(*peak, now)
		if b.mark != 0 {
			out.Marks[b.mark-1] = now
			continue
		}
		net, top := sum(p.short[b.from:b.to], signed)
		times := b.times(&more)
		switch {
		case times == 1:
			*peak = max(*peak, unit.Add(now, top))
			now = unit.Add(now, net)
		case times > 1:
			rest := unit.Mul(net, unit.Bytes(times-1))
			*peak = max(*peak, unit.Add(now, unit.Add(top, max(0, rest))))
			now = unit.Add(now, unit.Add(net, rest))
		}
	}
	for ph, b := range out.Peak {
		if b > out.Peak[out.PeakPhase] {
			out.PeakPhase = memory.Phase(ph)
		}
		out.Overflow = out.Overflow || b >= unit.Saturated
	}
}

// measure fills in the derived symbols, the signed ones of sizes, and how many
// repetitions of each group there are beyond the recorded ones.
func (p *Program) measure(v *Values, sizes []int32, signed []int64, more *[maxGroups]int64, out *Result) {
	for _, i := range p.derived {
		v[i] = p.syms.table[i].derive(v)
	}
	for _, i := range sizes {
		n := p.sizes[i].eval(v)
		out.Overflow = out.Overflow || n >= maxSize
		signed[2*i], signed[2*i+1] = n, -n
	}
	for g := range p.groups {
		s := &p.groups[g]
		n := s.layers.eval(v)
		out.Overflow = out.Overflow || n >= maxSize
		more[g] = n - s.recorded
		out.Misfit = out.Misfit || more[g] < 0 || (s.fixed && more[g] != 0)
	}
}

// times is how often a block happens.
func (b *block) times(more *[maxGroups]int64) int64 {
	if b.grows == 0 {
		return int64(b.reps)
	}
	return int64(b.reps) + more[b.grows-1]
}

// sum is what codes leave alive and the most alive between them, from 0. Four
// are taken at a time, so that the processor need not wait for each addition.
func sum(codes []int32, signed []int64) (net, top unit.Bytes) {
	if len(signed) == 2*stackSizes {
		return sumFew(codes, (*[2 * stackSizes]int64)(signed))
	}
	var cur, most int64
	for len(codes) >= 4 {
		a := signed[codes[0]]
		b := a + signed[codes[1]]
		c := signed[codes[2]]
		d := c + signed[codes[3]]
		most = max(most, cur+max(a, b, b+max(c, d)))
		cur += b + d
		codes = codes[4:]
	}
	for _, c := range codes {
		cur += signed[c]
		most = max(most, cur)
	}
	return unit.Bytes(cur), unit.Bytes(most)
}

// sumFew is sum for sizes that fit the stack, whose codes need no check of
// their bounds.
func sumFew(codes []int32, signed *[2 * stackSizes]int64) (net, top unit.Bytes) {
	const within = 2*stackSizes - 1
	var cur, most int64
	for len(codes) >= 4 {
		a := signed[codes[0]&within]
		b := a + signed[codes[1]&within]
		c := signed[codes[2]&within]
		d := c + signed[codes[3]&within]
		most = max(most, cur+max(a, b, b+max(c, d)))
		cur += b + d
		codes = codes[4:]
	}
	for _, c := range codes {
		cur += signed[c&within]
		most = max(most, cur)
	}
	return unit.Bytes(cur), unit.Bytes(most)
}
