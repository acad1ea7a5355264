package tape

// This file holds Liger's Triton kernels around a decoder layer
// (liger_kernel/ops/rms_norm.py, swiglu.py, geglu.py, rope.py, cross_entropy.py):
// autograd functions that keep little and write gradients over what they have.

// NormFused is Liger's RMS norm: it keeps its input, the weight and one fp32
// number a row. overwrites says that the gradient of the input is written over
// that of the result; apart, that the input lies in memory with gaps, so that
// a contiguous copy is made and kept in its place.
func (t *Tape) NormFused(x, w *Tensor, overwrites, apart bool) *Tensor {
	in := x
	if apart {
		x = t.like("input made contiguous", x.dt, x)
	}
	rows := x.dims[:len(x.dims)-1]
	out := t.run(op{
		ins:   []*Tensor{in, w},
		saves: []*Tensor{x, w},
		outs: func() []*Tensor {
			y := t.like("normalized", x.dt, x)
			return []*Tensor{y, t.make("1/root mean square", F32, Numel(rows))}
		},
		keep: []int{1},
		back: func(b *Backward) []*Tensor {
			var each, gx, gw *Tensor
			if b.Need[1] {
				each = t.make("gradient of the weight by processor", F32, t.sms, w.dims[0])
			}
			var whole *Tensor
			if apart {
				whole = t.like("gradient made contiguous", b.G[0].dt, x)
			}
			if gx = b.G[0]; whole != nil {
				gx = whole
			}
			if overwrites {
				gx = t.alias(gx, x.dims)
			} else {
				gx = t.like("gradient of the norm's input", gx.dt, x)
			}
			if each != nil {
				gw = t.make("gradient of the weight", F32, w.dims...)
				partial, semaphores := t.rowSum(t.sms, w.dims[0])
				t.Scratch("scratch of a row sum", partial, semaphores)
				if w.dt != F32 {
					sum := gw
					gw = t.like("gradient of the weight, cast", w.dt, w)
					t.done(sum)
				}
			}
			t.done(each, whole)
			return []*Tensor{gx, gw}
		},
	})
	t.done(out[1], x, in, w)
	return out[0]
}

// GatedFused is Liger's act(a) · b: it keeps both and writes their gradients
// over them. apart says that they are halves of one tensor, which are copied
// first.
func (t *Tape) GatedFused(a, b *Tensor, apart bool) *Tensor {
	ia, ib := a, b
	if apart {
		a, b = t.like("gate made contiguous", a.dt, a), t.like("up made contiguous", b.dt, b)
	}
	y := t.run(op{
		ins:   []*Tensor{ia, ib},
		saves: []*Tensor{a, b},
		outs:  func() []*Tensor { return []*Tensor{t.like("gated", a.dt, a)} },
		back: func(k *Backward) []*Tensor {
			return []*Tensor{t.alias(k.Saved[0], a.dims), t.alias(k.Saved[1], b.dims)}
		},
	})[0]
	t.done(a, b, ia, ib)
	return y
}

// RotaryCopies says which of Liger's rotary kernel's operands and gradients
// lie otherwise in memory than the kernel wants, [B, S, heads, d], and are
// copied.
type RotaryCopies struct {
	Queries, Keys                bool
	QueryGradients, KeyGradients bool
}

// RotaryFused is Liger's rotary embedding of queries and keys [B, heads, S, d],
// in place. It keeps the tables.
func (t *Tape) RotaryFused(q, k, cos, sin *Tensor, copies RotaryCopies) (*Tensor, *Tensor) {
	place := func(x *Tensor, copied bool, what string) *Tensor {
		if copied {
			return t.like(what, x.dt, x)
		}
		return t.alias(x, x.dims)
	}
	bq, bk := own(q), own(k)
	ys := t.run(op{
		ins:   []*Tensor{q, k},
		saves: []*Tensor{cos, sin},
		outs: func() []*Tensor {
			return []*Tensor{place(bq, copies.Queries, "rotated queries"), place(bk, copies.Keys, "rotated keys")}
		},
		back: func(b *Backward) []*Tensor {
			var out [2]*Tensor
			for i, copied := range []bool{copies.QueryGradients, copies.KeyGradients} {
				if b.G[i] != nil {
					out[i] = place(b.G[i], copied, "gradient made contiguous")
				}
			}
			return out[:]
		},
	})
	t.drop(bq)
	t.drop(bk)
	t.done(cos, sin)
	return ys[0], ys[1]
}

// CrossEntropyFused is Liger's cross entropy of fp32 logits [rows, V]: the
// gradient is written over them in forward.
func (t *Tape) CrossEntropyFused(x, labels *Tensor) *Tensor {
	rows := x.dims[0]
	loss := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		outs: func() []*Tensor {
			each := t.make("losses of the rows", x.dt, rows)
			mask := t.make("labelled rows", Bool, rows)
			t.Scratch("labels of the labelled rows", rows.By(I64.Size()))
			out := t.make("loss", x.dt, One)
			a, s := t.innerSum(rows, One)
			t.Scratch("scratch of a sum", a, s)
			t.done(mask, each)
			return []*Tensor{out}
		},
		back: func(b *Backward) []*Tensor {
			one := t.make("one", F32, One)
			t.Scratch("is the gradient one", One, One)
			t.done(one)
			return []*Tensor{b.Saved[0]}
		},
	})[0]
	t.done(x, labels)
	return loss
}
