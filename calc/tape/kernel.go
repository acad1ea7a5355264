package tape

import (
	"fmt"

	"vramcalc/calc/say"
)

// Card is what a card's kernels ask for and how wide it is. The numbers are
// sizes of a program, not structure.
type Card struct {
	SMs          int64 // streaming multiprocessors
	ThreadsPerSM int64
	Matmul       int64 // cuBLAS workspace of a handle and stream, bytes
	MatmulLt     int64 // cuBLASLt workspace of a product with a fused bias, bytes
}

// SetCard gives the numbers of the card, once, before the first operator.
func (t *Tape) SetCard(c Card) {
	t.sms = t.Symbol("SMs", "streaming multiprocessors of the card", c.SMs)
	t.threads = t.Symbol("threadsPerSM", "resident threads of a streaming multiprocessor", c.ThreadsPerSM)
	t.matmul = t.Symbol("matmulWorkspace", "cuBLAS workspace of a matrix product, bytes", c.Matmul)
	t.matmulLt = t.Symbol("ltWorkspace", "cuBLASLt workspace of a product with fused bias, bytes", c.MatmulLt)
}

// kernel declares scratch that a kernel computes from sizes. Equal requests
// get one symbol; name and a running number make it an identifier.
func (t *Tape) kernel(name string, doc say.Text, args string, f func(v *Values) int64) Dim {
	key := name + args
	if d, ok := t.kernels[key]; ok {
		return d
	}
	t.kernelCount[name]++
	id := name
	if n := t.kernelCount[name]; n > 1 {
		id = fmt.Sprintf("%s%d", name, n)
	}
	d := t.derived(id, doc, f)
	t.kernels[key] = d
	return d
}

// text prints a dimension for a doc or a key.
func (t *Tape) text(d Dim) string { return t.rec.syms.format(d) }

// RoundUp is ⌈d/m⌉·m.
func (t *Tape) RoundUp(d Dim, m int64) Dim {
	if n, ok := d.Const(); ok {
		return N((n + m - 1) / m * m)
	}
	return t.kernel("rounded", say.F("%s rounded up to a multiple of %d", t.text(d), m), fmt.Sprint(t.text(d), "/", m),
		func(v *Values) int64 { return (d.eval(v) + m - 1) / m * m })
}

// Sum is a symbol for the sum of dimensions: the width of a fused projection.
func (t *Tape) Sum(name, doc string, ds ...Dim) Dim {
	total, fixed := int64(0), true
	for _, d := range ds {
		n, ok := d.Const()
		total, fixed = total+n, fixed && ok
	}
	if fixed {
		return N(total)
	}
	return t.Derived(name, doc, func(v *Values) int64 {
		var n int64
		for _, d := range ds {
			n = min(maxSize, n+d.eval(v))
		}
		return n
	})
}

// Only is n where the condition over the sizes holds and 0 elsewhere: memory
// that a kernel takes beyond a threshold.
func (t *Tape) Only(name, doc string, n Dim, when func(v *Values) bool) Dim {
	return t.only(name, say.Phrase(doc), n, when)
}

func (t *Tape) only(name string, doc say.Text, n Dim, when func(v *Values) bool) Dim {
	return t.kernel(name, doc, t.text(n)+doc.String(), func(v *Values) int64 {
		if when(v) {
			return n.eval(v)
		}
		return 0
	})
}

// The launch rules of ATen's reduction kernel (aten/src/ATen/native/cuda/Reduce.cuh,
// setReduceConfig), as far as they decide the global scratch.
const (
	reduceMaxThreads     = 512 // mnt_wrapper<T>::MAX_NUM_THREADS
	reduceWarp           = 32
	reduceVector         = 4 // output values of a thread
	reduceMinValues      = 16
	reduceMaxValues      = 256
	reduceMaxSplitBlock  = 16 // warp_split_threshold is block_height times this
	reduceAccumulatorLen = 4  // bytes of the fp32 accumulator
)

// rowSum is the scratch of summing rows (the slow dimension) of a [rows, cols]
// tensor: partial sums of several blocks, and their semaphores.
func (t *Tape) rowSum(rows, cols Dim) (partial, semaphores Dim) {
	args := "(" + t.text(rows) + "," + t.text(cols) + ")"
	doc := say.F("scratch of summing %s rows of %s (ATen setReduceConfig), bytes", t.text(rows), t.text(cols))
	sms, threads := t.sms, t.threads
	partial = t.kernel("rowSumScratch", doc, args, func(v *Values) int64 {
		p, _ := reduceRows(rows.eval(v), cols.eval(v), sms.eval(v), threads.eval(v))
		return p
	})
	semaphores = t.kernel("rowSumSemaphores", doc, args, func(v *Values) int64 {
		_, s := reduceRows(rows.eval(v), cols.eval(v), sms.eval(v), threads.eval(v))
		return s
	})
	return partial, semaphores
}

func reduceRows(inputs, outputs, sms, threads int64) (partial, semaphores int64) {
	if inputs <= 1 || outputs <= 0 || sms <= 0 || threads <= 0 {
		return 0, 0
	}
	vec := int64(reduceVector)
	for outputs%vec != 0 {
		vec /= 2
	}
	dim0, dim1 := outputs/vec, inputs
	limit := reduceMaxThreads / vec
	pow0, pow1 := min(lastPow2(dim0), limit), min(lastPow2(dim1), limit)
	width := min(pow0, reduceWarp)
	height := min(pow1, limit/width)
	width = min(pow0, limit/height)
	stepOut, stepIn := width, int64(1)
	perThread := func() int64 { return ceilDiv(inputs, stepIn) }
	split := perThread() >= min(height*reduceMaxSplitBlock, reduceMaxValues)
	if split {
		stepIn *= height
	} else {
		stepOut *= height
	}
	grid := ceilDiv(outputs/vec, stepOut)
	target := sms * (threads / (width * height))
	if !split || perThread() < reduceMaxValues || grid > target {
		return 0, 0
	}
	ctas := max(min(ceilDiv(target, grid), ceilDiv(perThread(), reduceMinValues)), ceilDiv(perThread(), reduceMaxValues))
	if ctas <= 1 {
		return 0, 0
	}
	return mulCap(mulCap(reduceAccumulatorLen*outputs, ctas), width*vec), 4 * grid
}

func lastPow2(n int64) int64 {
	p := int64(1)
	for p*2 <= n {
		p *= 2
	}
	return p
}

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }
