package tape

// This file holds what TorchInductor makes of the chains of element-wise
// operators around a decoder's matrix products: one kernel each. What a chain
// keeps for backward is the cut that torch/_functorch/partitioners.py finds
// (min_cut_rematerialization_partition): operands and results of products,
// reductions to a number a row, and nothing between them. Buffers whose last
// use is over are written to again where they are as large as what comes
// (torch/_inductor/codegen/wrapper.py), so that backward's kernels write over
// a gradient they have read. Buffers that wait for that do not lift the peak
// that inductor foresees, which leaves out the products' workspaces: with those
// they may lift the true one by up to a workspace, which is not modelled.

// LinearCompiled is x·Wᵀ + b. What it keeps is let go as soon as it has been
// used: its input after the weight's gradient, which is made first, and before
// its own.
func (t *Tape) LinearCompiled(x, w, bias *Tensor) *Tensor {
	var sw, kept *Tensor
	if x.Requires() {
		sw = w
	}
	if w.Requires() && t.grad {
		kept = hold(x)
	}
	workspace := t.matmul
	if bias != nil {
		workspace = t.matmulLt
	}
	dims := append(append([]Dim(nil), x.dims[:len(x.dims)-1]...), w.dims[0])
	y := t.run(op{
		ins:   []*Tensor{bias, x, w},
		saves: []*Tensor{sw},
		outs: func() []*Tensor {
			y := t.make("output", x.dt, dims...)
			t.Scratch("cuBLAS workspace", workspace)
			t.Work(x.dt, Numel(x.dims), w.dims[0])
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor {
			var gx, gw, gb *Tensor
			t.workEach(b.Need[1:], x.dt, Numel(x.dims), w.dims[0])
			if b.Need[2] {
				gw = t.product("gradient of weight", w)
				t.drop(kept)
			}
			if b.Need[1] {
				gx = t.product("gradient of input", x)
			}
			if b.Need[0] {
				gb = t.like("gradient of bias", bias.dt, bias)
			}
			return []*Tensor{gb, gx, gw}
		},
	})[0]
	t.done(x, w, bias)
	return y
}

// NormCompiled is an RMS norm: it keeps its input and one fp32 number a row.
// The partial sums of the weight's gradient, a few rows, are not modelled.
func (t *Tape) NormCompiled(x, w *Tensor) *Tensor {
	out := t.run(op{
		ins:   []*Tensor{x, w},
		saves: []*Tensor{x, w},
		outs: func() []*Tensor {
			inverse := t.make("1/root mean square", F32, x.Rows())
			return []*Tensor{t.like("normalized", x.dt, x), inverse}
		},
		keep: []int{1},
		back: func(b *Backward) []*Tensor {
			var gw *Tensor
			if b.Need[1] {
				gw = t.like("gradient of the weight", w.dt, w)
			}
			return []*Tensor{t.alias(b.G[0], x.dims), gw}
		},
	})
	t.done(out[1], x, w)
	return out[0]
}

// AddCompiled is x + branch, written over the branch.
func (t *Tape) AddCompiled(x, branch *Tensor) *Tensor {
	held := own(branch)
	y := t.run(op{
		ins:  []*Tensor{x, held},
		outs: func() []*Tensor { return []*Tensor{t.alias(held, held.dims)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{b.G[0], b.G[0]} },
	})[0]
	t.drop(held)
	t.done(x)
	return y
}

// AddScaledCompiled is a product and an adapter's, added in the adapter's type
// and cast back, written over the product.
func (t *Tape) AddScaledCompiled(product, adapter *Tensor) *Tensor {
	held := own(product)
	y := t.run(op{
		ins:  []*Tensor{held, adapter},
		outs: func() []*Tensor { return []*Tensor{t.alias(held, held.dims)} },
		back: func(b *Backward) []*Tensor {
			return []*Tensor{b.G[0], t.like("gradient of the adapter's product", adapter.dt, adapter)}
		},
	})[0]
	t.drop(held)
	t.done(adapter)
	return y
}

// GatedCompiled is act(gate) · up of two products and, where adapters add to
// them, the adapters' products, nil if none; the sums are written over the
// products and kept. Backward makes all gradients at once: up's over up, unless
// an adapter wants its own, in its type. The result is given in its own type
// and, unless that is Bool, in another for an adapter.
func (t *Tape) GatedCompiled(gate, gateAdapter, up, upAdapter *Tensor, other DType) (y, wide *Tensor) {
	ys := t.run(op{
		ins:   []*Tensor{gate, gateAdapter, up, upAdapter},
		saves: []*Tensor{gate, up},
		outs: func() []*Tensor {
			ys := []*Tensor{t.like("gated", gate.dt, gate), nil}
			if other != Bool {
				ys[1] = t.like("gated, cast to "+other.String(), other, gate)
			}
			return ys
		},
		back: func(b *Backward) []*Tensor {
			out := make([]*Tensor, len(b.Need))
			for i, x := range []*Tensor{gate, gateAdapter, up, upAdapter} {
				switch {
				case !b.Need[i]:
				case x == up && upAdapter == nil:
					out[i] = t.alias(b.Saved[1], up.dims)
				default:
					out[i] = t.like("gradient of a gated product", x.dt, x)
				}
			}
			return out
		},
	})
	t.done(gate, gateAdapter, up, upAdapter)
	return ys[0], ys[1]
}

// RotaryCompiled rotates queries [B, a, S, d] and keys [B, k, S, d] by angles
// that are computed on the way, and gives every query head its key. It keeps
// nothing.
func (t *Tape) RotaryCompiled(q, k *Tensor, h Heads) (*Tensor, *Tensor) {
	ys := t.run(op{
		ins: []*Tensor{q, k},
		outs: func() []*Tensor {
			return []*Tensor{
				t.like("rotated queries", q.dt, q),
				t.make("rotated keys by query head", k.dt, h.Batch, h.Heads, h.Keys, h.Dim),
			}
		},
		back: func(b *Backward) []*Tensor {
			gk := t.like("gradient of keys", k.dt, k)
			return []*Tensor{t.like("gradient of queries", q.dt, q), gk}
		},
	})
	t.done(q, k)
	return ys[0], ys[1]
}

// RepeatCompiled gives every query head its value. It keeps nothing.
func (t *Tape) RepeatCompiled(v *Tensor, h Heads) *Tensor {
	y := t.run(op{
		ins: []*Tensor{v},
		outs: func() []*Tensor {
			return []*Tensor{t.make("values by query head", v.dt, h.Batch, h.Heads, h.Keys, h.ValueDim)}
		},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of values", v.dt, v)} },
	})[0]
	t.done(v)
	return y
}

// SDPACompiled is scaled_dot_product_attention with an additive mask: the
// memory-efficient kernel, which keeps the mask.
func (t *Tape) SDPACompiled(q, k, v, mask *Tensor, h Heads) *Tensor {
	y := t.efficientBias(q, k, v, mask, h)
	t.done(q, k, v, mask)
	return y
}
