package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// defaultLabels is transformers' num_labels.
const defaultLabels = 2

// pooledHead is a head over the first token: the pooler of BertModel and
// RobertaModel, or a sequence classifier.
type pooledHead struct {
	b       *Builder
	m       workload.Text
	dense   *Linear // pooler or the classifier's first layer; nil where there is none
	out     *Linear // class scores; nil without a classifier
	act     string  // after the first layer
	dropped int     // dropouts before the scores
}

// pooledHead declares what the run asks for in place of the masked-language-
// model head: nil if it asks for that.
func (b *Builder) pooledHead(m workload.Text, s Sizes) *pooledHead {
	h := &pooledHead{b: b, m: m, act: "tanh"}
	labels := b.labels()
	switch {
	case b.Train.Head == workload.NoHead:
		if m.Family != workload.DistilBERT && m.Family != workload.DeBERTaV2 {
			h.dense = b.pooler(m, s)
		}
	case b.Train.Head != workload.ClassificationHead:
		return nil
	case m.Family == workload.BERT:
		h.dense, h.dropped = b.pooler(m, s), 1
		h.out = b.Linear("classifier", s.H, labels, true)
	case m.Family == workload.DeBERTaV2:
		func() {
			defer b.In("pooler")()
			h.dense, h.act, h.dropped = b.Linear("dense", s.H, s.H, true), "gelu", 1
		}()
		h.out = b.Linear("classifier", s.H, labels, true)
	case m.Family == workload.RoBERTa:
		defer b.In("classifier")()
		h.dense, h.dropped = b.Linear("dense", s.H, s.H, true), 2
		h.out = b.Linear("out_proj", s.H, labels, true)
	default:
		h.dense, h.act, h.dropped = b.Linear("pre_classifier", s.H, s.H, true), "relu", 1
		h.out = b.Linear("classifier", s.H, labels, true)
	}
	return h
}

func (b *Builder) pooler(m workload.Text, s Sizes) *Linear {
	defer b.In(map[workload.Family]string{workload.BERT: "bert", workload.RoBERTa: "roberta"}[m.Family])()
	defer b.In("pooler")()
	return b.Linear("dense", s.H, s.H, true)
}

// loss is the mean cross entropy of class scores. Without a classifier it is
// the mean of the pooled output: what a caller does with it is not known, and
// takes as little.
func (h *pooledHead) loss(hidden, labels *tape.Tensor) *tape.Tensor {
	b, t := h.b, h.b.T
	defer t.As(memory.Logits)()
	f := t.Frame(hidden, labels)
	x := f.V(t.Slice(hidden, hidden.Dims()[0], hidden.Last()))
	if h.dense != nil {
		if h.dropped > 1 {
			x = f.Re(x, b.Drop(x, h.m.ResidualDrop))
		}
		x = f.Re(x, h.dense.Forward(x))
		if h.act == "gelu" { // saves its input, the others their result
			x = f.Re(x, t.Unary(h.act, x))
		} else {
			x = f.Re(x, t.UnaryResult(h.act, x))
		}
	}
	if h.out == nil {
		return f.Ret(t.Reduce(x, tape.One))
	}
	x = f.Re(x, b.Drop(x, h.m.ResidualDrop))
	scores := f.V(h.out.Forward(x))
	return f.Ret(t.NLLLoss(t.LogSoftmax(scores), labels))
}
