package tape

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
	ragged := t.make("mask as numbers, rows not padded", lq.dt, t.raggedMask(h))
	bias := t.make("mask as numbers", lq.dt, h.Batch, One, h.Queries, t.RoundUp(h.Keys, maskAlign))
	t.done(zero, infinity, ragged)
	y := t.efficientBias(lq, lk, lv, bias, h)
	t.done(bias, lq, lk, lv, q, k, v, mask)
	return y
}

// raggedMask is the number of elements of a mask that is padded in a second
// step, 0 where its rows are aligned from the first.
func (t *Tape) raggedMask(h Heads) Dim {
	keys := h.Keys
	elements := h.Batch.Times(h.Queries, keys)
	if n, ok := keys.Const(); ok {
		if n%maskAlign == 0 {
			return N(0)
		}
		return elements
	}
	return t.Only("raggedMask", "elements of a mask whose rows are no multiple of 8", elements, func(v *Values) bool {
		return keys.eval(v)%maskAlign != 0
	})
}
