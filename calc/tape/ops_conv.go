package tape

// Window is the geometry of a convolution or a pool: height first, then width.
type Window struct {
	Kernel, Stride, Padding [2]int64
	Dilation                int64 // 0 and 1 = none
	Ceil                    bool  // a pool that rounds its size up
}

// Square is a window of equal height and width.
func Square(kernel, stride, padding int64) Window {
	return Window{Kernel: [2]int64{kernel, kernel}, Stride: [2]int64{stride, stride}, Padding: [2]int64{padding, padding}}
}

// Out is the size that a window makes of an image of h by w. It is 0 where the
// window does not fit.
func (w Window) Out(h, ww int64) (int64, int64) { return w.out(0, h), w.out(1, ww) }

func (w Window) out(i int, n int64) int64 {
	span := n + 2*w.Padding[i] - max(1, w.Dilation)*(w.Kernel[i]-1) - 1
	if span < 0 {
		return 0
	}
	out := span/w.Stride[i] + 1
	// In ceil mode the last window must start inside the input or its left
	// padding (pooling_output_shape_pad_lr, aten/src/ATen/native/Pool.h).
	if w.Ceil && span%w.Stride[i] != 0 && out*w.Stride[i] < n+w.Padding[i] {
		out++
	}
	return out
}

// image gives the height and width of a [B, C, H, W] tensor, whose sizes are
// structure.
func image(x *Tensor) (h, w int64) {
	h, _ = x.dims[2].Const()
	w, _ = x.dims[3].Const()
	return h, w
}

// Layout says how images and weights lie in memory around a convolution.
type Layout struct {
	// Last is the channels-last layout of the images.
	Last bool
	// PlainWeights says that the weights are in the standard layout though the
	// images are not.
	PlainWeights bool
	// OtherGradient says that the gradient arrives in the other layout.
	OtherGradient bool
}

// Conv2D is a convolution of a [B, C, H, W] tensor with a weight of
// [out, C/groups, kh, kw], all in the run's layout.
func (t *Tape) Conv2D(x, w, bias *Tensor, win Window, depthwise bool) *Tensor {
	return t.Conv2DIn(x, w, bias, win, depthwise, Layout{Last: t.ChannelsLast})
}

// Conv2DIn is a convolution in a layout. It saves its input and its weight
// whichever of them needs a gradient. A depthwise kernel of ATen's own makes
// the weight's gradient first, cuDNN the input's; cuDNN takes all operands in
// one layout and copies those that lie otherwise for as long as it needs them.
func (t *Tape) Conv2DIn(x, w, bias *Tensor, win Window, depthwise bool, l Layout) *Tensor {
	lb := t.lower(bias)
	lw := t.lower(w)
	lx := t.lower(x)
	h, wd := win.Out(image(x))
	dims := []Dim{x.dims[0], w.dims[0], N(h), N(wd)}
	native := depthwise && lx.dt != F16 && !l.Last
	apart := l.PlainWeights && !oneLayout(lw)
	weightCopy := func() {
		if apart {
			t.Scratch("weight in the images' layout", Numel(lw.dims).By(lw.dt.Size()))
		}
	}
	y := t.run(op{
		ins:   []*Tensor{lx, lw, lb},
		saves: []*Tensor{lx, lw},
		outs: func() []*Tensor {
			y := t.make("output", lx.dt, dims...)
			weightCopy()
			t.convWork(lw, dims)
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor {
			t.convWorkEach(b.Need[:2], lw, dims)
			out := make([]*Tensor, 3)
			grad := func(i int, what string, like *Tensor) {
				if b.Need[i] {
					out[i] = t.like(what, like.dt, like)
				}
			}
			var c *Tensor
			if l.OtherGradient && h*wd > 1 {
				c = t.like("gradient in the images' layout", b.G[0].dt, b.G[0])
			}
			if native {
				grad(1, "gradient of weight", lw)
				grad(0, "gradient of input", lx)
			} else {
				grad(0, "gradient of input", lx)
				if b.Need[0] {
					weightCopy()
				}
				grad(1, "gradient of weight", lw)
				if out[1] != nil {
					out[1].turned = apart
				}
			}
			t.done(c)
			if b.Need[2] {
				out[2] = t.channelSum(b.G[0], lb, l.Last != l.OtherGradient)
			}
			return out
		},
	})[0]
	t.done(lx, lw, lb, x, w, bias)
	return y
}

// oneLayout says whether a weight lies the same in both layouts: one channel a
// group, or one pixel.
func oneLayout(w *Tensor) bool {
	return w.dims[1].IsOne() || (w.dims[2].IsOne() && w.dims[3].IsOne())
}

// channelSum sums a gradient of [B, C, H, W] over all but the channels.
func (t *Tape) channelSum(g, like *Tensor, last bool) *Tensor {
	y := t.like("gradient of bias", like.dt, like)
	rows := g.dims[0].Times(g.dims[2], g.dims[3])
	if last || (g.dims[2].IsOne() && g.dims[3].IsOne()) {
		a, s := t.rowSum(rows, g.dims[1])
		t.Scratch("scratch of a bias gradient", a, s)
		return y
	}
	a, s := t.innerSum(rows, g.dims[1])
	t.Scratch("scratch of a bias gradient", a, s)
	return y
}
