package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// qFormer is Blip2QFormerModel: a BERT over learned queries, which attend to
// the image in every n-th layer. InstructBlipQFormerModel reads a text beside
// them.
type qFormer struct {
	b       *Builder
	m       workload.Text
	words   *qFormerWords // nil where it reads no text
	norm    *LayerNorm
	stack   *Stack
	queries tape.Dim
	width   tape.Dim
}

// qFormer declares the model; image is the width of the tower.
func (b *Builder) qFormer(v workload.Vision, image tape.Dim) *qFormer {
	defer b.In("qformer")()
	t := b.T
	q := &qFormer{b: b, queries: tape.N(v.Queries)}
	q.m = workload.Text{
		Hidden: v.QFormerHidden, Layers: v.QFormerLayers, Heads: v.QFormerHeads, Intermediate: v.QFormerFFN,
		Activation: workload.GELU, EmbeddingDrop: v.QFormerDrop, ResidualDrop: v.QFormerDrop, AttentionDrop: v.QFormerAttentionDrop,
	}
	s := Sizes{
		H:     t.Symbol("hq", "hidden size of the Q-Former", v.QFormerHidden),
		F:     t.Symbol("fq", "intermediate size of the Q-Former", v.QFormerFFN),
		Heads: t.Symbol("aq", "attention heads of the Q-Former", v.QFormerHeads),
		D:     t.Symbol("dq", "head dimension of the Q-Former", v.QFormerHidden/max(1, v.QFormerHeads)),
		L:     t.Symbol("Lq", "layers of the Q-Former", v.QFormerLayers),
	}
	q.width = s.H
	reads := v.Model == workload.ArchInstructBLIP
	if reads {
		q.words, q.norm = b.qFormerWords(v, s.H)
	} else {
		q.norm = b.LayerNorm("layernorm", s.H)
	}
	defer b.In("encoder")()
	defer b.In("layer")()
	defer b.In("*")()
	q.stack = b.Periodic("qformer", s.L, v.QFormerLayers, 0, v.QFormerCrossEvery, func(kind int) Block {
		return b.qFormerLayer(q, s, image, kind == 0, reads)
	})
	return q
}

// Forward gives the states of queries and text [B, queries and text, width]
// and, a view of them, the pooled one. tokens is a mask of both, where there is
// a text.
func (q *qFormer) Forward(queries, text, tokens, image *tape.Tensor) (last, pooled *tape.Tensor) {
	b, t := q.b, q.b.T
	defer t.Scope("qformer")()
	f := t.Frame(queries, text, tokens, image)
	d := queries.Dims()
	var h *tape.Tensor
	if text != nil {
		h = f.V(q.embed(queries, text))
		b.readMask(d[0], h.Dims()[1])
	} else {
		h = f.V(q.normed(queries))
		t.Done(t.To(h, queries.DType()))
		image = f.V(t.To(image, queries.DType()))
	}
	b.readMask(d[0], image.Dims()[1])
	last = f.V(q.encode(h, image))
	pooled = f.V(t.Slice(last, d[0], q.width))
	return f.Ret2(last, pooled)
}

// normed is the norm and dropout of queries alone, which are one view of all
// samples.
func (q *qFormer) normed(queries *tape.Tensor) *tape.Tensor {
	f := q.b.T.Frame()
	var h *tape.Tensor
	if queries.Dims()[0].IsOne() {
		h = f.V(q.norm.Forward(queries))
	} else {
		h = f.V(q.norm.rows(queries))
	}
	return f.Ret(f.Re(h, q.b.drop(h, q.m.EmbeddingDrop)))
}

func (q *qFormer) encode(x, image *tape.Tensor) *tape.Tensor {
	b, t := q.b, q.b.T
	f := t.Frame(x, image)
	h := f.V(x)
	leave := t.Scope("layers.*")
	for _, p := range q.stack.parts {
		t.Each(p.section, func(i int) {
			for _, l := range qFormerLayers(p.blocks[i]) {
				run := func(xs []*tape.Tensor) []*tape.Tensor { return []*tape.Tensor{l.run(xs[0], xs[1])} }
				h = f.Re(h, b.throughMany(l, []*tape.Tensor{h, image}, func(xs []*tape.Tensor) []*tape.Tensor { return b.checkpointedMany(run, xs...) })[0])
			}
		})
	}
	leave()
	return f.Ret(h)
}

// qFormerLayers are the layers of one repetition.
func qFormerLayers(unit Block) []*qFormerLayer {
	if l, ok := unit.(*qFormerLayer); ok {
		return []*qFormerLayer{l}
	}
	var out []*qFormerLayer
	for _, l := range unit.(blocks) {
		out = append(out, qFormerLayers(l)...)
	}
	return out
}
