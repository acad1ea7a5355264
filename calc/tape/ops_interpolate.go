package tape

// Interpolate makes an image [h, H, W] another size, bilinearly, in fp32 under
// autocast. Backward makes the gradient contiguous first
// (aten/src/ATen/native/cuda/UpSampleBilinear2d.cu).
func (t *Tape) Interpolate(x *Tensor, dims ...Dim) *Tensor {
	in := x
	x = t.raise(x)
	y := t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.make("interpolated", x.dt, dims...)} },
		back: func(b *Backward) []*Tensor {
			c := t.like("gradient made contiguous", b.G[0].dt, b.G[0])
			g := t.like("gradient of interpolation", b.G[0].dt, x)
			t.done(c)
			return []*Tensor{g}
		},
	})[0]
	t.done(x, in)
	return y
}
