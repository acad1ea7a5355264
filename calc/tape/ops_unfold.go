package tape

// Unfold is torch's unfold with a stride of the kernel's size, of an image
// whose channels lie together, [rows·columns, h], seen as squares [n, h·k²].
// Forward and backward make a contiguous copy for as long as they run
// (aten/src/ATen/native/cuda/Im2Col.cu, Col2Im.cu).
func (t *Tape) Unfold(x *Tensor, squares, wide Dim) *Tensor {
	copied := func(what string, dt DType, like *Tensor) *Tensor {
		out := t.like(what, dt, like)
		if !like.dims[0].IsOne() {
			t.done(t.like("contiguous copy", dt, like))
		}
		return out
	}
	y := t.run(op{
		ins: []*Tensor{x},
		outs: func() []*Tensor {
			out := copied("unfolded", x.dt, x)
			return []*Tensor{t.alias(out, []Dim{squares, wide})}
		},
		back: func(b *Backward) []*Tensor {
			out := copied("gradient folded", b.G[0].dt, b.G[0])
			return []*Tensor{t.alias(out, x.dims)}
		},
	})[0]
	t.done(x)
	return y
}
