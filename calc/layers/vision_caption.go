package layers

import (
	"errors"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// BLIP is BlipForConditionalGeneration: a tower and a BERT that decodes, with
// cross-attention to the image in every layer.
type BLIP struct {
	b             *Builder
	m             workload.Text
	s             Sizes
	tower         *Tower
	words, places *Embedding
	norm          *LayerNorm
	ids           *tape.Param
	stack         *Stack
	transform     *Linear
	headNorm      *LayerNorm
	head          *Linear
}

// BLIP declares the model.
func (b *Builder) BLIP(m workload.Text, v workload.Vision, frozen int64, parts Parts) *BLIP {
	g := &BLIP{b: b, m: m, s: b.Sizes(m)}
	b.InputsFirst = true
	if b.Train.Checkpointing && b.adapters() {
		b.Fail(errors.New("gradientCheckpointing with LoRA fails in the library's BLIP, which adds to its embeddings in place; send gradientCheckpointing false"))
	}
	parts.Vision(func() {
		defer b.In("vision_model")()
		g.tower = b.Tower(v, v.Layers)
	})
	parts.Text(func() {
		defer b.In("text_decoder")()
		g.declareText(frozen, parts)
	})
	return g
}

func (g *BLIP) declareText(frozen int64, parts Parts) {
	b, m, s := g.b, g.m, g.s
	func() {
		defer b.In("bert")()
		warm := b.cool(frozen > 0)
		func() {
			defer b.In("embeddings")()
			rows := b.T.Symbol("P", "rows of the position table", m.PositionRows)
			g.words = b.Embedding("word_embeddings", s.V, s.H)
			g.places = b.Embedding("position_embeddings", rows, s.H)
			g.norm = b.LayerNorm("LayerNorm", s.H)
			g.ids = b.Buffer("position_ids", tape.I64, tape.One, rows)
		}()
		warm()
		defer b.In("encoder")()
		defer b.In("layer")()
		defer b.In("*")()
		g.stack = b.Stack("layers", s.L, m.Layers, frozen, func() Block { return b.medLayer(m, s, g.tower.s.H, parts) })
	}()
	defer b.In("cls")()
	defer b.In("predictions")()
	g.head = b.tiedHead("decoder", "bias", s.V, g.words, m)
	defer b.In("transform")()
	g.transform, g.headNorm = b.Linear("dense", s.H, s.H, true), b.LayerNorm("LayerNorm", s.H)
}

// Tokens is the length of the sequence, which holds text alone.
func (g *BLIP) Tokens() tape.Dim { return g.b.S }

// Loss runs the model. The caller's frame holds the inputs.
func (g *BLIP) Loss(ids, labels, pixels *tape.Tensor) *tape.Tensor {
	b, t := g.b, g.b.T
	f := t.Frame(ids, labels, pixels)
	leave := t.As(memory.ImageFeatures)
	seen := g.tower.Forward(pixels)
	leave()
	image := f.V(seen.Last)
	f.V(seen.Pooled)
	d := t.Frame(ids, labels)
	hidden := d.V(g.hidden(ids, image))
	logits := d.V(g.logits(hidden))
	return f.Ret(d.Ret(b.shiftedLoss(d, logits, labels)))
}

func (g *BLIP) hidden(ids, image *tape.Tensor) *tape.Tensor {
	b, t := g.b, g.b.T
	defer t.Scope("text_decoder")()
	f := t.Frame(ids, image)
	x := f.V(g.embed(ids))
	seq := ids.Dims()[1]
	mask := f.V(b.CausalMask(x.DType(), seq, seq))
	return f.Ret(g.decode(x, image, mask))
}

// decode runs the layers, whose inputs are the hidden state and the image.
func (g *BLIP) decode(x, image, mask *tape.Tensor) *tape.Tensor {
	b, t := g.b, g.b.T
	f := t.Frame(x, image, mask)
	h := f.V(x)
	leave := t.Scope("layers.*")
	for _, p := range g.stack.parts {
		t.Each(p.section, func(i int) {
			run := func(xs []*tape.Tensor) []*tape.Tensor {
				return []*tape.Tensor{p.blocks[i].Forward(xs[0], &Context{Mask: mask, Other: xs[1:]})}
			}
			h = f.Re(h, b.throughMany(p.blocks[i], []*tape.Tensor{h, image}, func(xs []*tape.Tensor) []*tape.Tensor {
				return b.checkpointedOver([]*tape.Tensor{mask}, run, xs...)
			})[0])
		})
	}
	leave()
	return f.Ret(h)
}

func (g *BLIP) embed(ids *tape.Tensor) *tape.Tensor {
	t := g.b.T
	defer t.Scope("embeddings")()
	f := t.Frame(ids)
	positions := f.V(t.View(g.ids.T(), tape.One, ids.Dims()[1]))
	x := f.V(g.words.TokenEmbedding(ids))
	p := f.V(g.places.Forward(positions))
	x = t.AddInPlace(x, p)
	y := f.V(g.norm.Forward(x))
	return f.Ret(f.Re(y, g.b.Drop(y, g.m.EmbeddingDrop)))
}

func (g *BLIP) logits(x *tape.Tensor) *tape.Tensor {
	b, t := g.b, g.b.T
	f := t.Frame(x)
	h := f.V(g.transform.Forward(x))
	h = f.Re(h, b.Act(g.m.Activation, h))
	h = f.Re(h, g.headNorm.Forward(h))
	return f.Ret(b.logits(g.head, h))
}

// shiftedLoss is the cross entropy of all tokens but the last against all
// labels but the first, in the logits' type. frame is the model's own.
func (b *Builder) shiftedLoss(frame *tape.Frame, logits, labels *tape.Tensor) *tape.Tensor {
	t, d := b.T, labels.Dims()
	defer t.As(memory.Logits)()
	defer t.Scope("loss")()
	less := t.Of("shiftedLength", "sequence length less one", d[1], func(n int64) int64 { return max(0, n-1) })
	short := []tape.Dim{d[0], less}
	if d[0].IsOne() { // one sample's slice is contiguous
		x := frame.V(t.Slice(logits, d[0], less, logits.Last()))
		return b.tokenLoss(x, frame.V(t.View(labels, short...)))
	}
	x := frame.V(t.Contiguous(t.Slice(logits, d[0], less, logits.Last())))
	y := frame.V(t.Make("shifted labels", tape.I64, short))
	return b.tokenLoss(x, y)
}
