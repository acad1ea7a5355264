package layers

import (
	"fmt"

	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Qwen3Tower is Qwen3VLVisionModel: its positions are interpolated from a
// table, and the states of some layers are merged too.
type Qwen3Tower struct {
	qwenPatches
	table  *Embedding
	stacks []*Stack // each but the last ends with a layer whose state is merged
	merger *qwenMerger
	deep   []*qwenMerger
}

// Qwen3Tower declares a tower in the module model.visual.
func (b *Builder) Qwen3Tower(v workload.Vision, parts Parts) *Qwen3Tower {
	w := &Qwen3Tower{qwenPatches: qwenPatches{b: b, v: v, s: b.qwenSizes(v)}}
	defer b.In("model.visual")()
	parts.Vision(func() {
		w.declare(true)
		w.table = b.Embedding("pos_embed", tape.N(v.PositionRows), w.s.H)
		w.rotaryBuffers()
		defer b.In("blocks")()
		defer b.In("*")()
		calls := b.imageCalls(w.s)
		w.layers(func() Block { return b.qwenLayer(w.s, v, calls, 0) })
	})
	parts.Join(func() {
		w.merger = b.qwen3Merger("merger", w.s, v, false)
		for i := range v.DeepStack {
			w.deep = append(w.deep, b.qwen3Merger(fmt.Sprintf("deepstack_merger_list.%d", i), w.s, v, true))
		}
	})
	return w
}

// layers declares the layers up to each whose state is merged, and the rest.
func (w *Qwen3Tower) layers(layer func() Block) {
	b, v := w.b, w.v
	add := func(first, end int64) {
		n := b.T.SymbolFor(fmt.Sprintf("Lv_%d", first), say.F("layers of the vision tower from %d on", first), end-first)
		w.stacks = append(w.stacks, b.Stack(fmt.Sprintf("vision layers %d to %d", first, end-1), n, end-first, 0, layer))
	}
	first := int64(0)
	for i := range v.DeepStack {
		end := v.DeepStackFirst + i*v.DeepStackEvery + 1
		add(first, end)
		first = end
	}
	add(first, v.Layers)
}

// Forward sees patches. With them are given their positions, and the rows of
// the position table between which each patch lies, with their weights.
func (w *Qwen3Tower) Forward(pixels *tape.Tensor, given []*tape.Tensor) qwenSeen {
	t := w.b.T
	defer t.Scope("visual")()
	positions, rows, weights := given[0], given[1], given[2]
	f := t.Frame(pixels)
	h := f.V(w.embed(pixels))
	added := f.V(w.positions(rows, weights))
	h = f.Re(h, t.Add(h, t.To(added, h.DType())))
	cos, sin := w.rotary(positions)
	c := &Context{Cos: f.V(cos), Sin: f.V(sin)}
	var deep []*tape.Tensor
	for i, s := range w.stacks {
		h = s.Forward(f, h, c)
		if i < len(w.deep) {
			deep = append(deep, f.V(w.deep[i].Forward(h)))
		}
	}
	merged := f.V(w.merger.Forward(h))
	for _, x := range deep {
		t.Keep(x)
	}
	last, merged := f.Ret2(h, merged)
	return qwenSeen{last, merged, deep}
}

// positions interpolates the table between the rows nearest to each patch.
func (w *Qwen3Tower) positions(rows, weights *tape.Tensor) *tape.Tensor {
	t, d := w.b.T, rows.Dims()
	return t.SumTaps(t.Mul(w.table.Forward(rows), t.View(weights, d[0], d[1], tape.One)))
}
