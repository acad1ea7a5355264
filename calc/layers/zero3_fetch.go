package layers

import (
	"cmp"
	"math"
	"slices"

	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// fetcher gathers parameters before a module runs, and ahead of that in the
// order of the last forward and backward; it lets go of what is not needed soon
// (PartitionedParameterCoordinator).
type fetcher struct {
	z     *zero3
	order []*called // modules in the order of their calls, forward and backward
	ready bool      // the order is complete: the second forward and backward, and all later
	step  int
	queue []use     // parameters in the order of their use, less those fetched
	uses  []use     // the same, whole
	live  int64     // elements that are gathered
	open  []*called // modules that run backward, in the order of their first fetch
}

// use is a parameter in the order of uses.
type use struct {
	q    *partitioned
	step int
}

// gather is parameters that were gathered at once.
type gather struct {
	flat    *tape.Tensor // of several parameters: all ranks' parts, one after another
	params  []*partitioned
	waiting int // of them that have not been waited for
	done    bool
}

// begin is what precedes a forward (reset_step).
func (f *fetcher) begin() {
	for _, q := range f.z.ps {
		if q.handle != nil {
			f.wait(q)
			f.release(q)
		}
	}
	if !f.ready && len(f.order) > 0 {
		f.ready = true
		for i, m := range f.order {
			for _, q := range m.params {
				f.uses = append(f.uses, use{q, i})
			}
		}
	}
	f.queue = f.uses
	for _, q := range f.z.ps {
		q.until = math.MinInt
	}
	f.step, f.live = 0, 0
}

// fetch gathers what a module needs, and some of what comes after
// (fetch_sub_module).
func (f *fetcher) fetch(m *called, forward bool) {
	if !f.ready {
		f.order = append(f.order, m)
	}
	if !forward && !slices.Contains(f.open, m) {
		f.open = append(f.open, m)
	}
	f.gather(m.params)
	for _, q := range m.params {
		q.active[m] = true
		if forward && f.z.t.Repeating() && len(f.open) > 0 && !q.p.Trainable {
			owner := f.open[len(f.open)-1]
			owner.again[q] = true
			q.active[owner] = true
		}
		if q.handle != nil {
			f.wait(q)
		}
	}
	if f.ready {
		f.ahead(m)
	}
	f.step++
}

// ahead takes a module's parameters off the queue and gathers the next ones, up
// to the prefetch bucket and to the most that may be live.
func (f *fetcher) ahead(m *called) {
	fresh := 0
	for _, q := range m.params {
		if q.until < f.step {
			fresh++
		}
	}
	for taken := map[*partitioned]bool{}; len(f.queue) > 0 && len(taken) < fresh; f.queue = f.queue[1:] {
		u := f.queue[0]
		u.q.until = u.step
		taken[u.q] = true
	}
	if f.z.s.PrefetchBucket == 0 {
		return
	}
	most := min(f.z.s.MaxLive-f.live, f.z.s.PrefetchBucket)
	var next []*partitioned
	var n int64
	for ; len(f.queue) > 0 && n < most; f.queue = f.queue[1:] {
		u := f.queue[0]
		u.q.until = max(u.q.until, u.step)
		if u.q.state == away && !slices.Contains(next, u.q) {
			next, n = append(next, u.q), n+u.q.count
		}
	}
	f.gather(next)
}

// gather issues the gather of those parameters that are away.
func (f *fetcher) gather(ps []*partitioned) {
	var list []*partitioned
	for _, q := range ps {
		if q.state == away {
			list = append(list, q)
			f.live += q.count
			q.state = inFlight
		}
	}
	if len(list) == 0 {
		return
	}
	slices.SortFunc(list, func(a, b *partitioned) int { return cmp.Compare(a.id, b.id) })
	g := &gather{params: list, waiting: len(list)}
	z, t := f.z, f.z.t
	if z.s.OverlapComm {
		defer t.On(tape.GatherStream)()
	}
	for _, q := range list {
		q.handle = g
	}
	switch {
	case z.world == 1:
		f.alone(list)
	case len(list) == 1:
		q := list[0]
		z.weights(q.p, func() {
			t.Reload(q.p, t.Make(q.p.Label, z.dt, []tape.Dim{z.wholeOf(q)}))
		})
		f.uploaded(list)
	default:
		var n int64
		for _, q := range list {
			n += q.part * z.world
		}
		z.weights(list[0].p, func() { g.flat = t.Keep(t.Make("parameters gathered at once", z.dt, []tape.Dim{tape.N(n)})) })
		f.uploaded(list)
	}
}

// alone is gathering on one rank: the part is the whole, on the card or on the
// host.
func (f *fetcher) alone(list []*partitioned) {
	z, t := f.z, f.z.t
	for _, q := range list {
		if f.onHost() {
			z.weights(q.p, func() { t.Reload(q.p, t.Make(q.p.Label, z.dt, q.p.Dims())) })
		}
	}
}

// uploaded is what a gather takes of parts that are on the host: they come to
// the card first.
func (f *fetcher) uploaded(list []*partitioned) {
	if !f.onHost() {
		return
	}
	var sizes []tape.Dim
	for _, q := range list {
		sizes = append(sizes, tape.N(q.part*f.z.dt.Size()))
	}
	f.z.t.Scratch("the rank's parts from the host", sizes...)
}

// onHost says whether the parts of parameters are in host memory.
func (f *fetcher) onHost() bool { return f.z.b.engine.Offload == workload.OffloadAll }

// wait ends a gather for one of its parameters. Several that were gathered at
// once are copied out when the first is waited for, and what they were gathered
// into stays until the last has been.
func (f *fetcher) wait(q *partitioned) {
	z, t, g := f.z, f.z.t, q.handle
	q.handle = nil
	if z.s.OverlapComm {
		defer t.On(tape.GatherStream)()
	}
	if !g.done {
		g.done = true
		for _, o := range g.params {
			o.state = there
			if g.flat != nil {
				z.weights(o.p, func() { t.Reload(o.p, t.Make(o.p.Label, z.dt, o.p.Dims())) })
			}
		}
	}
	if g.waiting--; g.waiting == 0 && g.flat != nil {
		t.Release(g.flat)
	}
}

// wholeOf is a parameter with the padding that makes its parts equal.
func (z *zero3) wholeOf(q *partitioned) tape.Dim {
	if q.part*z.world == q.count {
		return q.p.Elements()
	}
	return tape.N(q.part * z.world)
}

// letGo releases a module's parameters unless they are needed soon
// (release_sub_module).
func (f *fetcher) letGo(m *called, forward bool) {
	free := f.needless(m)
	mine := slices.Clone(m.params)
	if !forward {
		for q := range m.again {
			if !q.stays {
				free[q] = true
			}
			if !slices.Contains(mine, q) {
				mine = append(mine, q)
			}
		}
		clear(m.again)
		f.open = slices.DeleteFunc(f.open, func(o *called) bool { return o == m })
	}
	slices.SortFunc(mine, func(a, b *partitioned) int { return cmp.Compare(a.id, b.id) })
	for _, q := range mine {
		delete(q.active, m)
		if free[q] {
			f.release(q)
		}
	}
}

// needless are a module's parameters that are not used again within the reuse
// distance, nor held for a use that prefetching has passed over.
func (f *fetcher) needless(m *called) map[*partitioned]bool {
	free := map[*partitioned]bool{}
	if !f.ready {
		for _, q := range m.params {
			free[q] = true
		}
		return free
	}
	for _, q := range m.params {
		if !q.stays && q.until <= f.step {
			free[q] = true
		}
	}
	var passed int64
	for _, o := range f.order[min(f.step, len(f.order)):] {
		if passed >= f.z.s.MaxReuse || len(free) == 0 {
			break
		}
		used := o.params
		switch {
		case m.leaf: // so it looks into all modules
			used = o.within
		case o.leaf: // and others see only what is a module's own
			used = nil
		}
		for _, q := range used {
			delete(free, q)
			passed += q.count
		}
	}
	return free
}

// release lets a parameter go that no module uses.
func (f *fetcher) release(q *partitioned) {
	if q.state == there && len(q.active) == 0 {
		f.z.t.Unload(q.p)
		q.state = away
		f.live -= q.count
	}
}

// leftovers releases the modules whose backward did not end with a gradient of
// their input (release_backward_leftovers).
func (f *fetcher) leftovers() {
	for i := len(f.open) - 1; i >= 0; i-- {
		m := f.open[i]
		for _, q := range m.params {
			delete(q.active, m)
			if !q.stays {
				f.release(q)
			}
		}
		for q := range m.again {
			delete(q.active, m)
			if !q.stays {
				f.release(q)
			}
		}
		clear(m.again)
	}
	f.open = nil
}

// all lets everything go (release_and_reset_all).
func (f *fetcher) all() {
	for _, q := range f.z.ps {
		if q.handle != nil {
			f.wait(q)
		}
		clear(q.active)
		f.release(q)
	}
}
