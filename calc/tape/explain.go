package tape

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"vramcalc/calc/memory"
	"vramcalc/calc/unit"
)

// An Explanation says what is alive at the instant of a peak.
type Explanation struct {
	Phase   memory.Phase
	Bytes   unit.Bytes // the peak; the parts and the tensors sum to it
	Parts   []Part     // by component, largest first
	Tensors []Alive    // by class, largest first
}

// A Part is what one component holds at the peak.
type Part struct {
	Component memory.Component
	Bytes     unit.Bytes
	Sum       Polynomial        // in closed form, without terms that are 0
	Values    map[string]int64  // the symbols of Sum
	Docs      map[string]string // what the symbols are
}

// Alive is a class of equal tensors at the peak.
type Alive struct {
	memory.Tensor
	Component memory.Component
}

// Explain describes the peak of the largest phase.
func (p *Program) Explain(v *Values) Explanation {
	var r Result
	p.Eval(v, &r)
	return p.ExplainPhase(v, r.PeakPhase)
}

// ExplainPhase describes the peak of one phase, the earliest instant of equal
// ones. It computes the derived symbols of v.
func (p *Program) ExplainPhase(v *Values, phase memory.Phase) Explanation {
	e := Explanation{Phase: phase}
	counts, found := p.atPeak(v, phase)
	if !found {
		return e
	}
	for cl, c := range counts {
		if a, ok := p.alive(cl, c, v); ok {
			e.Bytes = unit.Add(e.Bytes, a.Bytes)
			e.Tensors = append(e.Tensors, a)
		}
	}
	slices.SortStableFunc(e.Tensors, func(a, b Alive) int { return cmp.Compare(b.Bytes, a.Bytes) })
	e.Parts = p.parts(counts, v)
	return e
}

// Holdings are the bytes of each component at the peak of one phase. They sum
// to what Eval gives for it, at a fraction of the cost of an explanation.
func (p *Program) Holdings(v *Values, phase memory.Phase) (held [memory.Components]unit.Bytes) {
	counts, found := p.atPeak(v, phase)
	if !found {
		return held
	}
	for cl, c := range counts {
		k := &p.classes[cl]
		held[k.comp] = unit.Add(held[k.comp], unit.Mul(unit.Bytes(p.number(c, v)), unit.Bytes(k.size.eval(v))))
	}
	return held
}

// atPeak counts the stores of each class that are alive at the peak of a phase.
// It computes the derived symbols of v.
func (p *Program) atPeak(v *Values, phase memory.Phase) ([]count, bool) {
	var r Result
	var more [maxGroups]int64
	every, signed := make([]int32, len(p.sizes)), make([]int64, 2*len(p.sizes))
	for i := range every {
		every[i] = int32(i)
	}
	p.measure(v, every, signed, &more, &r)
	at, found := p.locate(phase, signed, &more)
	if !found {
		return nil, false
	}
	return p.counts(at), true
}

// number is how many stores a count stands for.
func (p *Program) number(c count, v *Values) int64 {
	n := c.fixed
	for g := range p.groups {
		n += c.per[g] * p.groups[g].layers.eval(v)
	}
	return n
}

// An instant is a position in a program: after how many codes of a block, in
// its first or its last repetition.
type instant struct {
	block int
	code  int32
	last  bool
}

// locate finds the instant of a phase's peak, as Eval does.
func (p *Program) locate(phase memory.Phase, signed []int64, more *[maxGroups]int64) (at instant, found bool) {
	now, best := unit.Bytes(0), unit.Bytes(-1)
	for i := range p.blocks {
		b := &p.blocks[i]
		if b.phase == phase && now > best {
			best, at = now, instant{block: i, code: b.start}
		}
		times := b.times(more)
		if times <= 0 || b.mark != 0 {
			continue
		}
		net, top := sum(p.codes[b.start:b.end], signed)
		rest := unit.Mul(net, unit.Bytes(times-1))
		if n := unit.Add(now, unit.Add(top, max(0, rest))); b.phase == phase && n > best {
			best, at = n, instant{block: i, code: p.topOf(b, signed, top), last: rest > 0}
		}
		now = unit.Add(now, unit.Add(net, rest))
	}
	return at, best >= 0
}

// topOf is the first code of a block after which the sum is top.
func (p *Program) topOf(b *block, signed []int64, top unit.Bytes) int32 {
	var cur int64
	for i := b.start; i < b.end; i++ {
		if cur == int64(top) {
			return i
		}
		cur += signed[p.codes[i]]
	}
	return b.end
}

// A count is a number of stores: a constant, and multiples of the repetitions
// of the groups.
type count struct {
	fixed int64
	per   [maxGroups]int64
}

// counts is how many stores of each class are alive at an instant.
func (p *Program) counts(at instant) []count {
	out := make([]count, len(p.classes))
	for i := range p.blocks[:at.block] {
		b := &p.blocks[i]
		p.count(out, b, b.end, 0)
	}
	b := &p.blocks[at.block]
	if at.last {
		p.count(out, b, b.end, -1)
	}
	for i := b.start; i < at.code; i++ {
		out[p.class[i]].fixed += sign(p.codes[i])
	}
	return out
}

// count adds a block up to a code, as often as it happens and more.
func (p *Program) count(out []count, b *block, end int32, more int64) {
	times := int64(b.reps) + more
	if b.grows != 0 {
		times -= p.groups[b.grows-1].recorded
	}
	for i := b.start; i < end; i++ {
		c, n := &out[p.class[i]], sign(p.codes[i])
		c.fixed += n * times
		if b.grows != 0 {
			c.per[b.grows-1] += n
		}
	}
}

func sign(code int32) int64 { return 1 - 2*int64(code&1) }

// alive describes the stores of a class, if there are any.
func (p *Program) alive(cl int, c count, v *Values) (Alive, bool) {
	n := p.number(c, v)
	k := &p.classes[cl]
	bytes := unit.Mul(unit.Bytes(n), unit.Bytes(k.size.eval(v)))
	if bytes == 0 {
		return Alive{}, false
	}
	return Alive{Component: k.comp, Tensor: memory.Tensor{
		Label: k.label, Shape: p.syms.shape(k.dims, v), DType: k.dtype.String(), Count: n, Bytes: bytes,
	}}, true
}

// shape prints dimensions in symbols and numbers.
func (s *symbols) shape(dims []Dim, v *Values) string {
	if len(dims) == 0 {
		return ""
	}
	symbols, numbers := make([]string, len(dims)), make([]string, len(dims))
	for i, d := range dims {
		symbols[i], numbers[i] = s.format(d), fmt.Sprint(d.eval(v))
	}
	text, n := "["+strings.Join(symbols, ", ")+"]", "["+strings.Join(numbers, ", ")+"]"
	if text == n {
		return text
	}
	return text + " = " + n
}
