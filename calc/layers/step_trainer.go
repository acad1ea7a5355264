package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// feed hands micro-batches to the steps. A plain loop makes each when its turn
// comes and lets it go after forward. transformers' Trainer puts those of a
// whole step on the card before the first (Trainer.get_batch_samples), each
// with a mask of its tokens, and holds them until the next step's are there.
type feed struct {
	b      *Builder
	m      Model
	micros int // micro-batches that are recorded
	held   [][]*tape.Tensor
	masks  []*tape.Tensor
	rest   []*tape.Tensor // of the micro-batches that are not recorded, and the step's scalars
}

func (b *Builder) newFeed(m Model, micros int) *feed { return &feed{b: b, m: m, micros: micros} }

// next makes the step's batches, then lets the last step's go.
func (f *feed) next() {
	b := f.b
	if !b.Software.Trainer {
		return
	}
	b.T.Phase(memory.Load)
	old := *f
	f.held, f.masks, f.rest = nil, nil, nil
	for range f.micros {
		f.held = append(f.held, f.keep(f.m.Batch()...))
		if b.TakesMask {
			f.masks = append(f.masks, f.keep(b.tokenMaskInput())...)
		}
	}
	f.others()
	old.release()
}

// others are the micro-batches that repeat a recorded one, in one piece, and
// what the loop keeps of the step: the sum of losses and the number of labels.
func (f *feed) others() {
	b := f.b
	each := []tape.Dim{b.B, b.S}
	if n := b.Train.AccumulationSteps - int64(f.micros); n > 0 {
		tensors := int64(len(f.held[0]) + len(f.masks)/f.micros)
		f.rest = f.keep(b.T.Input("other micro-batches", tape.I64, append([]tape.Dim{tape.N(n * tensors)}, each...)...))
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
		return f.b.T.Frame(f.m.Batch()...)
	}
	if f.masks != nil {
		f.b.tokens = f.masks[micro]
	}
	return f.b.T.Frame(f.held[micro]...)
}

// end lets the last step's batches go.
func (f *feed) end() {
	f.b.tokens = nil
	f.release()
}

func (f *feed) release() {
	for _, xs := range f.held {
		f.b.T.Release(xs...)
	}
	f.b.T.Release(f.masks...)
	f.b.T.Release(f.rest...)
}

// tokenMaskInput is a tokenizer's attention_mask.
func (b *Builder) tokenMaskInput() *tape.Tensor {
	return b.T.Input("attention mask", tape.I64, b.B, b.S)
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
	if b.returned.DType() != tape.F32 {
		t.NoGrad(func() { t.Done(t.To(b.returned, tape.F32)) })
	}
	t.Release(b.returned)
	b.returned = nil
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
