package tape

// MaxPool is max_pool2d_with_indices: it saves its input and, for every
// output, the place of the maximum as int64.
func (t *Tape) MaxPool(x *Tensor, win Window) *Tensor {
	h, w := win.Out(image(x))
	dims := []Dim{x.dims[0], x.dims[1], N(h), N(w)}
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		outs: func() []*Tensor {
			return []*Tensor{t.make("pooled", x.dt, dims...), t.make("places of the maxima", I64, dims...)}
		},
		keep: []int{1},
		back: func(b *Backward) []*Tensor {
			g := t.like("gradient of pooling", x.dt, x)
			if b.G[0].partOfImage() && (t.ChannelsLast || !x.dims[0].IsOne()) {
				t.done(t.like("gradient made contiguous", b.G[0].dt, b.G[0]))
			}
			return []*Tensor{g}
		},
	})
	t.done(y[1], x)
	return y[0]
}

// AvgPool is avg_pool2d, which saves its input.
func (t *Tape) AvgPool(x *Tensor, win Window) *Tensor {
	h, w := win.Out(image(x))
	return t.pool(x, h, w)
}

// AdaptivePool averages to a size; to one by one it is a mean and saves
// nothing.
func (t *Tape) AdaptivePool(x *Tensor, h, w int64) *Tensor {
	switch {
	case h != 1 || w != 1:
		return t.pool(x, h, w)
	case t.ChannelsLast:
		return t.AdaptiveMeanLast(x)
	}
	return t.meanOver(x, false, x.dims[0], x.dims[1], One, One)
}

// AdaptiveMeanLast is AdaptivePool to one by one of a channels-last image: the
// result's strides are set (as_strided_), whose backward copies the gradient.
func (t *Tape) AdaptiveMeanLast(x *Tensor) *Tensor {
	y := t.meanOver(x, true, x.dims[0], x.dims[1], One, One)
	if x.dims[2].IsOne() && x.dims[3].IsOne() {
		return y
	}
	return t.run(op{
		ins:  []*Tensor{y},
		outs: func() []*Tensor { return []*Tensor{t.alias(y, y.dims)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient in other strides", b.G[0].dt, y)} },
	})[0]
}

func (t *Tape) pool(x *Tensor, h, w int64) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x},
		saves: []*Tensor{x},
		outs:  func() []*Tensor { return []*Tensor{t.make("pooled", x.dt, x.dims[0], x.dims[1], N(h), N(w))} },
		back:  func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of pooling", x.dt, x)} },
	})[0]
	t.done(x)
	return y
}

// MeanImage averages a [B, C, H, W] tensor over its pixels to [B, C].
func (t *Tape) MeanImage(x *Tensor) *Tensor { return t.meanOver(x, false, x.dims[0], x.dims[1]) }

// MeanRows averages a [B, H, W, C] tensor over its pixels to [B, C].
func (t *Tape) MeanRows(x *Tensor) *Tensor { return t.meanOver(x, true, x.dims[0], x.dims[3]) }

// MeanPixels averages a [B, C, H, W] tensor over its pixels to [B, C, 1, 1].
func (t *Tape) MeanPixels(x *Tensor) *Tensor {
	return t.meanOver(x, t.ChannelsLast, x.dims[0], x.dims[1], One, One)
}

// meanOver averages to a smaller shape. last says that the remaining
// dimensions lie fastest in memory.
func (t *Tape) meanOver(x *Tensor, last bool, dims ...Dim) *Tensor {
	y := t.run(op{
		ins: []*Tensor{x},
		outs: func() []*Tensor {
			y := t.make("mean", x.dt, dims...)
			if rows, ok := Numel(x.dims).Over(Numel(dims)); ok {
				sum := t.innerSum
				if last {
					sum = t.rowSum
				}
				a, s := sum(rows, Numel(dims))
				t.Scratch("scratch of a mean", a, s)
			}
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("gradient of mean", b.G[0].dt, x)} },
	})[0]
	t.done(x)
	return y
}

// Reduce sums or averages to a smaller shape and saves nothing; its backward
// spreads the gradient.
func (t *Tape) Reduce(x *Tensor, dims ...Dim) *Tensor { return t.meanOver(x, false, dims...) }

// partOfImage says whether a tensor is some channels of an image, a view: those
// of several samples lie apart.
func (x *Tensor) partOfImage() bool { return x.base != nil && Numel(x.dims) != Numel(x.base.dims) }
