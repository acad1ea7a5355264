package tape

import "vramcalc/calc/say"

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
	elements := h.Batch.Times(h.Queries, h.Keys)
	ragged, aligned := t.ofMask(h.Keys, true), t.ofMask(h.Keys, false)
	late := t.twoNumbers(lq.dt, aligned)
	early := t.twoNumbers(lq.dt, ragged)
	narrow := t.make("mask as numbers, rows not padded", lq.dt, elements.Times(ragged))
	t.done(early...)
	bias := t.make("mask as numbers", lq.dt, h.Batch, One, h.Queries, t.RoundUp(h.Keys, maskAlign))
	t.done(late...)
	t.done(narrow)
	y := t.efficientBias(lq, lk, lv, bias, h)
	t.done(bias, lq, lk, lv, q, k, v, mask)
	return y
}

// twoNumbers are the zero and the infinity of which a mask is made.
func (t *Tape) twoNumbers(dt DType, n Dim) []*Tensor {
	return []*Tensor{t.make("zero", dt, n), t.make("infinity", dt, n)}
}

// ofMask is 1 where the rows of a mask are padded in a second step or, for
// those that are not, aligned from the first; else 0.
func (t *Tape) ofMask(keys Dim, padded bool) Dim {
	is := func(n int64) int64 {
		if n%maskAlign != 0 == padded {
			return 1
		}
		return 0
	}
	if n, ok := keys.Const(); ok {
		return N(is(n))
	}
	name, doc := "alignedRows", say.F("1 where rows of a mask are a multiple of 8, of %s", t.text(keys))
	if padded {
		name, doc = "raggedRows", say.F("1 where rows of a mask are no multiple of 8, of %s", t.text(keys))
	}
	return t.kernel(name, doc, "("+t.text(keys)+")", func(v *Values) int64 { return is(keys.eval(v)) })
}
