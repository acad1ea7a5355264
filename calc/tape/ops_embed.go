package tape

import (
	"vramcalc/calc/say"
)

// The sorted form of embedding's backward (aten/src/ATen/native/cuda/Embedding.cu
// and EmbeddingBackwardKernel.cu).
const (
	sortThreshold = 3072 // indices above which it is taken
	rowsPerThread = 10   // length of a partial segment
	crowdedRows   = 32   // indices of a row above which partial sums go to a copy of the table
)

// Embedding looks rows up in a table of [rows, width] and saves the indices.
// Its backward makes a whole table, and sorts above 3072 indices.
func (t *Tape) Embedding(ids, w *Tensor) *Tensor { return t.embedding(ids, w, false, false) }

// EmbeddingExpanded is Embedding of indices that were repeated over the batch
// without a copy: forward and backward make the copy for as long as they run.
func (t *Tape) EmbeddingExpanded(ids, w *Tensor) *Tensor {
	return t.embedding(ids, w, !ids.dims[0].IsOne(), false)
}

// EmbeddingTurned is Embedding whose result is read with its last dimension
// first, so that backward gets the gradient in that layout and copies it.
func (t *Tape) EmbeddingTurned(ids, w *Tensor) *Tensor {
	return t.embedding(ids, w, false, !w.dims[1].IsOne())
}

func (t *Tape) embedding(ids, w *Tensor, expanded, turned bool) *Tensor {
	dims := append(append([]Dim(nil), ids.dims...), w.dims[1])
	flat := func() *Tensor {
		if !expanded {
			return nil
		}
		return t.like("contiguous indices", I64, ids)
	}
	y := t.run(op{
		ins:   []*Tensor{w},
		saves: []*Tensor{ids},
		outs: func() []*Tensor {
			i := flat()
			y := t.make("embedding output", w.dt, dims...)
			t.done(i)
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor {
			var g *Tensor
			if turned {
				g = t.make("gradient made contiguous", b.G[0].dt, dims...)
			}
			i := flat()
			table := t.tableGradient(Numel(ids.dims), w)
			t.done(i, g)
			return []*Tensor{table}
		},
	})[0]
	t.done(ids)
	return y
}

// tableGradient makes the gradient of a table from n indices. The sorted form
// takes sorted and original indices, offsets of segments, and partial sums in
// fp32; the sort's own buffers, which are smaller and gone before those, are
// not modelled.
func (t *Tape) tableGradient(n Dim, w *Tensor) *Tensor {
	rows, width := w.dims[0], w.dims[1]
	half := w.dt != F32
	args := "(" + t.text(n) + "," + t.text(rows) + "," + t.text(width) + "," + w.dt.String() + ")"
	when := say.F("embedding backward of %s indices, sorted above %d", t.text(n), sortThreshold)
	bytes := func(name, doc string, f func(n, rows, width int64) int64) *Tensor {
		size := t.kernel(name, say.F("%s; %s, bytes", say.Phrase(doc), when), args, func(v *Values) int64 {
			if k := n.eval(v); k > sortThreshold {
				return min(maxSize, f(k, rows.eval(v), width.eval(v)))
			}
			return 0
		})
		return t.make("embedding backward "+doc, U8, size)
	}
	const index, accumulator = 8, 4 // bytes of an int64 index and of an fp32 sum
	indices := func(n, _, _ int64) int64 { return mulCap(index, n) }
	segments := func(n, rows, _ int64) int64 { return index * min(n, rows) }
	partial := func(n, rows int64) int64 { return min(n, rows) + n/rowsPerThread }
	crowded := func(n, rows int64) bool { return n >= mulCap(crowdedRows, rows) }

	sorted := bytes("indexBytes", "sorted indices", indices)
	original := bytes("indexBytes", "positions of the sorted indices", indices)
	t.done(bytes("indexBytes", "positions", indices))
	table := t.make("gradient of embedding", w.dt, w.dims...)
	offsets := bytes("indexBytes", "offsets of the segments", indices)
	count := bytes("oneIndex", "number of segments", func(_, _, _ int64) int64 { return index })
	t.done(bytes("indexBytes", "unique indices", indices))
	parts := bytes("segmentBytes", "partial segments of each segment", segments)
	starts := bytes("segmentBytes", "offsets of the partial segments of each segment", segments)
	partials := bytes("oneIndex", "number of partial segments", func(_, _, _ int64) int64 { return index })
	places := bytes("partialOffsets", "offsets of the partial segments", func(n, rows, _ int64) int64 { return index * partial(n, rows) })
	owners := bytes("partialOwners", "segments of the partial segments", func(n, rows, _ int64) int64 {
		if crowded(n, rows) {
			return index * partial(n, rows)
		}
		return 0
	})
	sums := bytes("partialSums", "partial sums in fp32", func(n, rows, width int64) int64 {
		switch {
		case !crowded(n, rows):
			return mulCap(mulCap(partial(n, rows), width), accumulator)
		case half:
			return mulCap(mulCap(rows, width), accumulator)
		}
		return 0
	})
	t.done(sums, owners, places, partials, starts, parts, count, offsets, original, sorted)
	return table
}
