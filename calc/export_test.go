package calc

import (
	"errors"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// What tests of the folded program and of recordings need.
var (
	Compile = compile
	Record  = record
)

// Work is the products of an optimizer step of a workload.
func Work(w workload.Workload) (memory.Work, error) {
	b, p, err := compile(w)
	if err != nil {
		return memory.Work{}, err
	}
	v := p.Values()
	return p.Work(&v).Step(b.Train.AccumulationSteps), nil
}

// WorkUnrolled is Work with every repetition written out.
func WorkUnrolled(w workload.Workload) (memory.Work, error) {
	b, err := record(w, tape.Unrolled)
	if err != nil {
		return memory.Work{}, err
	}
	return b.T.WorkDone().Step(b.Train.AccumulationSteps), nil
}

// Sequence is the whole run of a workload, every repetition written out.
func Sequence(w workload.Workload) (tape.Sequence, error) {
	b, err := record(w, tape.Unrolled)
	if err != nil {
		return nil, err
	}
	steps, ok := b.T.Sequence()
	if !ok {
		return nil, errors.New("no sequence of an unrolled tape")
	}
	return steps, nil
}

// EstimateAnew is Estimate of a workload that is not remembered.
func EstimateAnew(w workload.Workload) (memory.Breakdown, error) {
	c, err := Prepare(w)
	if err != nil {
		return memory.Breakdown{}, err
	}
	return c.whole()
}

// Told is an estimate up to the allocator's replay.
func (c *Compiled) Told() (memory.Breakdown, error) {
	d, _, err := c.tell()
	return d, err
}
