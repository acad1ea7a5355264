package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// InternTower is InternVLVisionModel as the multimodal models configure it:
// patches, a class token, learned positions and layers, without a norm at the
// end.
type InternTower struct {
	b         *Builder
	s         towerSizes
	class     *tape.Param
	positions *tape.Param
	patches   *patchEmbeddings
	first     *Stack // up to the hidden state that the projector takes
	rest      *Stack // the layers after it, nil if there are none
}

// InternTower declares the tower of the present module. feature is the number
// of layers after which the projector takes the hidden state.
func (b *Builder) InternTower(v workload.Vision, feature int64) *InternTower {
	w := &InternTower{b: b, s: b.towerSizes(v, true)}
	side := v.NativeSize / max(1, v.Patch)
	func() {
		defer b.In("embeddings")()
		w.class = b.Weight("cls_token", tape.One, tape.One, w.s.H)
		w.positions = b.Weight("position_embeddings", tape.One, tape.N(side*side+1), w.s.H)
		defer b.In("patch_embeddings")()
		p := tape.N(v.Patch)
		w.patches = &patchEmbeddings{b: b, v: v, s: w.s}
		w.patches.patch = b.param("projection.weight", tape.ConvWeight, w.s.H, tape.N(v.Channels), p, p)
		w.patches.bias = b.param("projection.bias", tape.Bias, w.s.H)
	}()
	defer b.In("encoder")()
	defer b.In("layer")()
	defer b.In("*")()
	make := func() Block { return b.internLayer(w.s, v) }
	w.first, w.rest = b.towerStacks(w.s, v.Layers, feature, make)
	return w
}

// towerStacks declares a tower's layers, split after the layer whose hidden
// state a projector takes.
func (b *Builder) towerStacks(s towerSizes, layers, feature int64, make func() Block) (first, rest *Stack) {
	if feature >= layers {
		return b.Stack("vision layers", s.L, layers, 0, make), nil
	}
	n := b.T.Symbol("Lf", "layers of the vision tower up to the feature", feature)
	m := b.T.Symbol("Lr", "layers of the vision tower after the feature", layers-feature)
	return b.Stack("vision layers", n, feature, 0, make), b.Stack("last vision layers", m, layers-feature, 0, make)
}

// Forward sees images. It pools nothing.
func (w *InternTower) Forward(pixels *tape.Tensor) Seen {
	t := w.b.T
	defer t.Scope("vision_tower")()
	f := t.Frame(pixels)
	h := f.V(w.embed(pixels))
	last, selected := f.Ret2(w.encode(h))
	return Seen{Last: last, Selected: selected}
}

func (w *InternTower) embed(pixels *tape.Tensor) *tape.Tensor {
	t, s := w.b.T, w.s
	defer t.Scope("embeddings")()
	f := t.Frame(pixels)
	x := f.V(w.patches.convolve(t.To(pixels, w.patches.patch.DType())))
	class := f.V(t.Expand(w.class.T(), s.Images, tape.One, s.H))
	x = f.Re(x, t.Cat([]tape.Dim{s.Images, s.Tokens, s.H}, class, x))
	return f.Ret(f.Re(x, t.Add(x, w.positions.T())))
}

func (w *InternTower) encode(x *tape.Tensor) (last, selected *tape.Tensor) {
	f := w.b.T.Frame(x)
	h := w.first.Forward(f, f.V(x), &Context{})
	if w.rest == nil {
		return f.Ret(h), nil
	}
	selected = h
	h = w.rest.Forward(f, f.V(h), &Context{})
	return f.Ret2(h, selected)
}
