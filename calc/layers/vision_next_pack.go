package layers

import "vramcalc/calc/tape"

// pack is pack_image_features for one image: its whole, then the tiles put
// together without padding, each row ended by the learned vector.
func (l *LLaVANext) pack(tiles *tape.Tensor) *tape.Tensor {
	t, g, h := l.b.T, l.grid, l.h
	defer t.Scope("pack_image_features")()
	side, square := tape.N(g.side), tape.N(g.side*g.side)
	f := t.Frame(tiles)
	whole := f.V(t.Slice(tiles, square, h))
	if g.tiles == 1 {
		line := t.To(t.View(l.newline.T(), tape.One, h), whole.DType())
		return f.Ret(f.Re(whole, t.Cat([]tape.Dim{tape.N(g.each()), h}, whole, line)))
	}
	x := f.V(t.Slice(tiles, tape.N(g.tiles-1), square, h))
	x = f.Re(x, l.apart(x, tape.N(g.rows), tape.N(g.columns), side, side, h))
	x = f.Re(x, t.Contiguous(t.View(x, h, tape.N(g.rows*g.side), tape.N(g.columns*g.side))))
	if g.padded() {
		x = f.Re(x, t.Slice(x, h, tape.N(g.left), tape.N(g.across)))
	}
	if g.scaled() {
		x = f.Re(x, t.Interpolate(x, h, tape.N(g.height), tape.N(g.width)))
	}
	line := t.Expand(t.View(l.newline.T(), h, tape.One, tape.One), h, tape.N(g.height), tape.One)
	x = f.Re(x, t.Cat([]tape.Dim{h, tape.N(g.height), tape.N(g.width + 1)}, x, t.To(line, x.DType())))
	x = f.Re(x, t.View(x, tape.N(g.height*(g.width+1)), h))
	return f.Ret(f.Re(x, t.Cat([]tape.Dim{tape.N(g.each()), h}, whole, x)))
}

// padded says whether the canvas has features of padding.
func (g nextGrid) padded() bool { return g.left != g.rows*g.side || g.across != g.columns*g.side }

// scaled says whether the features are made fewer.
func (g nextGrid) scaled() bool { return g.height != g.left || g.width != g.across }

// apart sees tiles one by one as rows and columns of tiles. The gradient is
// copied back, but for a single column of tiles, whose features lie in order
// once the padding's have been filled in or the features made as many
// again.
func (l *LLaVANext) apart(x *tape.Tensor, dims ...tape.Dim) *tape.Tensor {
	t, g := l.b.T, l.grid
	if g.columns > 1 || !g.padded() && !g.scaled() {
		x = t.CopyBack(x, x.Dims()...)
	}
	return t.View(x, dims...)
}
