package layers

import (
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Answers is an encoder-decoder in inference: the encoder reads the prompt
// once, and the decoder writes from a first token on.
type Answers struct {
	b     *Builder
	q     *Seq2Seq
	given *tape.Tensor // the encoder's token ids
	read  *tape.Tensor // its states, kept to the generation's end
}

// Answers is the model as it answers a prompt.
func (q *Seq2Seq) Answers() *Answers { return &Answers{b: q.b, q: q} }

// Prompt makes the decoder's first token and the encoder's token ids.
func (a *Answers) Prompt() []*tape.Tensor {
	b, t := a.b, a.b.T
	if b.Inference.Cache != workload.DynamicCache || b.Inference.CachePrecision != workload.CacheModel {
		b.Fail(say.Errorf("cacheImplementation %v of an encoder-decoder is not modelled yet; send dynamic in the model's own precision", b.Inference.Cache))
	}
	b.unplaced = true
	a.given = t.Input("token ids", tape.I64, b.B, b.S)
	return []*tape.Tensor{t.Input("decoder's first token", tape.I64, b.B, tape.One), a.given}
}

// Next runs the decoder on a token, before the first the encoder on the prompt.
func (a *Answers) Next(ids *tape.Tensor) *tape.Tensor {
	b, t, q := a.b, a.b.T, a.q
	if a.read == nil {
		a.read = t.Keep(q.encoder.Forward(q.shared, a.given, nil))
		b.session.seen = append(b.session.seen, a.read)
	}
	f := t.Frame(ids)
	out := f.V(q.decoder.forward(q.shared, ids, a.read, nil))
	if q.m.ScaledHead {
		out = f.V(t.MulS(out))
	}
	return f.Ret(b.logits(q.head, out))
}
