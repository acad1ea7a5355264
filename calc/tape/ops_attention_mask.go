package tape

import "fmt"

// maskAlign is the multiple to which the memory-efficient kernel pads the rows
// of a mask (aten/src/ATen/native/transformers/attention.cpp, preprocess_mask).
const maskAlign = 8

// SDPAMasked is scaled_dot_product_attention with a boolean mask
// [B, 1, queries, keys]: the memory-efficient kernel for every type. It makes
// of the mask numbers of the query's type, in rows that are multiples of
// eight, and saves them.
func (t *Tape) SDPAMasked(q, k, v, mask *Tensor, h Heads) *Tensor {
	lv := t.lower(v)
	lk := t.lower(k)
	lq := t.lower(q)
	zero := t.make("zero", lq.dt, One)
	infinity := t.make("infinity", lq.dt, One)
	bias := t.make("mask as numbers", lq.dt, h.Batch, One, h.Queries, h.Keys)
	t.done(zero, infinity)
	bias = t.paddedRows(bias, h)
	y := t.efficientBias(lq, lk, lv, bias, h)
	t.done(bias, lq, lk, lv, q, k, v)
	return y
}

// paddedRows pads the rows of a mask to a multiple of maskAlign: nothing where
// they are one already.
func (t *Tape) paddedRows(bias *Tensor, h Heads) *Tensor {
	if n, ok := h.Keys.Const(); ok {
		if n%maskAlign == 0 {
			return bias
		}
	}
	keys := h.Keys
	ragged := func(v *Values) bool { return keys.eval(v)%maskAlign != 0 }
	_ = ragged
	_ = fmt.Sprint
	padded := t.make("padded mask", bias.dt, h.Batch, One, h.Queries, t.RoundUp(h.Keys, maskAlign))
	t.done(bias)
	return padded
}
