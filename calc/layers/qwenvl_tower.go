package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// qwenSeen is what a tower gives: the last layer's state, the merged tokens,
// and features for the first layers of the language model, which are kept for
// the caller to release.
type qwenSeen struct {
	last, merged *tape.Tensor
	deep         []*tape.Tensor
}

// QwenTower is the vision transformer of Qwen2-VL and Qwen2.5-VL.
type QwenTower struct {
	qwenPatches
	stack  *Stack
	merger *qwenMerger
}

// QwenTower declares a tower in the module model.visual.
func (b *Builder) QwenTower(v workload.Vision, parts Parts) *QwenTower {
	w := &QwenTower{qwenPatches: qwenPatches{b: b, v: v, s: b.qwenSizes(v)}}
	defer b.In("model.visual")()
	parts.Vision(func() {
		w.declare(false)
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

// Forward sees patches. With them are given their positions and, where there
// are windows, the order of merged squares.
func (w *QwenTower) Forward(pixels *tape.Tensor, given []*tape.Tensor) qwenSeen {
	t := w.b.T
	defer t.Scope("visual")()
	positions := given[0]
	var order *tape.Tensor
	if len(given) > 1 {
		order = given[1]
	}
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
		merged := f.V(w.merger.Forward(h))
		last, merged := f.Ret2(h, merged)
		return qwenSeen{last: last, merged: merged}
	}
	back := f.V(t.Argsort(order))
	merged := f.V(w.merger.Forward(h))
	merged = f.Re(merged, t.TakeRows(merged, back))
	last, merged := f.Ret2(h, merged)
	return qwenSeen{last: last, merged: merged}
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
