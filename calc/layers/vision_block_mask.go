package layers

import "vramcalc/calc/tape"

// BlockMasks are the masks of a decoder that sees a block of tokens, an image
// or a prompt, from both sides (masking_utils.py, blockwise_overlay): booleans
// [B, 1, S, S] for a kernel, numbers for eager attention.
type BlockMasks struct {
	Full     *tape.Tensor
	Windowed *tape.Tensor // of layers with a window, nil where there are none
}

// maskRun is a call of sdpa_mask: what masks are made of.
type maskRun struct {
	b              *Builder
	dt             tape.DType
	seq            tape.Dim
	square, blocks []tape.Dim // a mask of positions, and one that differs by sample
}

func (b *Builder) maskRun(dt tape.DType, seq tape.Dim) *maskRun {
	return &maskRun{
		b: b, dt: dt, seq: seq,
		square: []tape.Dim{tape.One, tape.One, seq, seq}, blocks: []tape.Dim{b.B, tape.One, seq, seq},
	}
}

// mask makes index ranges, applies a rule and, for eager attention, turns the
// result into numbers.
func (r *maskRun) mask(rule func() *tape.Tensor) *tape.Tensor {
	t, row := r.b.T, []tape.Dim{r.seq}
	defer t.Scope("block mask")()
	f := t.Frame()
	f.V(t.Make("batch index", tape.I64, []tape.Dim{r.b.B}))
	f.V(t.Make("head index", tape.I64, []tape.Dim{tape.One}))
	f.V(t.Make("query index", tape.I64, row, t.Make("range", tape.I64, row)))
	f.V(t.Make("key index", tape.I64, row, t.Make("range", tape.I64, row)))
	mask := f.Ret(rule())
	if !r.b.eagerly() {
		return mask
	}
	e := t.Frame()
	mask = e.V(mask)
	zero := t.Make("zero", r.dt, []tape.Dim{tape.One})
	least := t.Make("least number", r.dt, []tape.Dim{tape.One})
	mask = e.Re(mask, t.Make("mask", r.dt, r.blocks, zero, least))
	return e.Ret(mask)
}

// either is or_masks of a first rule and of blocks. The running result begins
// with the given shape.
func (r *maskRun) either(begin []tape.Dim, first func() *tape.Tensor) *tape.Tensor {
	t := r.b.T
	f := t.Frame()
	result := f.V(t.Make("none allowed", tape.Bool, begin))
	result = f.Re(result, t.Make("allowed", tape.Bool, r.square, first()))
	result = f.Re(result, t.Make("allowed", tape.Bool, r.blocks, r.sameBlock()))
	return f.Ret(result)
}

// causal says that a key does not come after the query.
func (r *maskRun) causal() *tape.Tensor {
	return r.b.T.Make("not after the query", tape.Bool, r.square)
}

// near says that a key lies within the window before the query.
func (r *maskRun) near() *tape.Tensor {
	t := r.b.T
	return t.Make("within the window", tape.Bool, r.square, t.Make("query index less the window", tape.I64, []tape.Dim{r.seq}))
}

// nearAndCausal is sliding_window_causal_mask_function.
func (r *maskRun) nearAndCausal() *tape.Tensor {
	t := r.b.T
	f := t.Frame()
	result := f.V(t.Make("all allowed", tape.Bool, []tape.Dim{tape.One}))
	result = f.Re(result, t.Make("allowed", tape.Bool, r.square, r.near()))
	result = f.Re(result, t.Make("allowed", tape.Bool, r.square, r.causal()))
	return f.Ret(result)
}

// sameBlock is blockwise_overlay's inner mask.
func (r *maskRun) sameBlock() *tape.Tensor {
	t := r.b.T
	f := t.Frame()
	f.V(r.blockOf())
	f.V(r.blockOf())
	same := t.Make("same block", tape.Bool, r.blocks)
	inside := t.Make("in a block", tape.Bool, []tape.Dim{r.b.B, tape.One, r.seq, tape.One})
	return f.Ret(t.Make("same block of images", tape.Bool, r.blocks, same, inside))
}

// blockOf looks up each position's block. Indices that lie differently in
// memory are made contiguous first (TensorAdvancedIndexing.cpp, AdvancedIndex).
func (r *maskRun) blockOf() *tape.Tensor {
	t, dims := r.b.T, []tape.Dim{r.b.B, r.seq}
	var places *tape.Tensor
	batch := t.Make("batch index of each position", tape.I64, dims)
	if !r.b.B.IsOne() {
		places = t.Make("place of each position", tape.I64, dims)
	}
	return t.Make("block of each position", tape.I64, dims, batch, places)
}

// windowedBlocks is the rule of Gemma 3's windowed layers: within the window,
// causal or of one image. It runs under vmap, where numbers without dimensions
// are one for each query.
func (r *maskRun) windowedBlocks() *tape.Tensor {
	t, begin := r.b.T, []tape.Dim{r.seq}
	f := t.Frame()
	result := f.V(t.Make("all allowed", tape.Bool, begin))
	result = f.Re(result, t.Make("allowed", tape.Bool, r.blocks, r.either(begin, r.causal)))
	result = f.Re(result, t.Make("allowed", tape.Bool, r.blocks, r.near()))
	return f.Ret(result)
}
