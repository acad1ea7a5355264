package layers

import (
	"errors"

	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// deberta is DebertaV2Model: BERT's layers, whose attention adds two terms of
// relative positions to its scores. Versions 2 and 3 share it; version 2 has a
// convolution beside its first layer.
type deberta struct {
	b         *Builder
	m         workload.Text
	s         Sizes
	span      tape.Dim // buckets of distances in one direction
	words     *Embedding
	positions *Embedding
	types     *Embedding
	numbers   *tape.Param // of the positions
	norm      *LayerNorm
	stack     *Stack
	table     *Embedding // of relative positions
	tableNorm *LayerNorm
	conv      *debertaConv
}

// deberta declares the body.
func (b *Builder) deberta(m workload.Text, s Sizes, frozen int64) *deberta {
	d := &deberta{b: b, m: m, s: s}
	if m.RelativeBuckets > 0 {
		if b.reentrant() && !b.Frozen && frozen == 0 {
			b.Fail(errors.New("checkpointingImplementation reentrant fails with trained relative positions, whose graph every layer would free; send non-reentrant"))
		}
		d.span = b.T.Symbol("buckets", "buckets of relative positions in one direction", m.RelativeBuckets)
	}
	defer b.In("deberta")()
	warm := b.cool(frozen > 0)
	d.embeddings()
	warm()
	defer b.In("encoder")()
	d.stack = b.stackIn("layer", s, m.Layers, frozen, func() Block { return b.debertaLayer(d) })
	defer b.cool(frozen > 0)()
	if m.RelativeBuckets > 0 {
		d.table = b.Embedding("rel_embeddings", d.span.Times(tape.N(2)), s.H)
		d.tableNorm = b.LayerNorm("LayerNorm", s.H)
	}
	if m.ConvKernel > 0 {
		d.conv = b.debertaConv(m, s)
	}
	return d
}

func (d *deberta) embeddings() {
	b := d.b
	defer b.In("embeddings")()
	d.words = b.Embedding("word_embeddings", d.s.V, d.s.H)
	if d.m.PositionRows > 0 {
		d.positions = b.Embedding("position_embeddings", b.positionRows(d.m), d.s.H)
	}
	if d.m.TokenTypes > 0 {
		d.types = b.Embedding("token_type_embeddings", b.T.Symbol("T", "token types", d.m.TokenTypes), d.s.H)
	}
	d.norm = b.LayerNorm("LayerNorm", d.s.H)
	d.numbers = b.Buffer("position_ids", tape.I64, tape.One, b.T.Symbol("context", "longest sequence", d.m.Context))
}

// Forward gives the hidden states of token ids.
func (d *deberta) Forward(ids *tape.Tensor) *tape.Tensor {
	t, dims := d.b.T, ids.Dims()
	f := t.Frame(ids)
	mask := f.V(t.Make("tokens", tape.F32, dims))
	types := f.V(t.Make("token type ids", tape.I64, dims))
	x := f.V(d.embed(ids, types, mask))
	return f.Ret(d.encode(x, mask))
}

// embed is DebertaV2Embeddings.
func (d *deberta) embed(ids, types, mask *tape.Tensor) *tape.Tensor {
	b, t := d.b, d.b.T
	defer t.Scope("embeddings")()
	dims := ids.Dims()
	f := t.Frame(ids, types, mask)
	x := f.V(d.words.TokenEmbedding(ids))
	h := f.V(x)
	if d.positions != nil {
		p := f.V(d.positions.Forward(f.V(t.View(d.numbers.T(), tape.One, dims[1]))))
		h = f.Re(h, t.Add(h, p))
	} else {
		f.V(t.Make("no positions", x.DType(), x.Dims()))
	}
	if d.types != nil {
		y := f.V(d.types.Forward(types))
		h = f.Re(h, t.Add(h, y))
	}
	h = f.Re(h, d.norm.Forward(h))
	seen := f.V(t.To(t.View(mask, dims[0], dims[1], tape.One), h.DType()))
	h = f.Re(h, t.Mul(h, seen))
	h = f.Re(h, b.drop(h, d.m.EmbeddingDrop))
	return f.Ret(h)
}

// encode is DebertaV2Encoder, which keeps every layer's states to its end.
func (d *deberta) encode(x, mask *tape.Tensor) *tape.Tensor {
	b, t, dims := d.b, d.b.T, x.Dims()
	defer t.Scope("encoder")()
	f := t.Frame(x, mask)
	c := &Context{Mask: f.V(t.Make("pairs of tokens", tape.F32, []tape.Dim{dims[0], tape.One, dims[1], dims[1]}))}
	if d.table != nil {
		relative := f.V(b.relativePositions(dims[1]))
		c.Other = []*tape.Tensor{relative, f.V(d.tableNorm.Forward(d.table.W.T()))}
	}
	h, first := f.V(x), true
	leave := t.Scope("layers.*")
	for _, p := range d.stack.parts {
		t.Each(p.section, func(i int) {
			y := f.V(b.checkpointed(p.blocks[i], h, c))
			if first && d.conv != nil {
				y = f.Re(y, d.conv.Forward(x, y, mask))
			}
			h, first = y, false
		})
	}
	leave()
	return f.Ret(h)
}

// relativePositions is build_relative_position: distances of all pairs of
// tokens in buckets that grow with their logarithm.
func (b *Builder) relativePositions(length tape.Dim) *tape.Tensor {
	t := b.T
	defer t.Scope("relative positions")()
	row, square := []tape.Dim{length}, []tape.Dim{length, length}
	f := t.Frame()
	f.V(t.Make("query positions", tape.I64, row))
	f.V(t.Make("key positions", tape.I64, row))
	distance := f.V(t.Make("distances", tape.I64, square))
	distance = f.Re(distance, b.logBuckets(square))
	return f.Ret(f.Re(distance, t.Make("buckets of distances", tape.I64, square)))
}

// logBuckets is make_log_bucket_position.
func (b *Builder) logBuckets(square []tape.Dim) *tape.Tensor {
	t := b.T
	of := func(what string, dt tape.DType, uses ...*tape.Tensor) *tape.Tensor {
		return t.Make(what, dt, square, uses...)
	}
	f := t.Frame()
	f.V(of("direction", tape.I64))
	near := of("is near", tape.Bool, of("is not far after", tape.Bool), of("is not far before", tape.Bool))
	middle := t.Make("middle bucket", tape.I64, []tape.Dim{tape.One})
	f.V(of("distance", tape.I64, near, middle, of("absolute distance", tape.I64)))
	log := of("logarithm", tape.F32, of("scaled distance", tape.F32))
	for range 3 { // the quotient, its multiple, rounded up
		log = of("scaled logarithm", tape.F32, log)
	}
	f.V(of("bucket if far", tape.F32, log))
	small := of("is in the middle", tape.Bool)
	bucket := f.V(of("bucket", tape.F32, small, of("distance in fp32", tape.F32), of("bucket with direction", tape.F32)))
	return f.Ret(bucket)
}
