package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// wholeEngine is DeepSpeed's engine without ZeRO (stage 0): every rank keeps an
// fp32 copy of every trained parameter and updates it
// (deepspeed/runtime/fp16/unfused_optimizer.py, which serves bf16 too).
type wholeEngine struct {
	b      *Builder
	t      *tape.Tape
	ps     []*tape.Param
	copies []*tape.Param
	opt    *optimizer
}

// reducedAtOnce is after how many elements gradients are reduced
// (MEMORY_OPT_ALLREDUCE_SIZE, deepspeed/runtime/engine.py).
const reducedAtOnce = 500_000_000

func (b *Builder) newWholeEngine() *wholeEngine {
	t := b.T
	e := &wholeEngine{b: b, t: t, ps: b.trained(), opt: b.newOptimizer()}
	for _, p := range e.ps {
		t.AtParam(p, func() { e.copies = append(e.copies, t.Copy(p.Label+" (fp32 copy)", tape.F32, p.Dims()...)) })
	}
	e.cast()
	e.opt.update(e.copies) // states are made by a first step of zeros
	e.forget()
	return e
}

// trained are the parameters that are trained, in the model's order.
func (b *Builder) trained() []*tape.Param {
	var out []*tape.Param
	for _, p := range b.T.Params {
		if p.Trainable && p.Kind != tape.Buffer {
			out = append(out, p)
		}
	}
	return out
}

// cast gives every copy its gradient in fp32.
func (e *wholeEngine) cast() {
	t := e.t
	defer t.As(memory.GradientStorage)()
	for i, q := range e.copies {
		t.AtParam(e.ps[i], func() { t.SetGrad(q, t.Make(e.ps[i].Label+" (fp32)", tape.F32, q.Dims())) })
	}
}

// forget lets the copies' gradients go.
func (e *wholeEngine) forget() {
	for i, q := range e.copies {
		e.t.AtParam(e.ps[i], func() { e.t.ZeroGrad(q) })
	}
}

// micro runs one micro-batch; after the last, gradients are joined and reduced.
func (e *wholeEngine) micro(m Model, batch *tape.Frame, last bool) {
	part := func(f *tape.Frame, loss *tape.Tensor) *tape.Tensor { return f.V(e.t.MulS(loss)) }
	e.b.forwardBackwardOf(m, batch, last, part, func() {
		if last {
			e.reduce()
		}
	})
}

func (e *wholeEngine) reduce() {
	t := e.t
	joined, n := 0, int64(0)
	send := func() {
		if joined > 1 {
			t.Scratch("gradients in one piece", tape.N(n*e.b.Weights.Size()))
		}
		joined, n = 0, 0
	}
	for _, p := range e.ps {
		if p.Grad() == nil {
			func() {
				defer t.As(memory.GradientStorage)()
				t.SetGrad(p, t.Make(p.Label, p.DType(), p.Dims()))
			}()
		}
		joined, n = joined+1, n+t.Present(p.Elements())
		if n > reducedAtOnce {
			send()
		}
	}
	send()
}

// step takes the norm, casts all gradients and updates the copies.
func (e *wholeEngine) step() {
	t := e.t
	t.Phase(memory.Optimizer)
	defer t.As(memory.Temporaries)()
	for _, p := range e.ps {
		t.AtParam(p, func() { t.Scratch("gradient in fp32, for its norm", p.Elements().By(tape.F32.Size())) })
	}
	e.cast()
	e.opt.update(e.copies)
	e.forget()
	for _, p := range e.ps {
		t.ZeroGrad(p)
	}
}
