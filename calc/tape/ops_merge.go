package tape

// Sizes of the scan that finds the place of each masked element
// (cub::DeviceScan over int64): elements of a tile, tiles of padding, bytes of
// a tile's state, and the granularity of the buffer.
const (
	scanTile    = 896
	scanPadding = 32
	scanState   = 16
	scanAlign   = 256
)

// scanScratch is the buffer of a prefix sum over n elements.
func (t *Tape) scanScratch(n Dim) Dim {
	return t.Of("scanScratch", "buffer of a prefix sum", n, func(n int64) int64 {
		tiles := mulCap(scanState, ceilDiv(n, scanTile)+scanPadding)
		return ceilDiv(tiles, scanAlign)*scanAlign + 2*scanAlign - 1
	})
}

// MaskedScatter is x.masked_scatter(mask, source) for a mask [B, S, 1] of
// tokens: a copy of x, prefix sums and the mask at full width while it runs.
// Backward fills the masked gradient with zeros for x, and picks it out for the
// source by the places of all masked elements.
func (t *Tape) MaskedScatter(x, mask, source *Tensor) *Tensor {
	y := t.run(op{
		ins:   []*Tensor{x, source},
		saves: []*Tensor{mask},
		outs: func() []*Tensor {
			y := t.like("merged embeddings", x.dt, x)
			sums := t.like("prefix sums of the mask", I64, x)
			wide := t.like("mask at full width", Bool, x)
			t.Scratch("buffer of the prefix sums", t.scanScratch(Numel(x.dims)))
			t.done(wide, sums)
			return []*Tensor{y}
		},
		back: func(b *Backward) []*Tensor {
			var gx, gs *Tensor
			if b.Need[0] {
				gx = t.like("gradient of text embeddings", b.G[0].dt, x)
			}
			if b.Need[1] {
				places := t.make("places of the masked elements", I64, append([]Dim{N(int64(len(x.dims)))}, source.dims...)...)
				gs = t.like("gradient of image features", b.G[0].dt, source)
				t.done(places)
			}
			return []*Tensor{gx, gs}
		},
	})[0]
	t.done(x, mask, source)
	return y
}

// Joined is torch.cat(list(x)): the samples of [n, k, h] taken apart and put
// together as rows, a copy. Backward stacks the gradients, a copy too.
func (t *Tape) Joined(x *Tensor, rows, width Dim) *Tensor {
	return t.run(op{
		ins:  []*Tensor{x},
		outs: func() []*Tensor { return []*Tensor{t.make("joined features", x.dt, rows, width)} },
		back: func(b *Backward) []*Tensor { return []*Tensor{t.like("stacked gradients", b.G[0].dt, x)} },
	})[0]
}

// LinearSlice is LinearTurned of a slice of each sample's rows, which a cast
// puts together.
func (t *Tape) LinearSlice(x, w, bias *Tensor) *Tensor {
	if t.IsAutocast() && x.dt != t.amp {
		return t.Linear(x, w, bias)
	}
	return t.LinearTurned(x, w, bias)
}

// RunningSum is the scratch of cumsum over the last dimension of [B, S] in
// int32, which is cast to int64: one sample is scanned as a whole, in tiles.
func (t *Tape) RunningSum(x *Tensor) {
	cast := t.like("summands in int64", I64, x)
	if x.dims[0].IsOne() {
		t.Scratch("buffer of the running sum", t.scanScratch(Numel(x.dims)))
	}
	t.done(cast, x)
}
