package layers

import (
	"errors"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// inOneFunction says whether the run's loss takes the head's matrix instead of
// logits.
func (b *Builder) inOneFunction() bool {
	return b.Train.Loss == workload.FusedLoss || b.Train.Loss == workload.ChunkedLoss
}

// plainHead refuses a head that such a loss cannot take: it reads the matrix.
func (b *Builder) plainHead(head *Linear) bool {
	if head.A == nil && head.packed == nil && !head.transpos {
		return true
	}
	b.Fail(errors.New("lossImplementation chunked and fused take the head's own matrix, which adapters or quantization have replaced; send standard"))
	return false
}

// fusedLoss is Liger's LigerForCausalLMLoss.
func (b *Builder) fusedLoss(head *Linear, hidden, labels *tape.Tensor) *tape.Tensor {
	t := b.T
	defer t.As(memory.Logits)()
	defer t.Scope("loss")()
	f := t.Frame(hidden, labels)
	if !b.plainHead(head) {
		return f.Ret(t.Reduce(hidden, tape.One))
	}
	d := labels.Dims()
	rows := hidden.Rows()
	padded := f.V(t.Make("padded labels", tape.I64, []tape.Dim{d[0], b.plusOne(d[1])}))
	shifted := padded
	if !d[0].IsOne() {
		shifted = f.V(t.Make("shifted labels", tape.I64, []tape.Dim{rows}))
	}
	x := f.V(t.View(hidden, rows, hidden.Last()))
	pieces := b.Train.Batch*b.Train.Sequence > 1
	return f.Ret(t.FusedLinearLoss(x, head.W.T(), head.Bias.T(), shifted, pieces))
}
