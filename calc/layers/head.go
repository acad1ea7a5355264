package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// sequenceHeads are the names by which PEFT knows heads of sequence
// classifiers, which it trains beside adapters (peft's SEQ_CLS_HEAD_NAMES).
var sequenceHeads = []string{"score", "classifier"}

// decoderHead declares what a decoder ends in: the language-model head, the
// class scores of the library's GenericForSequenceClassification, or nothing.
func (b *Builder) decoderHead(leaf string, h, v tape.Dim, bias, tied bool, e *Embedding) *Linear {
	b.KnowsHeads = true
	switch b.Train.Head {
	case workload.ClassificationHead:
		old, kept := b.NoAdapters, b.KeepPrecision
		b.NoAdapters, b.KeepPrecision = true, true
		defer func() { b.NoAdapters, b.KeepPrecision = old, kept }()
		return b.Linear("score", h, b.labels(), false)
	case workload.NoHead:
		return nil
	}
	return b.Head(leaf, h, v, bias, tied, e)
}

// scoresRows says whether the head gives every row one number, its reward.
func (b *Builder) scoresRows() bool { return b.Alignment.Algorithm == workload.RewardModel }

// labels is the number of classes.
func (b *Builder) labels() tape.Dim {
	if b.scoresRows() {
		return tape.One
	}
	return b.T.Symbol("labels", "classes", max(defaultLabels, b.Train.Classes))
}

// HasTokenLabels says whether every token has a label, and not every sample.
func (b *Builder) HasTokenLabels() bool {
	return b.Train.Head != workload.ClassificationHead && b.Train.Head != workload.NoHead
}

// headLoss is the loss of a decoder from its last hidden states, in the
// caller's frame: of the head's logits, scaled or capped where the model does
// so; in one function that never holds all logits; of class scores; or, without
// a head, the mean of the hidden states, for what a caller does with them is
// not known and takes as little.
func (b *Builder) headLoss(f *tape.Frame, head *Linear, hidden, labels *tape.Tensor, scale func(logits *tape.Tensor) *tape.Tensor) *tape.Tensor {
	switch b.Train.Head {
	case workload.ClassificationHead:
		return b.classLoss(head, hidden, labels)
	case workload.NoHead:
		return b.T.Reduce(hidden, tape.One)
	}
	if b.aligning != nil && b.Alignment.Algorithm != workload.ORPO {
		return b.tokenScores(head, hidden, labels)
	}
	if b.Split.Loss {
		return b.splitLoss(f, head, hidden, labels)
	}
	switch b.Train.Loss {
	case workload.FusedLoss:
		return b.fusedLoss(head, hidden, labels)
	case workload.ChunkedLoss:
		return b.chunkedLoss(head, hidden, labels)
	}
	logits := f.V(b.logits(head, hidden))
	if scale != nil {
		logits = scale(logits)
	}
	if b.aligning != nil {
		return logits
	}
	if b.Software.Library.DropsShort && logits.DType() != tape.F32 {
		logits = f.Re(logits, b.T.To(logits, tape.F32))
	}
	return b.CausalLoss(logits, labels)
}

// classLoss is the cross entropy of class scores at the last token that is not
// padding. The model's padding token is taken to be set, as the library
// demands for more than one sample.
func (b *Builder) classLoss(head *Linear, hidden, labels *tape.Tensor) *tape.Tensor {
	t := b.T
	defer t.As(memory.Logits)()
	f := t.Frame(hidden, labels)
	d := hidden.Dims()
	tokens := []tape.Dim{d[0], d[1]}
	logits := f.V(head.Forward(hidden))
	mask := f.V(t.Make("tokens that are not padding", tape.I32, tokens, t.Make("is not padding", tape.Bool, tokens)))
	places := f.V(t.Make("token positions", tape.I32, []tape.Dim{d[1]}))
	last := f.V(t.Make("last tokens", tape.I64, d[:1], t.Make("positions that are not padding", tape.I32, tokens)))
	pooled := f.V(t.PickRows(logits, last))
	_, _ = mask, places
	if b.scoresRows() {
		return f.Ret(pooled)
	}
	return f.Ret(t.NLLLoss(t.LogSoftmax(pooled), labels))
}
