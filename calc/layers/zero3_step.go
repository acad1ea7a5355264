package layers

import (
	"cmp"
	"slices"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// arrived is the hook on a parameter's gradient: it goes into the bucket, which
// is reduced first where there is no room.
func (z *zero3) arrived(p *tape.Param) {
	if q := z.of[p]; !q.inLeaf {
		z.collect(q)
	}
}

func (z *zero3) collect(q *partitioned) {
	p, f := q.p, &z.filled
	if f.elements+q.count > z.s.ReduceBucket && f.elements > 0 {
		z.reduce()
	}
	if z.s.Contiguous && f.elements+q.count <= z.s.ReduceBucket {
		z.t.GradInto(p, z.bucket)
	}
	f.params = append(f.params, q)
	f.elements += q.count
}

// reduce scatters the bucket to the ranks: its gradients are laid out anew by
// ranks, unless it is one that the ranks divide (reduce_scatter_coalesced).
func (z *zero3) reduce() {
	f, t := &z.filled, z.t
	if len(f.params) == 0 {
		return
	}
	if z.s.OverlapComm {
		defer t.On(tape.ReduceStream)()
	}
	slices.SortFunc(f.params, func(a, b *partitioned) int { return cmp.Compare(a.id, b.id) })
	contiguous := z.s.Contiguous && f.elements <= z.s.ReduceBucket && !z.s.ReduceScatter
	alone := len(f.params) == 1 && f.params[0].count%z.world == 0
	var n int64
	for _, q := range f.params {
		n += q.part * z.world
	}
	frame := t.Frame()
	if !contiguous && !alone {
		z.gradients(func() { frame.V(t.Make("gradients of the bucket by ranks", z.dt, []tape.Dim{tape.N(n)})) })
	}
	for _, q := range f.params {
		if z.b.engine.Offload != workload.NoOffload {
			z.send(q)
		}
		t.ZeroGrad(q.p)
	}
	frame.End()
	f.params, f.elements = nil, 0
}

// send gives the rank's part of a gradient to the host.
func (z *zero3) send(q *partitioned) {
	t := z.t
	defer t.As(memory.Temporaries)()
	f := t.Frame()
	defer f.End()
	f.V(t.Make("part of a gradient from the host", z.dt, []tape.Dim{tape.N(q.part)}))
	if !z.last {
		return
	}
	t.Scratch("gradient in fp64", tape.N(min(q.part, normPiece)*double))
	z.norm = append(z.norm, t.Keep(t.Make("norm", tape.U8, []tape.Dim{tape.N(double)})))
	if z.dt != tape.F32 {
		t.Scratch("fp32 gradient for the host", tape.N(q.part*tape.F32.Size()))
	}
}

// normPiece is how many elements of a gradient are cast to fp64 at once
// (_constant_buffered_norm2).
const normPiece = 250_000_000

// step updates this rank's parts, group by group, and gathers the small
// parameters that stay (DeepSpeedZeroOptimizer_Stage3.step).
func (z *zero3) step() {
	t := z.t
	t.Phase(memory.Optimizer)
	defer t.As(memory.Temporaries)()
	z.all()
	if z.b.engine.Offload == workload.NoOffload {
		z.checkFinite()
		z.norms()
		for i, g := range z.groups {
			z.update(i, g)
		}
	}
	last := max(0, len(z.norm)-1) // the engine keeps it, and the one before until the step has run
	if z.b.engine.Offload != workload.NoOffload {
		last = len(z.norm)
	}
	t.Release(z.norm[:last]...)
	z.norm = z.norm[last:]
	z.stay()
}

// checkFinite looks for infinities and what is no number among the gradients,
// under loss scaling only.
func (z *zero3) checkFinite() {
	if z.dt != tape.F16 {
		return
	}
	if z.s.OverlapComm {
		defer z.t.On(tape.ReduceStream)()
	}
	n := z.grads.Dims()[0]
	z.t.Scratch("magnitudes of the gradients, and which are infinite", n.By(z.dt.Size()), n)
	z.t.Scratch("which gradients are no numbers", n)
}

// norms takes the norm of every part, cast to fp64.
func (z *zero3) norms() {
	t := z.t
	var all []*tape.Tensor
	number := func(label string) *tape.Tensor { return t.Keep(t.Make(label, tape.U8, []tape.Dim{tape.N(double)})) }
	for _, g := range z.groups {
		for _, q := range g {
			f := t.Frame()
			d := z.partOf(q)
			f.V(t.Make("gradient in fp64", tape.U8, []tape.Dim{d.By(double)}))
			all = append(all, number("norm"))
			partial, semaphores := t.TotalScratch(d, double)
			t.Scratch("norm", partial, semaphores)
			f.End()
		}
		f := t.Frame()
		f.V(t.Make("norms", tape.U8, []tape.Dim{tape.N(double * int64(len(all)))}))
		t.Release(all...)
		all = nil
		z.norm = append(z.norm, number("norm of a group's gradients"))
		f.End()
	}
	z.norm = append(z.norm, number("norm of all gradients"), number("norm of all gradients, unscaled"))
}

// update updates one group.
func (z *zero3) update(i int, g []*partitioned) {
	t, q := z.t, z.copies[i]
	n := q.Dims()[0]
	var flat *tape.Tensor
	if len(g) == 1 {
		flat = t.Keep(t.Views(z.grads, []tape.Dim{n})[0])
	} else {
		z.gradients(func() { flat = t.Keep(t.Make("gradients of a group in one piece", z.dt, []tape.Dim{n})) })
	}
	whole := flat
	if z.dt != tape.F32 {
		z.gradients(func() { whole = t.Keep(t.Make("fp32 gradients of a group", tape.F32, []tape.Dim{n})) })
		t.Release(flat)
	}
	t.SetGrad(q, whole)
	t.Release(whole)
	z.opt.update([]*tape.Param{q})
	t.ZeroGrad(q)
}

// stay gathers the small parameters that are kept.
func (z *zero3) stay() {
	t := z.t
	f := t.Frame()
	defer f.End()
	for _, q := range z.kept {
		if z.onHost() && z.world > 1 {
			f.V(t.Make("the rank's part from the host", z.dt, []tape.Dim{tape.N(q.part)}))
		}
	}
	for _, q := range z.kept {
		q.state = there
		if z.world > 1 || z.onHost() {
			z.weights(q.p, func() { t.Reload(q.p, t.Make(q.p.Label, z.dt, []tape.Dim{z.wholeOf(q)})) })
		}
	}
}
