package tape

import "math"

// Numbers of the kernels that copy between a flat buffer and many tensors
// (aten/src/ATen/native/cuda/TensorShape.cu).
const (
	gatherBlock   = 128 // threads of a block
	gatherThread  = 16  // bytes that a thread copies at a time
	gatherTile    = gatherBlock * gatherThread
	gatherWaves   = 2 // blocks for each that the card runs at once
	gatherPointer = 8 // bytes of an entry of their tables
)

// SplitTable is the table of split_with_sizes_copy: bytes of a flat buffer in
// ranks rows copied out to tensors, of which each row holds the given bytes.
// For each tensor two addresses, a size and the end of its blocks; for each
// block its tensor.
func (t *Tape) SplitTable(ranks Dim, rows []Dim) Dim {
	sms, threads := t.sms, t.threads
	key := t.text(ranks) + t.texts(rows)
	return t.kernel("splitTable", "table of split_with_sizes_copy (ATen TensorShape.cu), bytes", key, func(v *Values) int64 {
		var blocks int64
		for _, r := range rows {
			blocks += ceilDiv(r.eval(v), gatherTile)
		}
		n := max(1, ranks.eval(v))
		most := max(1, sms.eval(v)*threads.eval(v)/gatherBlock*gatherWaves)
		factor := ceilDiv(mulCap(blocks, n), most)
		chunks := max(1, min(n, int64(math.Ceil(math.Sqrt(float64(factor))))))
		iters := max(1, ceilDiv(factor, chunks))
		blocks = 0
		for _, r := range rows {
			blocks += ceilDiv(r.eval(v), mulCap(gatherTile, iters))
		}
		const each = 4 // two addresses, a size, the end of the blocks
		return min(maxSize, gatherPointer*(each*int64(len(rows))+1+blocks))
	})
}

// CatTable is the table of _chunk_cat, which writes tensors into the rows of a
// flat buffer, of which each takes the given bytes: for each tensor an address,
// where its bytes and blocks end, three sizes; for each block its tensor.
func (t *Tape) CatTable(rows []Dim) Dim {
	return t.kernel("catTable", "table of _chunk_cat (ATen TensorShape.cu), bytes", t.texts(rows), func(v *Values) int64 {
		const each, ends = 6, 2
		n := each*int64(len(rows)) + ends
		for _, r := range rows {
			n += ceilDiv(r.eval(v), gatherTile)
		}
		return min(maxSize, gatherPointer*n)
	})
}

// texts prints dimensions for a key.
func (t *Tape) texts(ds []Dim) string {
	s := ""
	for _, d := range ds {
		s += "," + t.text(d)
	}
	return s
}

// SumOf is a symbol for the sum of dimensions whose name may be taken already.
func (t *Tape) SumOf(name, doc string, ds ...Dim) Dim {
	total, fixed := int64(0), true
	for _, d := range ds {
		n, ok := d.Const()
		total, fixed = total+n, fixed && ok
	}
	if fixed {
		return N(total)
	}
	return t.kernel(name, doc, t.texts(ds), func(v *Values) int64 {
		var n int64
		for _, d := range ds {
			n = min(maxSize, n+d.eval(v))
		}
		return n
	})
}
