package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// BLIP2 is Blip2ForConditionalGeneration: the queries of a Q-Former, projected,
// stand in the sequence of a language model, an OPT or a T5.
type BLIP2 struct {
	b       *Builder
	v       workload.Vision
	queries *tape.Param
	tower   *Tower
	former  *qFormer
	project *Linear
	decoder *OPT
	both    *Seq2Seq
}

// BLIP2 declares the model.
func (b *Builder) BLIP2(m workload.Text, v workload.Vision, frozen int64, parts Parts) *BLIP2 {
	g := &BLIP2{b: b, v: v}
	b.InputsFirst = true
	width := b.T.Symbol("hq", "hidden size of the Q-Former", v.QFormerHidden)
	parts.Join(func() { g.queries = b.Weight("query_tokens", tape.One, tape.N(v.Queries), width) })
	parts.Vision(func() {
		defer b.In("vision_model")()
		g.tower = b.Tower(v, v.Layers)
	})
	parts.Join(func() {
		g.former = b.qFormer(v, g.tower.s.H)
		g.project = b.Linear("language_projection", width, b.T.Symbol("h", "hidden size", m.Hidden), true)
	})
	parts.Text(func() {
		defer b.In("language_model")()
		if m.Family == workload.T5 {
			g.both = b.T5Of(g.Tokens(), m, frozen)
			return
		}
		g.decoder = b.OPT(m, frozen)
	})
	return g
}

// Tokens is the length of the sequence: text and queries.
func (g *BLIP2) Tokens() tape.Dim {
	return g.b.T.Sum("T", "tokens of text and images", g.b.S, tape.N(g.v.Queries*max(1, g.v.Images)))
}

// Labels is the length of the labels: the sequence's, or the decoder's.
func (g *BLIP2) Labels() tape.Dim {
	if g.both != nil {
		return g.b.Target()
	}
	return g.Tokens()
}

// Loss runs the model. The caller's frame holds the inputs.
func (g *BLIP2) Loss(ids, labels, pixels *tape.Tensor) *tape.Tensor {
	b, t := g.b, g.b.T
	f := t.Frame(ids, labels, pixels)
	features := f.V(g.images(f, pixels))
	x := f.V(g.embedded(ids))
	tokens := f.V(t.Make("tokens", tape.I64, ids.Dims()))
	features = f.V(t.To(features, x.DType()))
	mask := f.V(t.Make("is an image", tape.Bool, ids.Dims()))
	x = f.Re(x, t.MaskedScatter(x, mask, features))
	if g.both != nil {
		return f.Ret(g.both.Answer(x, tokens, labels))
	}
	logits := f.V(g.decoder.Answer(x, tokens))
	logits = f.V(t.Slice(logits, logits.Dims()...))
	return f.Ret(b.CausalLoss(logits, labels))
}

func (g *BLIP2) embedded(ids *tape.Tensor) *tape.Tensor {
	if g.both != nil {
		return g.both.Embedded(ids)
	}
	return g.decoder.Embedded(ids)
}

// images is get_image_features. What its output holds stays in the caller's
// frame.
func (g *BLIP2) images(outer *tape.Frame, pixels *tape.Tensor) *tape.Tensor {
	t := g.b.T
	defer t.As(memory.ImageFeatures)()
	f := t.Frame(pixels)
	seen := g.tower.Forward(pixels)
	image := outer.V(seen.Last)
	outer.V(seen.Pooled)
	s := g.tower.s
	f.V(t.Make("image tokens", tape.I64, []tape.Dim{s.Images, s.Tokens}))
	leave := t.As(memory.CrossModalAttention)
	queries := f.V(t.Expand(g.queries.T(), s.Images, g.former.queries, g.former.width))
	last, pooled := g.former.Forward(queries, image)
	last = outer.V(last)
	outer.V(pooled)
	leave()
	y := f.V(t.To(last, image.DType()))
	return f.Ret(f.V(g.project.Forward(y)))
}
