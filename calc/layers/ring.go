package layers

import (
	"errors"
	"fmt"

	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Share makes the part of a run that one GPU has under context parallelism: its
// tokens of each sequence. Positions come with the batch.
func Share(t workload.Train, p workload.Parallel) workload.Train {
	if p.Context > 1 {
		t.Sequence = max(1, t.Sequence/p.Context)
	}
	return t
}

// RingOver says over how many GPUs a sequence is spread (torch's experimental
// context_parallel), and refuses what is not written for it.
func (b *Builder) RingOver(m workload.Text, p workload.Parallel, whole int64) {
	if p.Context <= 1 {
		return
	}
	b.Ring = p.Context
	const halves = 2 // each GPU has one part from the front of the sequence and one from its end
	switch m.Family {
	case workload.Llama, workload.Mistral, workload.Qwen2, workload.Qwen3:
	default:
		b.Fail(fmt.Errorf("contextParallelSize %d: attention of %v in parts is not modelled; send 1", p.Context, m.Family))
	}
	if whole%(halves*p.Context) != 0 {
		b.Fail(fmt.Errorf("contextParallelSize %d cuts a sequence in %d equal parts, which %d tokens are not; send a multiple", p.Context, halves*p.Context, whole))
	}
	if b.eagerly() || b.Train.Weights() == workload.FP32 && !b.Train.IsAutocast() {
		b.Fail(errors.New("contextParallelSize is modelled for flash attention; send attentionImplementation sdpa and a 16-bit precision"))
	}
	if m.Window > 0 && m.Window < whole || b.wrapper != nil || b.Software.ZeRO.Engine || p.Tensor*p.Pipeline > 1 || b.Inference.On || b.aligning != nil {
		b.Fail(errors.New("contextParallelSize is modelled for one replica in a plain loop, without windows and without other kinds of parallelism; send numGpus equal to contextParallelSize, or 1"))
	}
}

// PositionDims is the shape of positions that a batch gives: one row for all
// samples where a sequence is spread.
func (b *Builder) PositionDims() []tape.Dim {
	if b.Ring > 1 {
		return []tape.Dim{tape.One, b.S}
	}
	return []tape.Dim{b.B, b.S}
}

// ringed is attention over all GPUs' keys, its result copied to rows.
func (b *Builder) ringed(f *tape.Frame, q, k, v *tape.Tensor, h tape.Heads) *tape.Tensor {
	t := b.T
	out := f.V(t.RingSDPA(q, k, v, h, b.Ring))
	if h.Heads.IsOne() || h.Queries.IsOne() {
		return out
	}
	return f.Re(out, t.Contiguous(t.View(out, h.Batch, h.Queries, h.Heads, h.ValueDim)))
}
