package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// PixtralTower is PixtralVisionModel: the patches of all images of a batch are
// one sequence, within which a mask keeps images apart.
type PixtralTower struct {
	b       *Builder
	s       towerSizes
	patches *patchEmbeddings
	norm    *RMSNorm
	first   *Stack // up to the hidden state that the projector takes
	rest    *Stack // the layers after it, nil if there are none
	tokens  tape.Dim
	rows    int64
	columns int64
}

// PixtralTower declares the tower of the present module. feature is the number
// of layers after which the projector takes the hidden state.
func (b *Builder) PixtralTower(v workload.Vision, feature int64) *PixtralTower {
	w := &PixtralTower{b: b, s: b.towerSizes(v, false)}
	w.rows, w.columns = w.s.win.Out(v.Height, v.Width)
	w.tokens = w.s.Images.Times(w.s.Patches)
	p := tape.N(v.Patch)
	w.patches = &patchEmbeddings{b: b, v: v, s: w.s}
	w.patches.patch = b.param("patch_conv.weight", tape.ConvWeight, w.s.H, tape.N(v.Channels), p, p)
	w.norm = b.RMSNorm("ln_pre", w.s.H)
	func() {
		defer b.In("transformer")()
		defer b.In("layers")()
		defer b.In("*")()
		w.first, w.rest = b.towerStacks(w.s, v.Layers, feature, func() Block { return b.pixtralLayer(w.s, v) })
	}()
	half := b.Half("half", w.s.D)
	b.Buffer("patch_positional_embedding.inv_freq", tape.F32, half)
	b.Buffer("patch_positional_embedding.original_inv_freq", tape.F32, half)
	return w
}

// Forward sees images.
func (w *PixtralTower) Forward(pixels *tape.Tensor) Seen {
	t, s := w.b.T, w.s
	defer t.Scope("vision_tower")()
	f := t.Frame(pixels)
	patches := f.V(w.patches.convolve(t.To(pixels, w.patches.patch.DType())))
	x := t.Joined(patches, w.tokens, s.H)
	x = f.V(t.View(x, tape.One, w.tokens, s.H))
	x = f.Re(x, w.norm.Forward(x))
	positions := w.positions(f)
	c := &Context{}
	cos, sin := w.rotary(positions, x.DType())
	c.Cos, c.Sin = f.V(cos), f.V(sin)
	c.Mask = f.V(t.Make("mask between images", x.DType(), []tape.Dim{tape.One, tape.One, w.tokens, w.tokens}))
	last, selected := f.Ret2(w.encode(x, c))
	return Seen{Last: last, Selected: selected}
}

func (w *PixtralTower) encode(x *tape.Tensor, c *Context) (last, selected *tape.Tensor) {
	f := w.b.T.Frame(x)
	h := w.first.Forward(f, f.V(x), c)
	if w.rest == nil {
		return f.Ret(h), nil
	}
	selected = h
	h = w.rest.Forward(f, f.V(h), c)
	return f.Ret2(h, selected)
}

// positions are row and column of each patch, made image by image.
func (w *PixtralTower) positions(f *tape.Frame) *tape.Tensor {
	t, s := w.b.T, w.s
	defer t.Scope("positions")()
	ints := func(what string, dims ...tape.Dim) *tape.Tensor { return t.Make(what, tape.I64, dims) }
	parts := f.V(ints("of each image", w.tokens, tape.N(2)))
	f.V(ints("rows", tape.N(w.rows)))
	f.V(ints("columns", tape.N(w.columns)))
	t.Done(ints("row of each patch", s.Patches), ints("column of each patch", s.Patches))
	return f.Re(parts, ints("of all images", w.tokens, tape.N(2)))
}

// rotary is PixtralVisionRotaryEmbedding: one table for rows and columns.
func (w *PixtralTower) rotary(positions *tape.Tensor, dt tape.DType) (cos, sin *tape.Tensor) {
	t, b := w.b.T, w.b
	defer t.Scope("patch_positional_embedding")()
	half := []tape.Dim{tape.One, w.tokens, b.Half("half", w.s.D)}
	both := append(half, tape.N(2)) // for rows and for columns
	full := []tape.Dim{tape.One, w.tokens, w.s.D}
	table := func(what string, dims []tape.Dim, uses ...*tape.Tensor) *tape.Tensor {
		return t.Make(what, tape.F32, dims, uses...)
	}
	f := t.Frame(positions)
	f.V(table("frequencies", both, table("positions in fp32", []tape.Dim{w.tokens, tape.N(2)})))
	cos = f.V(table("cos", both, table("cos before scaling", both)))
	sin = f.V(table("sin", both, table("sin before scaling", both)))
	cos = f.Re(cos, table("cos of the whole head", full, table("cos of rows and columns", half)))
	sin = f.Re(sin, table("sin of the whole head", full, table("sin of rows and columns", half)))
	return f.Ret2(t.To(cos, dt), t.To(sin, dt))
}
