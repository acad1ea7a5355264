package layers

import (
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// This file is the step of a multimodal model after its prompt: text alone, for
// images are in the cache.

// textStep looks a token up and runs the language model.
func (b *Builder) textStep(lm languageModel, ids *tape.Tensor) *tape.Tensor {
	f := b.T.Frame(ids)
	x := f.V(lm.Embedded(ids))
	hidden := f.V(lm.HiddenOf(x))
	return f.Ret(lm.Logits(hidden))
}

// Step gives the logits after a token.
func (l *LLaVA) Step(ids *tape.Tensor) *tape.Tensor { return l.b.textStep(l.lm, ids) }

// Step gives the logits after a token.
func (l *LLaVANext) Step(ids *tape.Tensor) *tape.Tensor { return l.b.textStep(l.lm, ids) }

// Step gives the logits after a token.
func (l *Mistral3) Step(ids *tape.Tensor) *tape.Tensor { return l.b.textStep(l.lm, ids) }

// Step gives the logits after a token.
func (l *InternVL) Step(ids *tape.Tensor) *tape.Tensor { return l.b.textStep(l.lm, ids) }

// Step gives the logits after a token.
func (g *Idefics2) Step(ids *tape.Tensor) *tape.Tensor { return g.b.textStep(g.lm, ids) }

// Step gives the logits after a token.
func (g *SmolVLM) Step(ids *tape.Tensor) *tape.Tensor { return g.b.textStep(g.lm, ids) }

// Step gives the logits after a token.
func (p *PaliGemma) Step(ids *tape.Tensor) *tape.Tensor {
	return p.b.textStep(rotaryLanguage{p.lm}, ids)
}

// Step gives the logits after a token.
func (g *Gemma3VL) Step(ids *tape.Tensor) *tape.Tensor {
	return g.b.textStep(rotaryLanguage{g.lm}, ids)
}

// Step gives the logits after a token, at a position in time, height and width.
func (q *QwenVL) Step(ids *tape.Tensor) *tape.Tensor {
	t, d := q.b.T, ids.Dims()
	f := t.Frame(ids)
	x := f.V(q.lm.Embedded(ids))
	positions := f.V(t.Make("positions in three dimensions", tape.I64, []tape.Dim{tape.N(3), d[0], d[1]}))
	hidden := f.V(q.lm.statesAt(x, positions, q.deep == nil, nil))
	return f.Ret(q.lm.Logits(hidden))
}

// Step gives the logits after a token, which sees the tiles that the last did.
func (l *Mllama) Step(ids *tape.Tensor) *tape.Tensor {
	b, t, d := l.b, l.b.T, ids.Dims()
	if b.Inference.Cache != workload.DynamicCache || b.Inference.CachePrecision != workload.CacheModel {
		b.Fail(say.Errorf("cacheImplementation %v of a model with cross-attention to images is not modelled yet; send dynamic in the model's own precision", b.Inference.Cache))
	}
	f := t.Frame(ids)
	tiles := f.V(t.Make("tiles that the token sees", tape.I64, []tape.Dim{d[0], tape.One, tape.N(max(1, l.v.Images)), l.tower.s.tiles}))
	mask, rows := l.crossMask(tiles)
	l.images.states, l.images.mask, l.images.rows = nil, f.V(mask), f.V(rows)
	hidden := f.V(l.text(ids))
	return f.Ret(b.logits(l.head, hidden))
}

// outputs binds what a model's output holds of its tower's, for as long as the
// frame runs. A generation runs the tower once and keeps its outputs to its end.
func (b *Builder) outputs(f *tape.Frame, held []*tape.Tensor) {
	if b.session != nil {
		b.session.seen = append(b.session.seen, held...)
		return
	}
	for _, x := range held {
		f.V(x)
		b.T.Release(x)
	}
}
