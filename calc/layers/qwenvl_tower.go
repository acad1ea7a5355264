package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// QwenTower is the vision transformer of Qwen2-VL and its relatives.
type QwenTower struct {
	b      *Builder
	v      workload.Vision
	s      qwenSizes
	patch  *tape.Param
	stack  *Stack
	merger *qwenMerger
}

// QwenTower declares a tower in the module model.visual.
func (b *Builder) QwenTower(v workload.Vision, parts Parts) *QwenTower {
	w := &QwenTower{b: b, v: v, s: b.qwenSizes(v)}
	defer b.In("model.visual")()
	parts.Vision(func() {
		w.patch = b.param("patch_embed.proj.weight", tape.ConvWeight, append([]tape.Dim{w.s.H}, patch(v)...)...)
		b.refuseConvolution("patch_embed.proj")
		w.rotaryBuffers()
		defer b.In("blocks")()
		defer b.In("*")()
		whole, windows := b.imageCalls(w.s), b.windowCalls(w.s, v)
		w.stack = b.Periodic("vision_layers", w.s.L, v.Layers, 0, max(1, v.FullEvery), func(kind int) Block {
			calls := whole
			if v.Window > 0 && int64(kind) != v.FullEvery-1 {
				calls = windows
			}
			return b.qwenLayer(w.s, v, calls, kind)
		})
	})
	parts.Join(func() { w.merger = b.qwenMerger("merger", w.s, v) })
	return w
}

// quarter is the number of angles of a patch's row, as many as of its column.
func (w *QwenTower) quarter() tape.Dim {
	return w.b.T.Fraction("quarterHeadDim", "a quarter of the head width of the vision tower", w.s.D, 4)
}

func (w *QwenTower) rotaryBuffers() {
	w.b.Buffer("rotary_pos_emb.inv_freq", tape.F32, w.quarter())
	w.b.Buffer("rotary_pos_emb.original_inv_freq", tape.F32, w.quarter())
}

// Forward sees patches. The results are the last layer's state and the merged
// tokens.
func (w *QwenTower) Forward(pixels, positions, order *tape.Tensor) (last, merged *tape.Tensor) {
	t := w.b.T
	defer t.Scope("visual")()
	f := t.Frame(pixels)
	h := f.V(w.embed(pixels))
	if order != nil {
		h = f.Re(h, w.byWindow(h, order))
	}
	cos, sin := w.rotary(positions)
	cos, sin = f.V(cos), f.V(sin)
	if order != nil {
		a, b := f.V(w.byWindow(cos, order)), f.V(w.byWindow(sin, order))
		f.Del(cos)
		f.Del(sin)
		cos, sin = a, b
	}
	h = w.stack.Forward(f, h, &Context{Cos: cos, Sin: sin})
	if order == nil {
		merged = f.V(w.merger.Forward(h))
		return f.Ret2(h, merged)
	}
	back := f.V(t.Argsort(order))
	merged = f.V(w.merger.Forward(h))
	merged = f.Re(merged, t.TakeRows(merged, back))
	return f.Ret2(h, merged)
}

// embed is the patch embedding, whose result is made to require a gradient
// as that of token embeddings is.
func (w *QwenTower) embed(pixels *tape.Tensor) *tape.Tensor {
	t := w.b.T
	defer t.Scope("patch_embed")()
	f := t.Frame(pixels)
	x := f.V(t.View(pixels, append([]tape.Dim{w.s.Patches}, patch(w.v)...)...))
	y := t.PatchRows(t.To(x, w.patch.DType()), w.patch.T(), nil)
	f.Re(x, y)
	y = f.Ret(y)
	if w.b.Train.Checkpointing && !y.Requires() {
		t.RequireGrad(y)
	}
	return y
}

// byWindow is permute_input_for_window_attn: squares of patches in the order
// of their windows.
func (w *QwenTower) byWindow(x, order *tape.Tensor) *tape.Tensor {
	t := w.b.T
	f := t.Frame(x)
	n, width := w.s.Merged, x.Last().By(w.s.Merge)
	y := f.V(t.View(x, n, width))
	y = f.Re(y, t.TakeRows(y, order))
	return f.Ret(f.Re(y, t.View(y, w.s.Patches, x.Last())))
}

// rotary makes the tables of a head's angles: half of them follow a patch's
// row, half its column.
func (w *QwenTower) rotary(positions *tape.Tensor) (cos, sin *tape.Tensor) {
	t, n := w.b.T, w.s.Patches
	defer t.Scope("rotary_pos_emb")()
	angles := []tape.Dim{n, tape.N(2), w.quarter()}
	f := t.Frame(positions)
	f.V(t.Make("frequencies", tape.F32, angles, t.Make("positions in fp32", tape.F32, []tape.Dim{n, tape.N(2), tape.One})))
	cos = f.V(t.Make("cos", tape.F32, angles, t.Make("cos before scaling", tape.F32, angles)))
	sin = f.V(t.Make("sin", tape.F32, angles, t.Make("sin before scaling", tape.F32, angles)))
	twice := func(x *tape.Tensor) *tape.Tensor {
		g := t.Frame(x)
		g.V(t.Make("rows and columns", tape.F32, angles))
		return g.Ret(t.Make("table", tape.F32, []tape.Dim{n, w.s.D}))
	}
	cos = f.Re(cos, twice(cos))
	sin = f.Re(sin, twice(sin))
	return f.Ret2(cos, sin)
}
