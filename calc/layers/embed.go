package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Embedding is a table of rows.
type Embedding struct {
	b    *Builder
	leaf string
	W    *tape.Param
	rows tape.Dim      // of the whole table, where a GPU holds a part
	late tape.LateHead // of the head that is the table too, in a compiled model
}

// Embedding declares a table of [rows, width].
func (b *Builder) Embedding(leaf string, rows, width tape.Dim) *Embedding {
	e := &Embedding{b: b, leaf: leaf, rows: rows, W: b.param(leaf+".weight", tape.EmbeddingWeight, b.rowsHeld(rows), width)}
	if b.Split.on() {
		b.spread[e.W] = true
	}
	return e
}

// Forward looks indices up.
func (e *Embedding) Forward(ids *tape.Tensor) *tape.Tensor { return e.b.module(e.W, ids, e.lookup) }

func (e *Embedding) lookup(ids *tape.Tensor) *tape.Tensor {
	t := e.b.T
	defer t.Scope(e.leaf)()
	f := t.Frame(ids)
	if e.b.compiles() {
		return f.Ret(t.EmbeddingCompiled(ids, e.W.Tensor, &e.late))
	}
	if e.b.Split.on() {
		return f.Ret(e.b.reducedRows(t.EmbeddingRows(ids, e.W.Tensor, e.rows)))
	}
	return f.Ret(t.Embedding(ids, e.W.Tensor))
}

// TokenEmbedding looks tokens up and, under gradient checkpointing, makes the
// result require a gradient if the table does not: transformers registers
// that hook so that checkpointed layers have something to pass back.
func (e *Embedding) TokenEmbedding(ids *tape.Tensor) *tape.Tensor {
	if e.b.gathers != nil { // whose hooks come after transformers'
		return e.b.module(e.W, ids, func(ids *tape.Tensor) *tape.Tensor { return e.required(e.lookup(ids)) })
	}
	return e.required(e.Forward(ids))
}

func (e *Embedding) required(x *tape.Tensor) *tape.Tensor {
	if e.b.hooksInputs() && !x.Requires() {
		e.b.T.RequireGrad(x)
	}
	return x
}

// hooksInputs says whether the outputs of input embeddings are made to require
// a gradient: under gradient checkpointing, of models whose main input is token
// ids, or where adapters are prepared for it.
func (b *Builder) hooksInputs() bool {
	return b.Train.Checkpointing && (!b.InputsFirst || b.adapters() || b.Train.Method == workload.Prefix)
}
