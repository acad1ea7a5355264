package layers

import (
	"fmt"

	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Sizes of weights that are served in fewer bits.
const (
	fp8Block    = 128  // side of a block that shares a scale (FineGrainedFP8Config.weight_block_size)
	intGroup    = 128  // elements of an input column that share scale and zero (GPTQ's and AWQ's usual group_size)
	mxBlock     = 32   // elements that share a scale (OCP Microscaling Formats, version 1.0)
	awqUnpacked = 1024 // rows from which AutoAWQ's GEMM dequantizes the matrix (FP16_MATMUL_HEURISTIC_CONDITION)
	nibbles     = 2    // elements of four bits in a byte
)

// servedOnly says whether weights are in a form that no training run has.
func (b *Builder) servedOnly() bool {
	switch b.Adapter.Quantization {
	case workload.FP8, workload.GPTQInt4, workload.AWQInt4:
		return b.Inference.On
	}
	return false
}

// packsExperts says whether the fused matrices of experts are in such a form:
// mxfp4 is gpt-oss's, for experts alone.
func (b *Builder) packsExperts() bool {
	return b.servedOnly() || b.Inference.On && b.Adapter.Quantization == workload.MXFP4 && b.sinks
}

// up is n over m, rounded up.
func (b *Builder) up(name, doc string, n tape.Dim, m int64) tape.Dim {
	return b.T.Of(name, doc, n, func(n int64) int64 { return (n + m - 1) / m })
}

// packServed declares a matrix of [out, in] in the form in which it is served,
// each or all of a number of experts' as one.
//
//   - fp8: a byte an element, an fp32 scale for each block of 128 × 128.
//   - gptq-int4: half a byte an element; for each group of 128 inputs an fp16
//     scale and a zero of four bits an output; a 32-bit index for each input.
//   - awq-int4: the same without the index.
//   - mxfp4: half a byte an element and a byte for each group of 32 inputs.
func (b *Builder) packServed(leaf string, kind tape.Kind, out, in tape.Dim, experts ...tape.Dim) *tape.Param {
	t := b.T
	defer t.As(b.Component)()
	dims := append(append([]tape.Dim(nil), experts...), out, in)
	matrix, each := out.Times(in), tape.Numel(experts)
	if b.Adapter.Quantization == workload.FP8 {
		w := t.PackedParam(b.Name(leaf+".weight"), kind, tape.U8, tape.Numel(dims), dims...)
		b.Buffer(leaf+".weight_scale_inv", tape.F32, each,
			b.up("fp8Rows", "blocks of 128 rows", out, fp8Block), b.up("fp8Columns", "blocks of 128 columns", in, fp8Block))
		return w
	}
	w := t.PackedParam(b.Name(leaf+".weight"), kind, tape.U8, each.Times(b.up("packedWeight", "bytes of a matrix in four bits an element", matrix, nibbles)), dims...)
	if b.Adapter.Quantization == workload.MXFP4 {
		t.Param(b.Name(leaf+"_scales"), tape.Buffer, tape.U8, false, each, b.up("microScales", "groups of 32 elements", matrix, mxBlock))
		return w
	}
	groups := b.up("intGroups", "groups of 128 inputs", in, intGroup)
	b.Buffer(leaf+".scales", tape.F16, each, groups, out)
	b.Buffer(leaf+".qzeros", tape.U8, each, groups, b.up("packedZeros", "bytes of zeros in four bits", out, nibbles))
	if b.Adapter.Quantization == workload.GPTQInt4 {
		b.Buffer(leaf+".g_idx", tape.I32, each, in)
	}
	return w
}

// servedProduct is the forward of a matrix in a form that is served. The fp8
// kernel takes the input in fp8 with a scale for each group; kernels of four
// bits read the matrix as it is, AWQ's up to a number of rows.
func (l *Linear) servedProduct(f *tape.Frame, x *tape.Tensor) *tape.Tensor {
	b, t, p := l.b, l.b.T, l.packed
	d := x.Dims()
	out := append(append([]tape.Dim(nil), d[:len(d)-1]...), p.out)
	switch p.form {
	case workload.FP8:
		f.V(t.Make("input in fp8", tape.U8, d))
		f.V(t.Make("scales of the input", tape.F32, append(append([]tape.Dim(nil), d[:len(d)-1]...), b.up("fp8Columns", "blocks of 128 columns", p.in, fp8Block))))
	case workload.AWQInt4:
		n := b.T.Of2("unpackedWeight", fmt.Sprintf("elements of a matrix that AWQ dequantizes, for %d rows and more", awqUnpacked), p.out.Times(p.in), x.Rows(), func(n, rows int64) int64 {
			if rows >= awqUnpacked {
				return n
			}
			return 0
		})
		f.V(t.Make("dequantized weight", x.DType(), []tape.Dim{n}))
		t.Scratch("cuBLAS workspace", t.MatmulWorkspace())
	}
	y := t.Make("output", x.DType(), out)
	if l.Bias != nil {
		t.AddInPlace(y, l.Bias.T())
	}
	return y
}

// checkServed refuses forms of weights that this model has not.
func (b *Builder) checkServed() {
	q := b.Adapter.Quantization
	switch q {
	case workload.FP8, workload.GPTQInt4, workload.AWQInt4, workload.MXFP4:
	default:
		return
	}
	if !b.Inference.On {
		b.Fail(say.Errorf("quantization %v is a form in which weights are served, not trained; send nf4", workload.Served(q)))
		return
	}
	if q == workload.MXFP4 && !b.sinks {
		b.Fail(say.Errorf("quantization mxfp4 is the form of gpt-oss's experts, and this model has none; send gptq-int4 or awq-int4 for four bits an element"))
		return
	}
	b.Notes = append(b.Notes, say.F("quantization %v: the stored bytes follow its published layout; no run was measured, and what its kernels take while they run is taken to be the product's output alone, beside a quantized input for fp8", workload.Served(q)))
}
