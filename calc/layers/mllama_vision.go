package layers

import "vramcalc/calc/tape"

// Forward sees images of tiles and gives the last hidden state beside those of
// some local layers: [B·images, tiles, tokens, (1 + taken)·h].
func (w *mllamaTower) Forward(pixels, ids, ratios *tape.Tensor) *tape.Tensor {
	t, s := w.b.T, w.s
	defer t.Scope("vision_model")()
	f := t.Frame(pixels, ids, ratios)
	patches := f.V(w.patch.convolve(t.To(pixels, w.patch.patch.DType())))
	h := f.V(t.View(patches, s.pictures, s.tiles, s.Patches, s.H))
	h = f.Re(h, w.before.Forward(h, ids))
	h = f.Re(h, t.View(h, s.Images, s.Patches, s.H))
	h = f.Re(h, w.classified(h))
	h = f.Re(h, t.View(h, s.pictures, s.tiles, s.Tokens, s.H))
	h = f.Re(h, w.positions.Forward(h, ids))
	h = f.Re(h, w.pre.Forward(h))
	h = f.Re(h, t.Pad(h, s.pictures, s.tiles, s.padded, s.H))
	ctx := &Context{Mask: f.V(w.mask(ratios))}

	h = f.Re(h, t.View(h, s.pictures, s.all, s.H))
	var states, taken []*tape.Tensor // all hidden states stay until the tower returns
	defer func() { t.Release(states...) }()
	run := func(k *Stack) {
		for _, p := range k.parts {
			t.Each(p.section, func(i int) {
				h = f.Re(h, w.b.through(p.blocks[i], h, func(h *tape.Tensor) *tape.Tensor { return p.blocks[i].Forward(h, ctx) }))
				states = append(states, t.Keep(h))
			})
		}
	}
	for i, k := range w.local {
		run(k)
		if i < w.taken {
			taken = append(taken, h)
		}
	}
	h = f.Re(h, w.post.Forward(h))
	h = f.Re(h, t.View(h, s.pictures, s.tiles, s.padded, s.H))
	h = f.Re(h, w.after.Forward(h, ids))
	h = f.Re(h, t.View(h, s.pictures, s.all, s.H))
	if w.global != nil {
		run(w.global)
	}
	h = f.Re(h, w.unpadded(h, s.H))
	if len(taken) == 0 {
		return f.Ret(h)
	}
	beside := f.V(t.StackLast(taken...))
	width := s.H.Times(tape.N(int64(len(taken))))
	beside = f.Re(beside, w.unpadded(beside, width))
	dims := []tape.Dim{s.pictures, s.tiles, s.Tokens, s.H.Times(tape.N(int64(len(taken)) + 1))}
	return f.Ret(f.Re(h, t.Cat(dims, h, beside)))
}

// classified puts the class token before the patches of each tile.
func (w *mllamaTower) classified(x *tape.Tensor) *tape.Tensor {
	t, s := w.b.T, w.s
	f := t.Frame(x)
	class := f.V(t.Expand(w.class.T(), s.Images, tape.One, s.H))
	return f.Ret(f.V(t.Cat([]tape.Dim{s.Images, s.Tokens, s.H}, class, x)))
}

// unpadded takes the padding away.
func (w *mllamaTower) unpadded(x *tape.Tensor, width tape.Dim) *tape.Tensor {
	t, s := w.b.T, w.s
	x = t.View(x, s.pictures, s.tiles, s.padded, width)
	if s.pad == 0 {
		return x
	}
	return t.View(t.Slice(x, s.pictures, s.tiles, s.Tokens, width), s.pictures, s.tiles, s.Tokens, width)
}

// mask is _prepare_aspect_ratio_attention_mask: [B·images, 1, tokens, tokens]
// of numbers.
func (w *mllamaTower) mask(ratios *tape.Tensor) *tape.Tensor {
	t, s := w.b.T, w.s
	dt := w.b.Weights
	defer t.Scope("aspect ratio mask")()
	f := t.Frame(ratios)
	column := []tape.Dim{s.pictures, s.all, tape.One}
	m := f.V(t.To(t.Make("tiles in use", dt, ratios.Dims()), dt))
	m = f.Re(m, t.Make("tokens in use", dt, column))
	m = f.Re(m, t.Make("tokens not in use", dt, column))
	square := t.MatMulOuter(m)
	return f.Ret(f.Re(m, t.Make("mask", square.DType(), []tape.Dim{s.pictures, tape.One, s.all, s.all}, square)))
}
