package calc

import (
	"errors"

	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// ErrTooLong is what Unroll gives where a run has too many allocations to be
// told one by one.
var ErrTooLong = errors.New("the run has too many allocations to be replayed one by one")

// A Run is a workload unrolled: whole steps, from the model's construction on,
// allocation by allocation.
type Run struct {
	built    *layers.Builder
	sequence tape.Sequence
}

// Unroll writes a workload out. It fails where something in it is not modelled,
// with ErrTooLarge and with ErrTooLong.
func Unroll(w workload.Workload) (*Run, error) {
	c, err := Prepare(w)
	if err != nil {
		return nil, err
	}
	p, v := c.program, c.program.Values()
	var r tape.Result
	p.Eval(&v, &r)
	switch {
	case r.Overflow:
		return nil, ErrTooLarge
	case p.Events(&v) > longestReplay:
		return nil, ErrTooLong
	}
	b, err := record(c.workload, tape.Unrolled) // every repetition, so that each store has its tensor
	if err != nil {
		return nil, err
	}
	s, ok := b.T.Sequence()
	if !ok {
		return nil, ErrTooLong
	}
	return &Run{built: b, sequence: s}, nil
}

// Requests tells every allocation of the run as the caching allocator meets
// them under a limit, 0 = none.
func (r *Run) Requests(limit unit.Bytes, tell func(tape.Request)) { r.sequence.Requests(limit, tell) }

// Tensor says what a request is for.
func (r *Run) Tensor(q tape.Request) tape.Alive { return r.built.T.Describe(q.Store) }
