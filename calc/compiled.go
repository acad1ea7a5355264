package calc

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// Compiled is a workload that has been written on a tape and folded: most of
// what an estimate costs. Asking it for its peak first and for all the rest
// later costs no more than asking for all. It may be used by one goroutine at a
// time.
type Compiled struct {
	asked    workload.Workload
	workload workload.Workload // as the rank that needs more sees it
	built    *layers.Builder
	program  *tape.Program
}

// Prepare compiles a workload, as the rank sees it that needs most. It fails
// where something in it is not modelled.
func Prepare(w workload.Workload) (*Compiled, error) {
	ranks := ranksOf(w)
	if len(ranks) == 1 {
		return prepare(w, ranks[0])
	}
	var worst *Compiled
	var most unit.Bytes
	for _, r := range ranks {
		c, err := prepare(w, r)
		if err != nil {
			return nil, err
		}
		n, err := c.PeakTensor()
		if err != nil {
			return nil, err
		}
		if worst == nil || n > most {
			worst, most = c, n
		}
	}
	return worst, nil
}

// prepare compiles a run of one rank.
func prepare(asked, w workload.Workload) (*Compiled, error) {
	b, p, err := compile(w)
	if err != nil {
		return nil, err
	}
	return &Compiled{asked, w, b, p}, nil
}

// PeakTensor is the most bytes of tensors alive in a workload: a lower bound
// of what Estimate gives, at a fraction of its cost. A search prunes with it.
func PeakTensor(w workload.Workload) (unit.Bytes, error) {
	c, err := Prepare(w)
	if err != nil {
		return 0, err
	}
	return c.PeakTensor()
}

// PeakTensor is the most bytes of tensors alive.
func (c *Compiled) PeakTensor() (unit.Bytes, error) {
	v := c.program.Values()
	var r tape.Result
	c.program.Eval(&v, &r)
	if r.Overflow {
		return 0, ErrTooLarge
	}
	return r.Peak[r.PeakPhase], nil
}
