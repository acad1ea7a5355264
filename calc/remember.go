package calc

import (
	"errors"
	"fmt"
	"sync"

	"vramcalc/calc/memory"
	"vramcalc/calc/workload"
)

// mostRemembered is how many estimates are remembered, some ten kilobytes each:
// those of a few calls with their moves and searches. Whoever follows a piece of
// advice asks for a workload that was estimated a moment ago.
const mostRemembered = 256

// recent are the latest estimates of the process.
var recent = estimates{of: map[string]*remembered{}}

// errInterrupted is the answer where an estimate came to no end.
var errInterrupted = errors.New("an earlier estimate of this run failed within the program")

// estimates are results by workload, the oldest forgotten first.
type estimates struct {
	mu    sync.Mutex
	of    map[string]*remembered
	order []string // as they came
}

// remembered is an estimate that is made once, whoever asks first. Nobody
// changes it.
type remembered struct {
	once      sync.Once
	breakdown memory.Breakdown
	err       error
}

// estimate gives the estimate of a workload, which f makes where it is not
// remembered.
func (e *estimates) estimate(w workload.Workload, f func() (memory.Breakdown, error)) (memory.Breakdown, error) {
	r := e.entry(Key(w))
	r.once.Do(func() {
		r.err = errInterrupted // stays where f panics
		r.breakdown, r.err = f()
	})
	return r.breakdown, r.err
}

func (e *estimates) entry(key string) *remembered {
	e.mu.Lock()
	defer e.mu.Unlock()
	if r := e.of[key]; r != nil {
		return r
	}
	if len(e.order) == mostRemembered {
		delete(e.of, e.order[0])
		e.order = append(e.order[:0], e.order[1:]...)
	}
	r := &remembered{}
	e.of[key], e.order = r, append(e.order, key)
	return r
}

// Key tells workloads apart: equal keys are equal workloads. They hold values
// and slices of values only.
func Key(w workload.Workload) string { return fmt.Sprintf("%#v", w) }
