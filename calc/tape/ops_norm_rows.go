package tape

// This file holds layer norms of rows that lie apart in memory.

// LayerNormRows is LayerNorm of rows of [B, h] that lie apart in memory, or of
// an image's rows of [B, S, h] that lie transposed: forward and backward make a
// contiguous copy for as long as they run. A cast keeps an image's rows
// transposed, but puts single rows together. returned says that the gradient
// lies apart too: transposed, or a part of a join's.
func (t *Tape) LayerNormRows(x, w, bias *Tensor, returned bool) *Tensor {
	together := t.IsAutocast() && x.dt != F32 && len(x.dims) == 2
	return t.LayerNormTurned(x, w, bias, !together && !x.dims[len(x.dims)-2].IsOne(), returned)
}

// LayerNormHeads is LayerNorm of the rows of heads [B, a, S, d] that lie in the
// layout of projections, [B, S, a, d]. turned says that the gradient comes from
// a product with the transposed result, so that backward copies it too.
func (t *Tape) LayerNormHeads(x, w, bias *Tensor, turned bool) *Tensor {
	return t.LayerNormTurned(x, w, bias, !x.dims[1].IsOne() && !x.dims[2].IsOne(), turned && !x.dims[2].IsOne())
}
