package layers

import (
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// additionalTokens are the tokens from the additional vocabulary that
// Idefics' processor writes for each image: the image between two marks.
const additionalTokens = 3

// lossOfDecoupled is what is taken of a loss that the library cannot compute.
var lossOfDecoupled = say.F("transformers 5.24 cannot compute the loss of an Idefics with additional_vocab_size above 0: it views the logits as vocab_size wide. They are taken at their own width here.")

// decoupledEmbedding is IdeficsDecoupledEmbedding: a table of further rows
// beside the vocabulary's.
type decoupledEmbedding struct {
	b          *Builder
	main, more *Embedding // more is nil if there are no further rows
	found      tape.Dim   // tokens of a batch from the further rows
}

func (b *Builder) decoupledEmbedding(leaf string, v workload.Vision, s Sizes) *decoupledEmbedding {
	e := &decoupledEmbedding{b: b}
	func() {
		defer b.freezeOwn(v.FrozenLayers)()
		e.main = b.Embedding(leaf, s.V, s.H)
	}()
	if v.AdditionalVocab > 0 {
		e.more = b.Embedding(leaf+".additional_embedding", tape.N(v.AdditionalVocab), s.H)
		e.found = b.B.Times(tape.N(additionalTokens * max(1, v.Images) * max(1, v.Tiles)))
		b.Notes = append(b.Notes, lossOfDecoupled)
	}
	b.KnownNames("model.embed_tokens.additional", "lm_head.additional") // of models without them, too
	return e
}

// Forward looks tokens up.
func (e *decoupledEmbedding) Forward(ids *tape.Tensor) *tape.Tensor {
	b, t := e.b, e.b.T
	if e.more == nil {
		return e.main.TokenEmbedding(ids)
	}
	defer t.Scope("embed_tokens")()
	f := t.Frame(ids)
	ids = f.V(t.Make("token ids", tape.I64, ids.Dims()))
	rows := f.V(t.Make("places of additional tokens", tape.I64, []tape.Dim{e.found.By(2)}, t.Make("is additional", tape.Bool, ids.Dims())))
	found := f.V(t.Make("additional tokens", tape.I64, []tape.Dim{e.found}))
	few := f.V(e.more.Forward(t.Make("rows of additional tokens", tape.I64, []tape.Dim{e.found}, found)))
	y := f.V(e.main.Forward(ids))
	y = f.Ret(t.PutRows(y, rows, few))
	if b.Train.Checkpointing && !y.Requires() {
		t.RequireGrad(y)
	}
	return y
}

// decoupledHead is IdeficsDecoupledLinear as a head.
type decoupledHead struct {
	b          *Builder
	main, more *Linear // more is nil if there are no further columns
	width      tape.Dim
}

func (b *Builder) decoupledHead(leaf string, m workload.Text, v workload.Vision, s Sizes, e *decoupledEmbedding) *decoupledHead {
	h := &decoupledHead{b: b}
	func() {
		defer b.freezeOwn(v.FrozenHead)()
		h.main = b.Head(leaf, s.H, s.V, false, m.TiedEmbeddings, e.main)
	}()
	if v.AdditionalVocab > 0 {
		h.more = b.Head(leaf+".additional_fc", s.H, tape.N(v.AdditionalVocab), false, m.TiedEmbeddings, e.more)
		h.width = b.T.Sum("Va", "vocabulary with its additional tokens", s.V, tape.N(v.AdditionalVocab))
	}
	return h
}

// Forward applies the head.
func (h *decoupledHead) Forward(x *tape.Tensor) *tape.Tensor {
	t := h.b.T
	f := t.Frame(x)
	y := f.V(h.main.Forward(x))
	if h.more == nil {
		return f.Ret(y)
	}
	more, d := f.V(h.more.Forward(x)), y.Dims()
	return f.Ret(f.Re(y, t.Cat([]tape.Dim{d[0], d[1], h.width}, y, more)))
}
