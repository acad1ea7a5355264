package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Encoder is a bidirectional encoder with a masked-language-model head:
// BertForMaskedLM, RobertaForMaskedLM, DistilBertForMaskedLM,
// DebertaV2ForMaskedLM.
type Encoder struct {
	b         *Builder
	m         workload.Text
	s         Sizes
	words     *Embedding
	body      func(ids *tape.Tensor) *tape.Tensor // hidden states
	transform *Linear
	norm      *LayerNorm
	head      *Linear
	pooled    *pooledHead // in place of the masked-language-model head
}

// Encoder declares an encoder.
func (b *Builder) Encoder(m workload.Text, frozen int64) *Encoder {
	e := &Encoder{b: b, m: m, s: b.Sizes(m)}
	if m.Family == workload.DeBERTaV2 {
		d := b.deberta(m, e.s, frozen)
		e.words, e.body = d.words, d.Forward
	} else {
		e.bert(frozen)
	}
	b.KnowsHeads = true
	if e.pooled = b.pooledHead(m, e.s); e.pooled == nil {
		e.declareHead()
	}
	return e
}

// bert declares the body of BERT and what keeps its order of modules.
func (e *Encoder) bert(frozen int64) {
	b, m := e.b, e.m
	defer b.In(map[workload.Family]string{workload.BERT: "bert", workload.RoBERTa: "roberta", workload.DistilBERT: "distilbert"}[m.Family])()
	warm := b.cool(frozen > 0)
	embed := b.encoderEmbeddings(m, e.s)
	warm()
	name := "encoder"
	if m.Family == workload.DistilBERT {
		name = "transformer"
	}
	defer b.In(name)()
	stack := b.stackIn("layer", e.s, m.Layers, frozen, func() Block {
		if m.Family == workload.DistilBERT {
			return b.distilLayer(m, e.s)
		}
		return b.bertLayer(m, e.s)
	})
	e.words = embed.words
	e.body = func(ids *tape.Tensor) *tape.Tensor {
		t := b.T
		f := t.Frame(ids)
		x := f.V(embed.Forward(ids))
		g := t.Frame(x)
		h := stack.Forward(g, g.V(x), &Context{})
		return f.Ret(g.Ret(h))
	}
}

// declareHead declares the head: dense, activation, norm, and a decoder that
// is the embedding with a bias of its own.
func (e *Encoder) declareHead() {
	b, s := e.b, e.s
	switch e.m.Family {
	case workload.BERT, workload.DeBERTaV2:
		defer b.In("cls")()
		defer b.In("predictions")()
		e.head = b.tiedHead("decoder", "bias", s.V, e.words, e.m)
		defer b.In("transform")()
		e.transform, e.norm = b.Linear("dense", s.H, s.H, true), b.LayerNorm("LayerNorm", s.H)
	case workload.RoBERTa:
		defer b.In("lm_head")()
		e.head = b.tiedHead("decoder", "bias", s.V, e.words, e.m)
		e.transform, e.norm = b.Linear("dense", s.H, s.H, true), b.LayerNorm("layer_norm", s.H)
	default:
		e.transform, e.norm = b.Linear("vocab_transform", s.H, s.H, true), b.LayerNorm("vocab_layer_norm", s.H)
		e.head = b.tiedHead("vocab_projector", "vocab_projector.bias", s.V, e.words, e.m)
	}
}

// tiedHead is the embedding with a bias, or a matrix of its own where the
// model does not tie.
func (b *Builder) tiedHead(leaf, bias string, v tape.Dim, words *Embedding, m workload.Text) *Linear {
	l := &Linear{b: b, leaf: leaf, W: words.W, Bias: b.param(bias, tape.Bias, v)}
	if !m.TiedEmbeddings {
		d := words.W.Dims()
		l.W = b.param(leaf+".weight", tape.LinearWeight, d[0], d[1])
	}
	return l
}

// Loss is the mean cross entropy of every token, without a shift. The caller's
// frame holds ids and labels.
func (e *Encoder) Loss(ids, labels *tape.Tensor) *tape.Tensor {
	b, t := e.b, e.b.T
	f := t.Frame(ids, labels)
	hidden := f.V(e.body(ids))
	if e.pooled != nil {
		return f.Ret(e.pooled.loss(hidden, labels))
	}
	logits := f.V(e.logits(hidden))
	return f.Ret(b.tokenLoss(logits, labels))
}

// tokenLoss is cross_entropy(logits.view(−1, V), labels.view(−1)) in the
// logits' type.
func (b *Builder) tokenLoss(logits, labels *tape.Tensor) *tape.Tensor {
	if b.encoding {
		return logits
	}
	t := b.T
	defer t.As(memory.Logits)()
	defer t.Scope("loss")()
	rows := logits.Rows()
	f := t.Frame(t.View(logits, rows, logits.Last()), t.View(labels, rows))
	x := f.Args()
	b.returns(logits)
	return f.Ret(b.overItems(t.NLLLoss(t.LogSoftmax(x[0]), x[1])))
}

// logits is the head.
func (e *Encoder) logits(hidden *tape.Tensor) *tape.Tensor {
	b, t := e.b, e.b.T
	f := t.Frame(hidden)
	x := f.V(e.transform.Forward(hidden))
	x = f.Re(x, b.Act(e.m.Activation, x))
	x = f.Re(x, e.norm.Forward(x))
	return f.Ret(b.logits(e.head, x))
}
