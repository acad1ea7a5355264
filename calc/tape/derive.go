package tape

// Of is a size that a function computes from another: packed, blocked or
// guarded by a threshold. The function must be total, monotone and allocate
// nothing; name and doc say what it gives.
func (t *Tape) Of(name, doc string, d Dim, f func(n int64) int64) Dim {
	if n, ok := d.Const(); ok {
		return N(min(maxSize, f(n)))
	}
	return t.kernel(name, doc+", of "+t.text(d), "("+t.text(d)+")"+doc, func(v *Values) int64 { return min(maxSize, f(d.eval(v))) })
}

// Of2 is a size that a function computes from two others.
func (t *Tape) Of2(name, doc string, a, b Dim, f func(m, n int64) int64) Dim {
	m, fixedA := a.Const()
	n, fixedB := b.Const()
	if fixedA && fixedB {
		return N(min(maxSize, f(m, n)))
	}
	args := "(" + t.text(a) + "," + t.text(b) + ")"
	return t.kernel(name, doc+", of "+t.text(a)+" and "+t.text(b), args+doc, func(v *Values) int64 {
		return min(maxSize, f(a.eval(v), b.eval(v)))
	})
}

// ProductCap multiplies two numbers of a derived size and stops at the largest
// size that is carried.
func ProductCap(a, b int64) int64 { return mulCap(max(0, a), max(0, b)) }

// MatmulWorkspace is what a matrix product takes while it runs.
func (t *Tape) MatmulWorkspace() Dim { return t.matmul }

// FusedWorkspace is what a matrix product with a fused addition takes while it
// runs.
func (t *Tape) FusedWorkspace() Dim { return t.matmulLt }

// RowSumScratch is what summing the rows of a [rows, cols] tensor takes.
func (t *Tape) RowSumScratch(rows, cols Dim) (partial, semaphores Dim) { return t.rowSum(rows, cols) }

// TotalScratch is what reducing all of n elements to one number takes, given
// the bytes of the accumulator: partial results of several blocks, and their
// semaphore.
func (t *Tape) TotalScratch(n Dim, accumulator int64) (partial, semaphores Dim) {
	sms, threads := t.sms, t.threads
	doc := "blocks that reduce " + t.text(n) + " elements to one (ATen setReduceConfig), and bytes of their semaphore"
	args := "(" + t.text(n) + ")"
	partial = t.kernel("totalScratch", doc, args, func(v *Values) int64 {
		p, _ := reduceAll(n.eval(v), sms.eval(v), threads.eval(v))
		return p
	}).By(accumulator)
	semaphores = t.kernel("totalSemaphores", doc, args, func(v *Values) int64 {
		_, s := reduceAll(n.eval(v), sms.eval(v), threads.eval(v))
		return s
	})
	return partial, semaphores
}

// reduceVectorizeAbove is the number of elements above which a reduction reads
// vectors (setReduceConfig).
const reduceVectorizeAbove = 128

// reduceSemaphore is the bytes of the counter by which blocks find the last.
const reduceSemaphore = 4

// reduceAll is the launch rule of a reduction to one output: the number of
// partial results, and bytes of semaphores.
func reduceAll(n, sms, threads int64) (partial, semaphores int64) {
	if n <= 1 || sms <= 0 || threads <= 0 {
		return 0, 0
	}
	dim := n
	if dim > reduceVectorizeAbove {
		dim /= reduceVector
	}
	width := min(lastPow2(dim), reduceMaxThreads)
	perThread := ceilDiv(n, width)
	if perThread < reduceMaxValues {
		return 0, 0
	}
	target := sms * (threads / width)
	ctas := max(min(target, ceilDiv(perThread, reduceMinValues)), ceilDiv(perThread, reduceMaxValues))
	if ctas <= 1 {
		return 0, 0
	}
	return ctas, reduceSemaphore
}

// Choose is one size where a is larger than b and another elsewhere.
func (t *Tape) Choose(name, doc string, a, b, larger, other Dim) Dim {
	args := "(" + t.text(a) + "," + t.text(b) + "," + t.text(larger) + "," + t.text(other) + ")"
	return t.kernel(name, doc+"; depends on whether "+t.text(a)+" exceeds "+t.text(b), args, func(v *Values) int64 {
		if a.eval(v) > b.eval(v) {
			return larger.eval(v)
		}
		return other.eval(v)
	})
}

// TotalElements is the number of elements of some recorded parameters and of
// those that they stand for.
func (t *Tape) TotalElements(ps []*Param) Dim {
	kinds := t.alike(ps, true)
	key := keyOf(t, kinds)
	return t.kernel("elements", "elements of the parameters with a gradient", key, func(v *Values) int64 {
		var n int64
		for i := range kinds {
			n = min(maxSize, n+mulCap(kinds[i].number(v), kinds[i].elements.eval(v)))
		}
		return n
	})
}

// Share is an n-th of a dimension, rounded up: the largest of n parts.
func (t *Tape) Share(name, doc string, d Dim, n int64) Dim {
	return t.kernel(name, doc, "("+t.text(d)+")", func(v *Values) int64 { return ceilDiv(d.eval(v), n) })
}

// Fraction is an n-th of a dimension that n divides, as a symbol of its own
// unless it is known.
func (t *Tape) Fraction(name, doc string, d Dim, n int64) Dim {
	if k, ok := d.Const(); ok {
		return N(k / n)
	}
	return t.kernel(name, doc, "("+t.text(d)+")", func(v *Values) int64 { return d.eval(v) / n })
}
