package layers

import (
	"fmt"
	"math"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// zero3 is DeepSpeed's engine with ZeRO stage 3: every parameter is cut into
// equal parts, one a rank, and gathered around the modules that use it
// (deepspeed/runtime/zero/stage3.py, partitioned_param_coordinator.py,
// partition_parameters.py).
//
// Which parameters are gathered at an instant depends on their sizes and on the
// order of calls, so all layers are recorded.
type zero3 struct {
	b     *Builder
	t     *tape.Tape
	dt    tape.DType
	world int64
	s     workload.ZeRO

	ps    []*partitioned // in the model's order
	of    map[*tape.Param]*partitioned
	kept  []*partitioned // small ones, gathered from step to step
	grads *tape.Tensor   // this rank's parts of all gradients
	norm  []*tape.Tensor // norms that are kept
	opt   *optimizer
	last  bool // micro-batch before the step

	checked bool // that every parameter is gathered

	groups [][]*partitioned // that are updated together
	copies []*tape.Param    // fp32 copies of this rank's parts of each group
	fetcher
	calls
	filled struct { // the reduction bucket
		params   []*partitioned
		elements int64
	}
	bucket *tape.Tensor
}

// partitioned is a parameter of which a rank keeps a part.
type partitioned struct {
	p      *tape.Param
	id     int
	count  int64 // elements
	part   int64 // elements of a rank's part
	copy   int   // which of the layers that are recorded as one, all of whose names are the same
	stays  bool  // gathered from step to step
	inLeaf bool  // of a module that is fetched as a whole
	hooked bool  // some module that is called has it
	state  gathered
	active map[*called]bool // modules that use it now
	until  int              // the last step for which it has been fetched
	handle *gather          // in flight
}

// gathered is whether a parameter is there.
type gathered uint8

const (
	away     gathered = iota
	inFlight          // its gather has been issued
	there
)

// newZero3 cuts the model's parameters.
func (b *Builder) newZero3() *zero3 {
	t := b.T
	z := &zero3{
		b: b, t: t, dt: b.Weights, world: b.engine.DataParallel(), s: b.Software.ZeRO,
		of: map[*tape.Param]*partitioned{}, opt: b.newOptimizer(),
	}
	t.LinearFunction = true
	copies := map[string]int{}
	for _, p := range t.Params {
		if p.Kind == tape.Buffer {
			continue
		}
		n := t.Present(p.Elements())
		q := &partitioned{p: p, id: len(z.ps), count: n, part: (n + z.world - 1) / z.world, stays: n <= z.s.Persistence, active: map[*called]bool{}, until: math.MinInt}
		section, index := p.Repetition()
		name := fmt.Sprint(p.Name, " ", section, " ", index)
		q.copy = copies[name]
		copies[name]++
		z.ps = append(z.ps, q)
		z.of[p] = q
		if q.stays {
			z.kept = append(z.kept, q)
		}
	}
	z.cut()
	z.fetcher.z, z.calls.z = z, z
	return z
}

// trainedParts are the parameters that are trained.
func (z *zero3) trainedParts() []*partitioned {
	var out []*partitioned
	for _, q := range z.ps {
		if q.p.Trainable {
			out = append(out, q)
		}
	}
	return out
}

// cut makes what a rank keeps: its parts of the trained parameters in one
// buffer, those of frozen ones one by one, fp32 copies, its parts of the
// gradients, and the reduction bucket.
func (z *zero3) cut() {
	t := z.t
	offload := z.b.engine.Offload
	trained := z.trainedParts()
	var parts int64
	for _, q := range trained {
		parts += q.part
	}
	d := t.Symbol("P_part", "elements of the rank's parts of all trained parameters", parts)
	for _, q := range z.ps {
		t.Unload(q.p)
		t.Keeps(q.p, offload != workload.OffloadAll, tape.N(q.part*z.dt.Size()))
		if !q.p.Trainable && offload != workload.OffloadAll {
			z.weights(q.p, func() { t.Keep(t.Make(q.p.Label+" (part)", z.dt, []tape.Dim{z.partOf(q)})) })
		}
	}
	if len(trained) == 0 {
		return
	}
	if offload != workload.OffloadAll {
		z.weights(trained[0].p, func() { t.Keep(t.Make("parts of the parameters", z.dt, []tape.Dim{d})) })
	}
	z.groups = z.grouped(trained, parts)
	if offload == workload.NoOffload {
		for _, g := range z.groups {
			var n int64
			for _, q := range g {
				n += q.part
			}
			size := d
			if len(z.groups) > 1 {
				size = tape.N(n)
			}
			z.copies = append(z.copies, t.Copy("fp32 copy of the rank's parts", tape.F32, size))
		}
	}
	if z.s.Contiguous {
		n := t.Symbol("bucket", "reduce_bucket_size, elements", z.s.ReduceBucket)
		z.gradients(func() { z.bucket = t.Keep(t.Make("reduction bucket", z.dt, []tape.Dim{n})) })
	}
	if offload == workload.NoOffload {
		z.gradients(func() { z.grads = t.Keep(t.Make("gradients of the rank's parts", z.dt, []tape.Dim{d})) })
		func() {
			defer t.As(memory.Temporaries)()
			t.Keep(t.Make("whether a gradient is not finite", tape.Bool, []tape.Dim{tape.One}))
		}()
	}
	z.hosted(parts)
}

// grouped splits the trained parameters into groups that are updated one after
// another (_create_fp16_sub_groups).
func (z *zero3) grouped(trained []*partitioned, parts int64) [][]*partitioned {
	if z.s.SubGroup >= parts {
		return [][]*partitioned{trained}
	}
	var out [][]*partitioned
	var group []*partitioned
	var n int64
	for i, q := range trained {
		group, n = append(group, q), n+q.part
		if n >= z.s.SubGroup || i == len(trained)-1 {
			out = append(out, group)
			group, n = nil, 0
		}
	}
	return out
}

// hosted counts what the host holds: with the optimizer there, fp32 copies,
// gradients and states, and gradients in the parameters' type; with the
// parameters there, the rank's parts of them.
func (z *zero3) hosted(parts int64) {
	h, b := &z.b.onHost, z.b
	switch b.engine.Offload {
	case workload.OffloadAll:
		for _, q := range z.ps {
			h.add(q.part * z.dt.Size())
		}
		fallthrough
	case workload.OffloadOptimizer:
		h.add(parts * (2*tape.F32.Size() + b.hostStates() + z.dt.Size()))
	}
}

// partOf is the part of a parameter that a rank keeps, as a symbol where the
// ranks divide it.
func (z *zero3) partOf(q *partitioned) tape.Dim { return tape.N(q.part) }

// weights runs f while what is made counts as the component of a parameter.
func (z *zero3) weights(p *tape.Param, f func()) {
	defer z.t.As(p.Component)()
	f()
}

func (z *zero3) gradients(f func()) {
	defer z.t.As(memory.GradientStorage)()
	f()
}

// micro is what the engine does with one micro-batch.
func (z *zero3) micro(m Model, batch *tape.Frame, last bool) {
	z.last = last
	z.begin()
	z.calls.forward, z.back, z.again = nil, nil, nil
	z.t.OnGrad(z.arrived)
	z.b.forwardBackwardOf(m, batch, last, z.scaled, func() {
		z.reduce()
		z.leftovers()
	})
	z.checkGathered()
	z.t.OnGrad(nil)
}

// scaled is the loss over the micro-batches of a step, times the loss scale.
func (z *zero3) scaled(f *tape.Frame, loss *tape.Tensor) *tape.Tensor {
	part := f.V(z.t.MulS(loss))
	return f.V(z.t.MulS(part))
}
