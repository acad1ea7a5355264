package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// gate is a learned number whose tanh scales a branch.
type gate struct {
	b *Builder
	w *tape.Param
}

func (b *Builder) gate(leaf string) gate { return gate{b, b.Weight(leaf, tape.One)} }

// tanh is the number as it is used.
func (g gate) tanh() *tape.Tensor { return g.b.T.UnaryResult("tanh", g.w.T()) }

// tileEmbedding is MllamaPrecomputedAspectRatioEmbedding: a vector for each
// tile of an arrangement of tiles, added to the tile's patches.
type tileEmbedding struct {
	b     *Builder
	s     mllamaSizes
	leaf  string
	gate  gate
	table *Embedding
}

func (b *Builder) tileEmbedding(leaf string, v workload.Vision, s mllamaSizes) *tileEmbedding {
	defer b.In(leaf)()
	e := &tileEmbedding{b: b, s: s, leaf: leaf, gate: b.gate("gate")}
	e.table = b.Embedding("embedding", tape.N(v.AspectRatios+1), s.tiles.Times(s.H))
	return e
}

// Forward adds the vectors.
func (e *tileEmbedding) Forward(x, ids *tape.Tensor) *tape.Tensor {
	t, s := e.b.T, e.s
	defer t.Scope(e.leaf)()
	f := t.Frame(x, ids)
	y := f.V(e.table.Forward(ids))
	y = f.Re(y, t.View(y, s.pictures, s.tiles, tape.One, s.H))
	y = f.Re(y, t.Mul(y, e.gate.tanh()))
	return f.Ret(f.V(t.Add(x, y)))
}

// tilePositions is MllamaPrecomputedPositionEmbedding: a position for each
// patch of a tile and one for each patch of an arrangement of tiles, gated
// against each other.
type tilePositions struct {
	b     *Builder
	s     mllamaSizes
	gate  gate
	table *tape.Param
	tiles *Embedding
}

func (b *Builder) tilePositions(v workload.Vision, s mllamaSizes) *tilePositions {
	defer b.In("gated_positional_embedding")()
	e := &tilePositions{b: b, s: s, gate: b.gate("gate"), table: b.Weight("embedding", s.Tokens, s.H)}
	e.tiles = b.Embedding("tile_embedding", tape.N(v.AspectRatios+1), s.tiles.Times(s.Tokens, s.H))
	return e
}

// Forward adds the positions.
func (e *tilePositions) Forward(x, ids *tape.Tensor) *tape.Tensor {
	t, s := e.b.T, e.s
	defer t.Scope("gated_positional_embedding")()
	f := t.Frame(x, ids)
	own := f.V(t.Mul(t.LessFrom(e.gate.tanh()), e.table.T()))
	h := f.V(t.Add(x, t.View(own, tape.One, tape.One, s.Tokens, s.H)))
	all := f.V(e.tiles.Forward(ids))
	all = f.Re(all, t.View(all, s.pictures, s.tiles, s.Tokens, s.H))
	gated := f.V(t.Mul(e.gate.tanh(), all))
	return f.Ret(f.Re(h, t.Add(h, gated)))
}
