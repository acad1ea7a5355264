package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// qFormerWords are the embeddings of an InstructBLIP's Q-Former.
type qFormerWords struct {
	words, places *Embedding
	ids           *tape.Param
	length        tape.Dim
}

// qFormerWords declares the embeddings, and their norm.
func (b *Builder) qFormerWords(v workload.Vision, h tape.Dim) (*qFormerWords, *LayerNorm) {
	defer b.In("embeddings")()
	t := b.T
	rows := t.Symbol("Pq", "rows of the Q-Former's position table", v.QFormerPositions)
	w := &qFormerWords{}
	w.words = b.Embedding("word_embeddings", t.Symbol("Vq", "vocabulary size of the Q-Former", v.QFormerVocab), h)
	w.places = b.Embedding("position_embeddings", rows, h)
	norm := b.LayerNorm("layernorm", h)
	w.ids = b.Buffer("position_ids", tape.I64, tape.One, rows)
	w.length = t.Of("instruction", "tokens of the instruction, at most the Q-Former's positions", b.S, func(n int64) int64 { return min(n, v.QFormerPositions) })
	return w, norm
}

// instruction is the length of the text that the Q-Former reads.
func (q *qFormer) instruction() tape.Dim { return q.words.length }

// read makes the mask of queries and text in a caller's frame, nil where there
// is no text.
func (q *qFormer) read(f *tape.Frame, text *tape.Tensor, images tape.Dim) *tape.Tensor {
	if text == nil {
		return nil
	}
	t, d := q.b.T, text.Dims()
	f.V(t.Make("query tokens", tape.I64, []tape.Dim{images, q.queries}))
	mask := f.V(t.Make("tokens of the instruction", tape.I64, d))
	return f.Re(mask, t.Make("tokens of queries and instruction", tape.I64, []tape.Dim{images, q.together(d[1])}))
}

// together is the length of queries and text.
func (q *qFormer) together(text tape.Dim) tape.Dim {
	return q.b.T.Sum("Tq", "tokens of queries and instruction", q.queries, text)
}

// embed is InstructBlipQFormerEmbeddings.
func (q *qFormer) embed(queries, text *tape.Tensor) *tape.Tensor {
	t, w := q.b.T, q.words
	defer t.Scope("embeddings")()
	f := t.Frame(queries, text)
	d := text.Dims()
	positions := f.V(t.Make("positions", tape.I64, []tape.Dim{tape.One, d[1]}))
	h := f.V(w.words.TokenEmbedding(text))
	p := f.V(w.places.Forward(positions))
	h = f.Re(h, t.Add(h, p))
	h = f.Re(h, t.Cat([]tape.Dim{queries.Dims()[0], q.together(d[1]), q.width}, queries, h))
	h = f.Re(h, q.norm.Forward(h))
	return f.Ret(f.Re(h, q.b.drop(h, q.m.EmbeddingDrop)))
}
