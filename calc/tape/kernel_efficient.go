package tape

import "vramcalc/calc/say"

// The blocks of the memory-efficient attention backward
// (aten/src/ATen/native/transformers/cuda/mem_eff_attention, kernel_backward.h
// and the kernels that generate_kernels.py lists for compute capability 8.0).
const (
	efficientNarrow   = 64  // head width up to which the narrow kernels serve
	efficientRegister = 128 // head width up to which 16-bit results stay in registers
	efficientSmall    = 64  // rows or columns of a small block
	efficientLarge    = 128
	efficientHeader   = 16  // bytes of locks in front of a block's partial query gradient
	efficientSplits   = 200 // blocks that splitting the keys fills at most
	efficientEnough   = 256 // blocks that need no splitting over short keys
)

// efficientOutput is the forward's buffer of outputs in fp32, in bytes: 16-bit
// results of wide heads do not stay in registers (kernel_forward.h,
// kNeedsOutputAccumulatorBuffer).
func (t *Tape) efficientOutput(dt DType, h Heads) Dim {
	if dt == F32 {
		return N(0)
	}
	bytes := h.Batch.Times(h.Queries, h.Heads, h.ValueDim).By(F32.Size())
	if n, ok := h.ValueDim.Const(); ok {
		if n <= efficientRegister {
			return N(0)
		}
		return bytes
	}
	return t.Only("wideHeads", "attention output in fp32 of heads wider than 128", bytes, func(v *Values) bool {
		return h.ValueDim.eval(v) > efficientRegister
	})
}

// efficientDelta is the scratch of the memory-efficient backward: row sums of
// output times gradient, and a workspace of partial gradients.
func (t *Tape) efficientDelta(g *Tensor, h Heads) {
	sum, delta := t.efficientSums(g, h)
	rows, queries, keys, dim := h.Batch.Times(h.Heads), h.Queries, h.Keys, h.Dim
	half := g.dt != F32
	args := "(" + t.text(rows) + "," + t.text(queries) + "," + t.text(keys) + "," + t.text(dim) + g.dt.String() + ")"
	if h.Dropout > 0 {
		args += "dropout"
	}
	space := t.kernel("attentionWorkspace", say.F("workspace of the memory-efficient attention backward, bytes"), args, func(v *Values) int64 {
		n := rows.eval(v)
		width := dim.eval(v)
		if h.Dropout > 0 { // the kernel for the narrowest heads knows no dropout
			width = max(width, efficientSmall/2+1)
		}
		return mulCap(n, efficientWorkspace(n, queries.eval(v), keys.eval(v), width, half))
	})
	t.Scratch("attention backward workspace", space)
	t.done(delta, sum)
}

// efficientSums are the row sums of output times gradient. For 16-bit types
// the kernel computes them itself (kKernelComputesDelta).
func (t *Tape) efficientSums(g *Tensor, h Heads) (sum, delta *Tensor) {
	if g.dt != F32 {
		return nil, t.make("row sums by head", F32, h.Batch, h.Heads, h.Queries)
	}
	prod := t.make("output times gradient", F32, h.Batch, h.Queries, h.Heads, h.ValueDim)
	sum = t.make("row sums", F32, h.Batch, h.Queries, h.Heads)
	if !h.Heads.IsOne() && !h.Queries.IsOne() {
		delta = t.make("row sums by head", F32, h.Batch, h.Heads, h.Queries)
		t.done(sum)
		sum = nil
	}
	t.done(prod)
	return sum, delta
}

// efficientWorkspace is the workspace of one of n heads in bytes: partial
// gradients of the queries, block by block, and for wide 16-bit heads those of
// keys and values for every part of the keys (workspace_strideBH).
func efficientWorkspace(n, queries, keys, dim int64, half bool) int64 {
	rows, cols := int64(efficientSmall), int64(efficientSmall)
	if dim > efficientNarrow {
		rows = efficientLarge
		if half && dim <= efficientRegister {
			cols = efficientLarge
		}
	}
	if !half && dim <= efficientSmall/2 {
		cols = efficientSmall / 2
	}
	block := rows*cols*4 + efficientHeader
	space := mulCap(ceilDiv(queries, rows)*ceilDiv(dim, cols), block)
	if !half || dim <= efficientRegister {
		return space
	}
	splits := ceilDiv(keys, efficientSmall)
	if n >= efficientEnough && keys <= 2*efficientSmall {
		splits = 1
	}
	splits = max(1, min(splits, efficientSplits/max(1, n)))
	return space + 2*splits*efficientSmall*ceilDiv(dim, rows)*rows*4
}
