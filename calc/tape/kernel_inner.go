package tape

import "vramcalc/calc/say"

// innerSum is the scratch of a sum over the fastest dimension: inputs values
// for each of outputs results. Where few results take many values, blocks
// share a result through global memory.
func (t *Tape) innerSum(inputs, outputs Dim) (partial, semaphores Dim) {
	args := "(" + t.text(inputs) + "," + t.text(outputs) + ")"
	doc := say.F("scratch of %s sums of %s values (ATen setReduceConfig), bytes", t.text(outputs), t.text(inputs))
	sms, threads := t.sms, t.threads
	at := func(v *Values) (int64, int64) {
		return reduceInner(inputs.eval(v), outputs.eval(v), sms.eval(v), threads.eval(v))
	}
	if _, fixed := inputs.Const(); fixed && neverShared(inputs.c) {
		return Dim{}, Dim{}
	}
	partial = t.kernel("innerSumScratch", doc, args, func(v *Values) int64 { p, _ := at(v); return p })
	semaphores = t.kernel("innerSumSemaphores", doc, args, func(v *Values) int64 { _, s := at(v); return s })
	return partial, semaphores
}

// neverShared says that so few values are summed that no result is shared by
// blocks, whatever the number of results: a thread would take fewer than the
// threshold.
func neverShared(inputs int64) bool { return inputs < reduceMaxValues*reduceMaxThreads }

// reduceInner is setReduceConfig (aten/src/ATen/native/cuda/Reduce.cuh) where
// the reduced dimension is the fastest.
func reduceInner(inputs, outputs, sms, threads int64) (partial, semaphores int64) {
	if inputs <= 1 || outputs <= 0 || sms <= 0 || threads <= 0 {
		return 0, 0
	}
	pow0, pow1 := min(lastPow2(inputs), reduceMaxThreads), min(lastPow2(outputs), reduceMaxThreads)
	width := min(pow0, reduceWarp)
	height := min(pow1, reduceMaxThreads/width)
	width = min(pow0, reduceMaxThreads/height)
	stepIn, stepOut := width, int64(1)
	perThread := func() int64 { return ceilDiv(inputs, stepIn) }
	split := perThread() >= min(height*reduceMaxSplitBlock, reduceMaxValues)
	if split {
		stepIn *= height
	} else {
		stepOut *= height
	}
	grid := ceilDiv(outputs, stepOut)
	target := sms * (threads / (width * height))
	if !split || perThread() < reduceMaxValues || grid > target {
		return 0, 0
	}
	ctas := max(min(ceilDiv(target, grid), ceilDiv(perThread(), reduceMinValues)), ceilDiv(perThread(), reduceMaxValues))
	if ctas <= 1 {
		return 0, 0
	}
	return mulCap(reduceAccumulatorLen*outputs, ctas), 4 * grid
}
