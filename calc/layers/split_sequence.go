package layers

import (
	"errors"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// checkSequence refuses what sequence and loss parallelism are not written for.
// torch's parallel styles leave the plan to the caller; ours is the usual one of
// Llama-like models (torchtitan's).
func (b *Builder) checkSequence(m workload.Text) {
	how := b.Split.TensorParallel
	if !how.Sequence && !how.Loss {
		return
	}
	switch m.Family {
	case workload.Llama, workload.Mistral, workload.Qwen2:
	default:
		b.Fail(errors.New("stackOptions sequence_parallel and loss_parallel are written for Llama, Mistral and Qwen2; leave them out"))
	}
	if b.eagerly() {
		b.Fail(errors.New("sequence_parallel needs attention in a kernel; send attentionImplementation sdpa"))
	}
	if how.Sequence && b.Train.Sequence%b.Split.Ranks != 0 {
		b.Fail(errors.New("sequence_parallel cuts the sequence into equal parts: tensorParallelSize must divide sequenceLength"))
	}
}

// GivesPositions says whether a batch holds token positions: a model that is
// given a GPU's part of the tokens cannot count them itself.
func (b *Builder) GivesPositions() bool { return b.Split.Sequence || b.Ring > 1 }

// Give hands the positions of a batch to the model, until the returned function
// is called.
func (b *Builder) Give(positions *tape.Tensor) func() {
	b.places = positions
	return func() { b.places = nil }
}

// tokensHeld is how many tokens of a sample a GPU holds between the matrices.
func (b *Builder) tokensHeld() tape.Dim {
	return b.T.Fraction("tokenPart", "tokens of a sample on one GPU", b.S, b.Split.Ranks)
}

// reduced sums the GPUs' partial results of rows: each gets the whole, or its
// tokens.
func (b *Builder) reduced(x *tape.Tensor) *tape.Tensor {
	if b.Inference.On { // in place
		return x
	}
	return b.reducedRows(x)
}

// reducedRows is reduced of partial looked-up rows, which inference sums as
// training does.
func (b *Builder) reducedRows(x *tape.Tensor) *tape.Tensor {
	if b.Split.Sequence {
		return b.T.ScatterRows(x, b.tokensHeld())
	}
	return b.T.AllReduce(x)
}

// assembled is the input of a module that needs all tokens.
func (b *Builder) assembled(f *tape.Frame, x *tape.Tensor) *tape.Tensor {
	if !b.Split.Sequence {
		return x
	}
	return f.V(b.T.GatherRows(x, b.S))
}

// splitLoss is cross entropy of logits that stay cut by vocabulary.
func (b *Builder) splitLoss(f *tape.Frame, head *Linear, hidden, labels *tape.Tensor) *tape.Tensor {
	t := b.T
	defer t.As(memory.Logits)()
	logits := f.Re(hidden, b.logits(head, hidden))
	defer t.Scope("loss")()
	d := labels.Dims()
	targets := f.V(t.Make("padded labels", tape.I64, []tape.Dim{d[0], b.plusOne(d[1])}))
	if !d[0].IsOne() {
		targets = f.Re(targets, t.Make("shifted labels", tape.I64, d))
	}
	rows := logits.Rows()
	logits = f.Re(logits, t.To(logits, tape.F32))
	logits = f.Re(logits, t.View(logits, rows, logits.Last()))
	return t.NLLLossColumns(t.LogSoftmaxColumns(logits), t.View(targets, rows))
}
