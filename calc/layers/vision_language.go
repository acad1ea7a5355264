package layers

import (
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// languageModel is a decoder that gets embeddings, image features among them.
type languageModel interface {
	Embedded(ids *tape.Tensor) *tape.Tensor
	HiddenOf(x *tape.Tensor) *tape.Tensor
	Logits(hidden *tape.Tensor) *tape.Tensor
}

// languageModel declares the language model of LLaVA's line and InternVL.
func (b *Builder) languageModel(m workload.Text, frozen int64) languageModel {
	const body = "model.language_model"
	switch m.Family {
	case workload.InternLM2:
		b.Notes = append(b.Notes, say.F("InternLM2 is code of a model repository, joined here to the tower as transformers joins other decoders. The repository's own way of joining was not measured; it may hold a few copies of the embeddings more or less for a moment"))
		return rotaryLanguage{b.RotaryDecoderIn(body, m, frozen)}
	case workload.Phi3:
		return rotaryLanguage{b.RotaryDecoderIn(body, m, frozen)}
	}
	return b.CausalIn(body, m, frozen)
}

// KnowsLanguage says whether a family is among the language models that
// LLaVA's line and InternVL are written with.
func KnowsLanguage(f workload.Family) bool {
	switch f {
	case workload.Llama, workload.Mistral, workload.Qwen2, workload.Qwen3, workload.Phi3, workload.InternLM2:
		return true
	}
	return false
}

// rotaryLanguage is a RotaryDecoder that makes its positions and masks itself.
type rotaryLanguage struct{ c *RotaryDecoder }

// Embedded looks tokens up.
func (l rotaryLanguage) Embedded(ids *tape.Tensor) *tape.Tensor { return l.c.Embedded(ids) }

// HiddenOf runs the stack and the final norm on input embeddings.
func (l rotaryLanguage) HiddenOf(x *tape.Tensor) *tape.Tensor {
	c := l.c
	f := c.b.T.Frame(x)
	seq := x.Dims()[1]
	positions := f.V(c.b.positions(seq))
	ctx := &Context{}
	c.masks(f, ctx, x.DType(), seq)
	return c.states(f, x, positions, ctx)
}

// Logits applies the head.
func (l rotaryLanguage) Logits(hidden *tape.Tensor) *tape.Tensor {
	f := l.c.b.T.Frame(hidden)
	return f.Ret(l.c.Logits(f, hidden))
}
