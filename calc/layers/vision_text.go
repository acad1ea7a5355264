package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// TextTower is the text side of a dual encoder: CLIPTextModel, causal, or
// SiglipTextModel, bidirectional with a head.
type TextTower struct {
	b             *Builder
	m             workload.Text
	s             Sizes
	words, places *Embedding
	ids           *tape.Param
	stack         *Stack
	norm          *LayerNorm
	head          *Linear
	causal        bool
}

// TextTower declares the text side. out is the width of SigLIP's head.
func (b *Builder) TextTower(m workload.Text, out tape.Dim, frozen int64) *TextTower {
	e := &TextTower{b: b, m: m, s: b.Sizes(m), causal: m.Family == workload.CLIPText}
	func() {
		defer b.In("embeddings")()
		rows := b.T.Symbol("P", "rows of the position table", m.PositionRows)
		e.words = b.Embedding("token_embedding", e.s.V, e.s.H)
		e.places = b.Embedding("position_embedding", rows, e.s.H)
		e.ids = b.Buffer("position_ids", tape.I64, tape.One, rows)
	}()
	func() {
		defer b.In("encoder")()
		defer b.In("layers")()
		defer b.In("*")()
		e.stack = b.Stack("layers", e.s.L, m.Layers, frozen, func() Block {
			return b.clipLayer(e.s.H, e.s.F, e.s.Heads, e.s.D, m.Activation, e.causal, m.AttentionDrop)
		})
	}()
	e.norm = b.LayerNorm("final_layer_norm", e.s.H)
	if !e.causal {
		e.head = b.Linear("head", e.s.H, out, true)
	}
	return e
}

// Forward gives the last hidden state and the pooled one.
func (e *TextTower) Forward(ids *tape.Tensor) (last, pooled *tape.Tensor) {
	b, t := e.b, e.b.T
	defer t.Scope("text_model")()
	f := t.Frame(ids)
	h := f.V(e.embed(ids))
	c := &Context{}
	if e.causal && b.eagerly() {
		c.Mask = f.V(b.CausalMask(h.DType(), ids.Dims()[1], ids.Dims()[1]))
	}
	last = f.V(e.encode(h, c))
	last = f.Re(last, e.norm.Forward(last))
	if e.causal {
		pooled = f.V(e.atEnd(last, ids))
	} else {
		pooled = f.V(t.Slice(last, b.B, e.s.H))
		pooled = f.Re(pooled, e.head.rows(pooled))
	}
	return f.Ret2(last, pooled)
}

func (e *TextTower) encode(x *tape.Tensor, c *Context) *tape.Tensor {
	f := e.b.T.Frame(x)
	return f.Ret(e.stack.Forward(f, f.V(x), c))
}

func (e *TextTower) embed(ids *tape.Tensor) *tape.Tensor {
	t := e.b.T
	defer t.Scope("embeddings")()
	f := t.Frame(ids)
	positions := f.V(t.View(e.ids.T(), tape.One, ids.Dims()[1]))
	x := f.V(e.words.TokenEmbedding(ids))
	p := f.V(e.places.Forward(positions))
	return f.Ret(t.Add(x, p))
}

// atEnd takes the hidden state of each sample's end-of-text token.
func (e *TextTower) atEnd(x, ids *tape.Tensor) *tape.Tensor {
	t, d := e.b.T, ids.Dims()
	defer t.Scope("pooled")()
	rows := t.Make("samples", tape.I64, []tape.Dim{d[0]})
	small := t.Make("token ids in int32", tape.I32, d)
	found := t.Make("is the end", tape.Bool, d, small)
	number := t.Make("is the end, in int32", tape.I32, d, found)
	cols := t.Make("places of the ends", tape.I64, []tape.Dim{d[0]}, number)
	return t.TakeTokens(x, rows, cols)
}

// rows applies a layer to rows that lie apart in memory.
func (l *Linear) rows(x *tape.Tensor) *tape.Tensor {
	return l.Forward(x)
}

// norm2 is a vector's length, kept as a column: powers and a sum, or one
// operator.
func (b *Builder) vectorLength(x *tape.Tensor) *tape.Tensor {
	t := b.T
	f := t.Frame(x)
	square := f.V(t.Pow(x))
	sum := f.V(t.SumLast(square))
	return f.Ret(t.Pow(sum))
}

// similarity is the matrix of text against image embeddings [B, B].
func (b *Builder) similarity(text, image *tape.Tensor) *tape.Tensor {
	defer b.T.As(memory.CrossModalAttention)()
	return b.T.MatMul(text, b.T.View(image, image.Dims()...), b.B, b.B)
}
