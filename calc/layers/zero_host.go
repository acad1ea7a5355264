package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/unit"
	"vramcalc/calc/workload"
)

// This file is ZeRO-Offload of stages 1 and 2: copies, states and gradients of a
// rank's share are in host memory, where the update runs.

// hostBytes is host memory that one rank's process takes.
type hostBytes struct{ host unit.Bytes }

func (h *hostBytes) add(n int64) { h.host = unit.Add(h.host, unit.Bytes(tape.ProductCap(n, 1))) }

// offloads says whether the optimizer is on the host.
func (z *zero) offloads() bool { return z.b.engine.Offload != workload.NoOffload }

// offload makes what stays on the card, a buffer as large as the largest
// parameter, and counts what the host holds of the share: fp32 copy, fp32
// gradients, states, a copy in the parameters' type, and of gradients in that
// type a buffer; under accumulation all gradients of the share's parameters.
func (z *zero) offload() {
	var largest, owned int64
	for _, n := range z.count {
		largest = max(largest, n)
	}
	for _, i := range z.mine {
		owned += z.count[i]
	}
	d := z.t.Symbol("P_largest", "elements of the largest parameter", largest)
	z.gradients(func() { z.t.Keep(z.t.Make("gradient from the host", z.dt, []tape.Dim{d})) })
	z.b.onHost.add(z.share * (2*tape.F32.Size() + z.b.hostStates() + z.dt.Size()))
	z.b.onHost.add(largest * z.dt.Size())
	if z.b.Train.AccumulationSteps > 1 && z.b.engine.ZeROStage == 2 {
		z.b.onHost.add(owned * z.dt.Size())
	}
}

// hostStates is the bytes of an element's states in DeepSpeed's host optimizers.
func (b *Builder) hostStates() int64 {
	if b.Train.Optimizer == workload.Lion {
		return tape.F32.Size()
	}
	return 2 * tape.F32.Size()
}

// send gives a reduced gradient's share to the host: its norm is taken, and it
// is cast to fp32 (set_norm_for_param_grad_in_gpu,
// async_inplace_copy_grad_to_fp32_buffer_from_gpu).
func (z *zero) send(p *tape.Param) {
	if !z.last {
		return
	}
	t := z.t
	n, whole := z.touched(z.at[p])
	d := tape.N(n)
	if whole {
		d = p.Elements()
	}
	func() {
		defer t.As(memory.Temporaries)()
		z.norm = append(z.norm, z.normOf(d))
		if z.dt != tape.F32 {
			t.Scratch("fp32 gradient for the host", d.By(tape.F32.Size()))
		}
	}()
	t.ZeroGrad(p)
}

// hostStep updates the share on the host; the parameters are copied from there.
func (z *zero) hostStep() {
	t := z.t
	t.Scratch("norm of all gradients", tape.N(tape.F32.Size()))
	t.Release(z.norm...)
	z.norm = nil
}
