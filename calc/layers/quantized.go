package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Sizes of bitsandbytes' quantized matrices (bitsandbytes/functional.py,
// quantize_4bit and quantize_blockwise).
const (
	fourBitBlock  = 64  // elements that share a maximum
	nestedBlock   = 256 // maxima that share a maximum of their own
	fourBitValues = 16  // fp32 values that four bits can take
	nestedValues  = 256 // fp32 values that a quantized maximum can take
)

// packed is the stored form of a quantized matrix.
type packed struct {
	form    workload.Quantization
	out, in tape.Dim
	maxima  tape.Dim // block maxima of a 4-bit form
}

// quantizes says whether a linear layer that is now declared is quantized:
// every linear matrix of the frozen model but the head. Embeddings, norms and
// the fused matrices of experts keep their type.
func (b *Builder) quantizes() bool {
	if b.KeepPrecision || b.Train.Method != workload.QLoRA && !b.Inference.On {
		return false
	}
	switch b.Adapter.Quantization {
	case workload.Int8, workload.NF4, workload.FP4, workload.NF4Double, workload.FP8, workload.GPTQInt4, workload.AWQInt4:
		return true
	}
	return false
}

// sharedTables declares the table from which every matrix's own is copied
// (bitsandbytes.functional.name2qmap).
func (b *Builder) sharedTables() {
	if b.quantizes() && b.Adapter.Quantization == workload.NF4Double {
		defer b.T.As(memory.ModelWeights)()
		b.T.Param("bitsandbytes.nested_quant_map", tape.Buffer, tape.F32, false, tape.N(nestedValues))
	}
}

// quantize declares the weight of a linear layer in its quantized form, with
// what belongs to it.
//
//   - nf4, fp4: half a byte an element, an fp32 maximum for 64 elements and a
//     table of 16 values.
//   - nf4-double: the maxima in a byte each, an fp32 maximum for 256 of them,
//     their table of 256 values and an offset.
//   - int8: a byte an element and an fp32 scale for each row.
func (l *Linear) quantize(in, out tape.Dim, bias bool) {
	b, t := l.b, l.b.T
	name := b.Name(l.leaf)
	l.packed = &packed{form: b.Adapter.Quantization, out: out, in: in}
	if b.servedOnly() {
		l.W = b.packServed(l.leaf, tape.LinearWeight, out, in)
		if bias {
			l.Bias = b.param(l.leaf+".bias", tape.Bias, out)
		}
		return
	}
	numel := out.Times(in)
	func() {
		defer t.As(b.Component)()
		if l.packed.form == workload.Int8 {
			l.W = t.PackedParam(name+".weight", tape.LinearWeight, tape.U8, numel, out, in)
			return
		}
		half := t.Of("packedWeight", "bytes of a matrix in four bits an element", numel, func(n int64) int64 { return (n + 1) / 2 })
		l.W = t.PackedParam(name+".weight", tape.LinearWeight, tape.U8, half, out, in)
	}()
	l.tables(numel, out)
	if bias {
		old := b.Weights
		if l.packed.form != workload.Int8 {
			b.Weights = b.computes() // the first call casts it for good
		}
		l.Bias = b.param(l.leaf+".bias", tape.Bias, out)
		b.Weights = old
	}
}

// tables declares the maxima and tables of a quantized matrix.
func (l *Linear) tables(numel, out tape.Dim) {
	b, t, p := l.b, l.b.T, l.packed
	if p.form == workload.Int8 {
		b.Buffer(l.leaf+".weight.SCB", tape.F32, out)
		return
	}
	blocks := func(size int64) func(n int64) int64 {
		return func(n int64) int64 { return (n + size - 1) / size }
	}
	p.maxima = t.Of("blockMaxima", "blocks of 64 elements", numel, blocks(fourBitBlock))
	if p.form != workload.NF4Double {
		b.Buffer(l.leaf+".weight.absmax", tape.F32, p.maxima)
		b.Buffer(l.leaf+".weight.quant_map", tape.F32, tape.N(fourBitValues))
		return
	}
	b.Buffer(l.leaf+".weight.absmax", tape.U8, p.maxima)
	b.Buffer(l.leaf+".weight.nested_absmax", tape.F32, t.Of("nestedMaxima", "blocks of 256 block maxima", p.maxima, blocks(nestedBlock)))
	b.Buffer(l.leaf+".weight.quant_map", tape.F32, tape.N(fourBitValues))
	b.Buffer(l.leaf+".weight.nested_quant_map", tape.F32, tape.N(nestedValues))
	b.Buffer(l.leaf+".weight.nested_offset", tape.F32)
}

// computes is the type of matrix products over quantized weights.
func (b *Builder) computes() tape.DType { return DType(b.Train.Compute()) }

// quantized is the forward of bitsandbytes' Linear4bit or Linear8bitLt.
func (l *Linear) quantized(x *tape.Tensor) *tape.Tensor {
	b, t, p := l.b, l.b.T, l.packed
	f := t.Frame(x)
	if p.form == workload.Int8 {
		return f.Ret(t.LinearInt8(x, p.out, p.in, l.Bias.T()))
	}
	if b.servedOnly() {
		return f.Ret(l.servedProduct(f, x))
	}
	dt := x.DType()
	h := f.V(t.To(x, b.computes()))
	y := t.LinearFourBit(h, tape.FourBit{
		N: p.out, K: p.in, Maxima: p.maxima, Nested: p.form == workload.NF4Double, Decoded: DType(b.Train.Weights()),
	}, l.Bias.T())
	return f.Ret(t.To(y, dt))
}

// adaptQuantized is the forward of PEFT's LoRA layers for bitsandbytes: the
// result of a 4-bit product is cloned, and the adapter's output cast to its
// type before the sum, except under autocast.
func (l *Linear) adaptQuantized(f *tape.Frame, x *tape.Tensor) *tape.Tensor {
	b, t := l.b, l.b.T
	result := f.V(l.base(x))
	if l.packed.form != workload.Int8 {
		result = f.Re(result, t.Clone(result))
	}
	h := x
	if !t.IsAutocast() {
		h = f.V(t.To(x, l.A.DType()))
	}
	low := l.module("lora_A", l.A, t.Dropout(h, b.Adapter.Dropout))
	output := f.V(t.MulS(l.module("lora_B", l.B, low)))
	if !t.IsAutocast() {
		output = f.Re(output, t.To(output, result.DType()))
	}
	return f.Re(result, t.Add(result, output))
}
