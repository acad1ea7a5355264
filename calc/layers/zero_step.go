package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// finish is what follows backward: gradients that have not been reduced are,
// and those of this rank's parameters are kept
// (reduce_gradients, independent_gradient_partition_epilogue).
func (z *zero) finish() {
	stage, s := z.b.engine.ZeROStage, z.settings()
	switch {
	case stage == 1 && !z.last:
		return
	case stage == 1 && !s.OverlapComm:
		for i, p := range z.ps {
			if p.Grad() != nil {
				z.collect(i)
			}
		}
	}
	z.reduce()
	for _, p := range z.before {
		z.t.ZeroGrad(p)
	}
	z.before = nil
	if !z.offloads() {
		z.keep()
	}
	z.t.Release(z.buffers...)
	z.buffers = nil
	z.t.Release(z.owned)
	z.owned = nil
	for _, p := range z.ps {
		z.t.ZeroGrad(p)
	}
}

// keep adds the gradients of this rank's parameters to those of earlier
// micro-batches; before the step the rank's share of them is picked.
func (z *zero) keep() {
	t := z.t
	var now []*tape.Tensor
	for _, i := range z.mine {
		p := z.ps[i]
		if p.Grad() == nil {
			z.gradients(func() { now = append(now, t.Keep(t.Make("gradient of nothing", z.dt, p.Dims()))) })
			continue
		}
		now = append(now, t.Keep(p.Grad()))
	}
	if z.grads == nil {
		z.grads = now
	} else {
		t.Release(now...)
	}
	if !z.last {
		return
	}
	z.slice, z.grads = z.grads, nil
	var filled int64
	for _, i := range z.mine {
		n, _ := z.touched(i)
		filled += n
	}
	if pad := z.share - filled; pad > 0 {
		z.gradients(func() { z.slice = append(z.slice, t.Keep(t.Make("padding", z.dt, []tape.Dim{tape.N(pad)}))) })
	}
}

// step updates this rank's share (DeepSpeedZeroOptimizer.step): its gradients
// are joined and cast to fp32. The update writes the parameters in place, and
// gathering what other ranks updated takes nothing.
func (z *zero) step() {
	t := z.t
	t.Phase(memory.Optimizer)
	defer t.As(memory.Temporaries)()
	if z.offloads() {
		z.hostStep()
		return
	}
	z.norms()
	flat := z.join()
	whole := flat
	if z.dt != tape.F32 {
		z.gradients(func() { whole = t.Keep(t.Make("fp32 gradients of the rank's share", tape.F32, []tape.Dim{z.size})) })
		t.Release(flat)
	}
	t.Release(z.slice...)
	z.slice = nil
	t.SetGrad(z.copy, whole)
	t.Release(whole)
	z.opt.update([]*tape.Param{z.copy})
	t.ZeroGrad(z.copy)
	t.Release(z.norm[:len(z.norm)-1]...) // the engine keeps the last, the one before until the step has run
	z.norm = z.norm[len(z.norm)-1:]
}

// join is the share's gradients in one piece: a copy unless they are.
func (z *zero) join() (flat *tape.Tensor) {
	t := z.t
	if len(z.slice) == 1 {
		return t.Keep(t.Views(z.slice[0], []tape.Dim{z.size})[0])
	}
	z.gradients(func() { flat = t.Keep(t.Make("gradients of the rank's share in one piece", z.dt, []tape.Dim{z.size})) })
	return flat
}

// double is the bytes of an fp64 number.
const double = 8

// normOf is the norm of a gradient of n elements, in fp64.
func (z *zero) normOf(n tape.Dim) *tape.Tensor {
	t := z.t
	f := t.Frame()
	defer f.End()
	f.V(t.Make("gradient in fp64", tape.U8, []tape.Dim{n.By(double)}))
	norm := t.Keep(t.Make("norm", tape.U8, []tape.Dim{tape.N(double)}))
	partial, semaphores := t.TotalScratch(n, double)
	t.Scratch("norm", partial, semaphores)
	return norm
}

// norms is the norm of the rank's gradients: each slice is cast to fp64
// (get_grad_norm_direct), then those of all ranks are joined.
func (z *zero) norms() {
	t := z.t
	var all []*tape.Tensor
	for _, i := range z.mine {
		n, whole := z.touched(i)
		d := tape.N(n)
		if whole {
			d = z.ps[i].Elements()
		}
		all = append(all, z.normOf(d))
	}
	f := t.Frame()
	total := f.V(t.Make("total norm", tape.F32, nil, t.Make("norms", tape.U8, []tape.Dim{tape.N(double * int64(len(all)))})))
	t.Release(all...)
	z.norm = append(z.norm, t.Keep(t.Make("norm of all gradients", tape.F32, nil, total)), t.Keep(t.Make("norm of all gradients, unscaled", tape.F32, nil)))
	f.End()
}
