package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// encoderEmbeddings is BertEmbeddings and its relatives': tokens, token types
// and learned positions, summed and normed.
type encoderEmbeddings struct {
	b                       *Builder
	m                       workload.Text
	words, types, positions *Embedding
	norm                    *LayerNorm
	positionIDs, typeIDs    *tape.Param
}

func (b *Builder) encoderEmbeddings(m workload.Text, s Sizes) *encoderEmbeddings {
	defer b.In("embeddings")()
	rows := b.T.Symbol("P", "rows of the position table", m.PositionRows)
	e := &encoderEmbeddings{b: b, m: m}
	e.words = b.Embedding("word_embeddings", s.V, s.H)
	if m.Family != workload.RoBERTa {
		e.positions = b.Embedding("position_embeddings", rows, s.H)
	}
	if m.TokenTypes > 0 {
		e.types = b.Embedding("token_type_embeddings", b.T.Symbol("T", "token types", m.TokenTypes), s.H)
	}
	e.norm = b.LayerNorm("LayerNorm", s.H)
	if e.positions == nil {
		e.positions = b.Embedding("position_embeddings", rows, s.H)
	}
	e.positionIDs = b.Buffer("position_ids", tape.I64, tape.One, rows)
	if e.types != nil {
		e.typeIDs = b.Buffer("token_type_ids", tape.I64, tape.One, rows)
	}
	return e
}

// Forward embeds token ids.
func (e *encoderEmbeddings) Forward(ids *tape.Tensor) *tape.Tensor {
	t := e.b.T
	defer t.Scope("embeddings")()
	f := t.Frame(ids)
	d := ids.Dims()
	var positions *tape.Tensor
	if e.m.Family == workload.RoBERTa {
		positions = f.V(e.countedPositions(ids))
	} else {
		positions = f.V(t.View(e.positionIDs.T(), tape.One, d[1]))
	}
	var types *tape.Tensor
	if e.types != nil {
		gathered := f.V(t.Make("token type ids", tape.I64, positions.Dims()))
		types = f.V(t.View(gathered, d...))
	}
	x := f.V(e.words.TokenEmbedding(ids))
	sum := x
	if e.types != nil {
		var y *tape.Tensor
		if positions.Dims()[0] == d[0] {
			y = f.V(e.types.Forward(types))
		} else {
			y = f.V(e.types.expanded(types))
		}
		sum = f.V(t.Add(x, y))
	}
	p := f.V(e.positions.Forward(positions))
	if e.types != nil {
		sum = f.Re(sum, t.Add(sum, p))
	} else {
		sum = f.V(t.Add(x, p))
	}
	sum = f.Re(sum, e.norm.Forward(sum))
	sum = f.Re(sum, e.b.drop(sum, e.m.EmbeddingDrop))
	return f.Ret(sum)
}

// expanded looks up indices that were repeated over the batch.
func (e *Embedding) expanded(ids *tape.Tensor) *tape.Tensor {
	t := e.b.T
	defer t.Scope(e.leaf)()
	f := t.Frame(ids)
	return f.Ret(t.EmbeddingExpanded(ids, e.W.Tensor))
}

// countedPositions numbers the tokens that are not padding, as RoBERTa does.
func (e *encoderEmbeddings) countedPositions(ids *tape.Tensor) *tape.Tensor {
	t := e.b.T
	d := ids.Dims()
	f := t.Frame(ids)
	mask := f.V(t.Make("tokens, not padding", tape.I32, d, t.Make("tokens", tape.Bool, d)))
	running := t.Make("running counts", tape.I64, d, t.Make("tokens in int64", tape.I64, d))
	counted := t.Make("counts", tape.I32, d, running)
	index := f.V(t.Make("masked counts", tape.I32, d, t.Make("counts shifted", tape.I32, d, counted)))
	_ = mask
	return f.Ret(t.Make("positions", tape.I64, d, t.Make("counts in int64", tape.I64, d, t.View(index, d...))))
}
