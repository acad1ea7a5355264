package layers

import (
	"fmt"

	"vramcalc/calc/tape"
)

// blocks is a repetition of several layers, each checkpointed on its own.
type blocks []Block

// Forward runs the layers one after the other.
func (bs blocks) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	for _, b := range bs {
		x = b.Forward(x, c)
	}
	return x
}

// Periodic declares a stack whose kinds of layers repeat after a period. make
// declares one layer of a kind. Layers that make no whole period, at the end
// or where frozen layers end, are recorded as they are.
func (b *Builder) Periodic(name string, layers tape.Dim, count, frozen, period int64, make func(kind int) Block) *Stack {
	if period <= 1 {
		return b.Stack(name, layers, count, frozen, func() Block { return make(0) })
	}
	s := &Stack{b: b}
	frozen = min(max(0, frozen), count)
	s.periods(name, 0, frozen, period, true, make)
	s.periods(name, frozen, count, period, false, make)
	return s
}

// periods adds layers first to end, in whole periods and what remains.
func (s *Stack) periods(name string, first, end, period int64, cold bool, make func(kind int) Block) {
	b := s.b
	add := func(at, layers, times int64) {
		if times == 0 {
			return
		}
		label := fmt.Sprintf("%s %d to %d", name, at, at+layers*times-1)
		n := b.T.Symbol(fmt.Sprintf("times_%s_%d", name, at), "repetitions of "+label, times)
		p := part{section: b.T.NewSection(label, n, times)}
		warm := b.cool(cold)
		b.T.Each(p.section, func(int) {
			var bs blocks
			for i := range layers {
				bs = append(bs, b.wrapped(func() Block { return make(int((at + i) % period)) }))
			}
			p.blocks = append(p.blocks, bs)
		})
		warm()
		s.parts = append(s.parts, p)
	}
	whole := (end - first) / period
	add(first, period, whole)
	for at := first + whole*period; at < end; at++ {
		add(at, 1, 1)
	}
}
