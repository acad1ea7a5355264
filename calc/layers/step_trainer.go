package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// feed hands micro-batches to the steps. A plain loop makes each when its turn
// comes and lets it go after forward. transformers' Trainer puts those of a
// whole step on the card before the first (Trainer.get_batch_samples) and holds
// them until the next step's are there.
type feed struct {
	b      *Builder
	m      Model
	micros int // micro-batches that are recorded
	held   [][]*tape.Tensor
	rest   []*tape.Tensor // of the micro-batches that are not recorded, and the step's scalars
}

func (b *Builder) newFeed(m Model, micros int) *feed { return &feed{b: b, m: m, micros: micros} }

// inputs are a micro-batch on the card. A trainer hands a model of tokens a
// mask of them, as a loop does whose samples are padded.
func (f *feed) inputs() []*tape.Tensor {
	b, xs := f.b, f.m.Batch()
	if b.flat() {
		bounds := tape.N(2 * (b.flatRow().Samples + 1)) // cu_seq_lens_q and cu_seq_lens_k
		return append(xs, b.T.Input("samples of the tokens", tape.I32, b.B, b.S), b.T.Input("bounds of the samples", tape.I32, bounds),
			b.T.Input("positions", tape.I64, b.B, b.S))
	}
	if b.TakesMask && (b.Software.Trainer || b.padded()) {
		xs = append(xs, b.T.Input("attention mask", tape.I64, b.B, b.S))
	}
	return xs
}

// next makes the step's batches, then lets the last step's go.
func (f *feed) next() {
	b := f.b
	if !b.Software.Trainer {
		return
	}
	b.T.Phase(memory.Load)
	old := *f
	f.held, f.rest = nil, nil
	for range f.micros {
		f.held = append(f.held, f.keep(f.inputs()...))
	}
	f.others()
	old.release()
}

// others are the micro-batches that repeat a recorded one, in one piece, and
// what the loop keeps of the step: the sum of losses and the number of labels.
func (f *feed) others() {
	b := f.b
	if n := b.Train.AccumulationSteps - int64(f.micros); n > 0 && !b.Software.Library.BatchByBatch {
		for _, x := range f.held[0] {
			f.rest = append(f.rest, f.keep(b.T.Input("other micro-batches", x.DType(), append([]tape.Dim{tape.N(n)}, x.Dims()...)...))...)
		}
	}
	f.rest = append(f.rest, f.keep(b.T.Input("number of labels", tape.I64, tape.One), b.T.Input("sum of losses", tape.F32, tape.One))...)
}

func (f *feed) keep(xs ...*tape.Tensor) []*tape.Tensor {
	for _, x := range xs {
		f.b.T.Keep(x)
	}
	return xs
}

// batch begins a micro-batch; the frame holds its inputs.
func (f *feed) batch(micro int) *tape.Frame {
	if !f.b.Software.Trainer {
		return f.b.T.Frame(f.inputs()...)
	}
	xs := f.held[micro]
	if f.b.flat() {
		f.b.places = xs[len(xs)-1]
	}
	return f.b.T.Frame(xs...)
}

// end lets the last step's batches go.
func (f *feed) end() {
	f.b.places = nil
	f.release()
}

func (f *feed) release() {
	for _, xs := range f.held {
		f.b.T.Release(xs...)
	}
	f.b.T.Release(f.rest...)
}

// returns notes logits that a model returns beside its loss: a trainer's
// wrapper copies them to fp32 under autocast.
func (b *Builder) returns(logits *tape.Tensor) {
	if b.Software.Trainer && b.Train.IsAutocast() && !b.encoding {
		b.returned = b.T.Keep(logits)
	}
}

// raiseOutputs is accelerate's convert_outputs_to_fp32, which the caller drops
// at once: only the loss is used.
func (b *Builder) raiseOutputs() {
	if b.returned == nil {
		return
	}
	t := b.T
	defer t.As(memory.Logits)()
	defer t.Scope("convert_outputs_to_fp32")()
	old := b.returned
	b.returned = nil
	if old.DType() == tape.F32 {
		t.Release(old)
		return
	}
	var wide *tape.Tensor
	t.NoGrad(func() { wide = t.Keep(t.To(old, tape.F32)) })
	t.Release(old, wide)
}

// overItems divides a sum of losses by the step's number of labels, as Trainer
// has models do (loss_utils.fixed_cross_entropy).
func (b *Builder) overItems(loss *tape.Tensor) *tape.Tensor {
	if !b.Software.Trainer {
		return loss
	}
	return b.T.MulS(loss)
}

// backwardHeld is backward as Trainer.training_step runs it: of a loss divided
// by the accelerator's steps, while the caller's variable holds the loss itself
// until training_step returns.
func (b *Builder) backwardHeld(loss *tape.Tensor) []*tape.Tensor {
	t := b.T
	held := t.Keep(loss)
	f := t.Frame()
	scaled := f.V(t.MulS(held))
	t.Backward(scaled, f.V(t.Make("gradient of the loss", scaled.DType(), []tape.Dim{tape.One})))
	f.End()
	t.Mark(MarkGradients)
	return []*tape.Tensor{held}
}
