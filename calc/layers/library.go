package layers

import (
	"errors"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// checkLibrary refuses an older release of transformers for what has not been
// written as it was there.
func (b *Builder) checkLibrary() {
	if !b.Software.Library.Old() {
		return
	}
	switch {
	case !b.aging:
		b.Fail(errors.New("older releases of transformers are modelled for LLaMA, Mistral, Qwen2, Granite and Mixtral; leave stackOptions.version out"))
	case b.padded():
		b.Fail(errors.New("sampleLengths that differ are not modelled for older releases of transformers; leave them out, or stackOptions.version"))
	case b.Software.Liger.On():
		b.Fail(errors.New("kernels of Liger are not modelled over older releases of transformers; leave stackOptions.version out"))
	case b.Inference.On || b.Train.MaxGeneration > 0:
		b.Fail(errors.New("generation is not modelled for older releases of transformers; leave stackOptions.version out"))
	}
}

// usesSDPA says whether attention is torch's own function.
func (b *Builder) usesSDPA() bool { return b.Attention.Implementation == workload.SDPA }

// repeatsHeads and copiesHeads are what older releases do before sdpa.
func (b *Builder) repeatsHeads() bool { return b.Software.Library.RepeatsHeads && b.usesSDPA() }
func (b *Builder) copiesHeads() bool  { return b.Software.Library.CopiesHeads && b.usesSDPA() }

// aged gives sdpa what older releases give it: every query head its key and
// value head, all of them contiguous. A kernel then gives its output by head.
func (b *Builder) aged(f *tape.Frame, q, k, v *tape.Tensor, h tape.Heads) (*tape.Tensor, *tape.Tensor, *tape.Tensor, tape.Heads) {
	t := b.T
	whole := h.KVHeads == h.Heads || h.KVHeads.IsOne() // not copied by repeating
	if b.repeatsHeads() && h.KVHeads != h.Heads {
		k, v = f.V(b.repeated(k, h, h.Dim)), f.V(b.repeated(v, h, h.ValueDim))
		h.KVHeads = h.Heads
	}
	if !b.copiesHeads() {
		return q, k, v, h
	}
	split := !h.Heads.IsOne() && !h.Queries.IsOne()
	if split && !h.Packed {
		q = f.V(t.Contiguous(q))
	}
	if split && whole || !b.repeatsHeads() && !h.KVHeads.IsOne() && !h.Queries.IsOne() {
		k, v = f.V(t.Contiguous(k)), f.V(t.Contiguous(v))
	}
	h.Packed = true
	return q, k, v, h
}

// agedLoss is the causal loss before 4.50: a copy of the fp32 logits of all
// tokens but the last, which one sample needs not.
func (b *Builder) agedLoss(logits, labels *tape.Tensor) *tape.Tensor {
	t := b.T
	defer t.As(memory.Logits)()
	defer t.Scope("loss")()
	f := t.Frame(logits, labels)
	d, v := labels.Dims(), logits.Last()
	short := t.Of("scored", "tokens of a sample that have a next one", d[1], func(n int64) int64 { return n - 1 })
	x := f.V(t.To(logits, tape.F32))
	shifted := t.Slice(x, d[0], short, v)
	if !d[0].IsOne() {
		shifted = t.Contiguous(shifted)
	}
	shifted = f.V(shifted)
	kept := f.V(t.Make("shifted labels", tape.I64, []tape.Dim{d[0].Times(short)}))
	shifted = f.Re(shifted, t.View(shifted, d[0].Times(short), v))
	b.returns(x)
	return f.Ret(b.overItems(t.NLLLoss(t.LogSoftmax(shifted), kept)))
}
