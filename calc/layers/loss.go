package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// CausalLoss is transformers' ForCausalLMLoss: logits in fp32, labels padded
// and shifted, mean cross entropy.
func (b *Builder) CausalLoss(logits, labels *tape.Tensor) *tape.Tensor {
	if b.session != nil { // a generation wants the logits
		return logits
	}
	if b.compiles() {
		return b.compiledLoss(logits, labels)
	}
	if b.Software.Library.ShiftsLogits {
		return b.agedLoss(logits, labels)
	}
	t := b.T
	defer t.As(memory.Logits)()
	defer t.Scope("loss")()
	f := t.Frame(logits, labels)
	d := labels.Dims()
	seq := d[len(d)-1]
	rows := logits.Rows()
	x := f.V(t.To(logits, tape.F32))
	padded := f.V(t.Make("padded labels", tape.I64, []tape.Dim{d[0], b.plusOne(seq)}))
	shifted := padded
	if !d[0].IsOne() {
		shifted = f.V(t.Make("shifted labels", tape.I64, []tape.Dim{rows}))
	}
	x = f.Re(x, t.View(x, rows, logits.Last()))
	b.returns(logits)
	if b.Software.Liger.CrossEntropy {
		return f.Ret(b.overItems(t.CrossEntropyFused(x, shifted)))
	}
	return f.Ret(b.overItems(t.NLLLoss(t.LogSoftmax(x), shifted)))
}

// plusOne is S + 1.
func (b *Builder) plusOne(s tape.Dim) tape.Dim {
	if n, ok := s.Const(); ok {
		return tape.N(n + 1)
	}
	return b.T.Sum("paddedLength", "sequence length plus one", s, tape.One)
}
