package layers

import (
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
)

// fits notes where a convolution's or a pool's window finds no place on an
// image's features, as the library refuses it: the image is too small for the
// architecture. The first such place is named.
func (b *Builder) fits(x *tape.Tensor, win tape.Window, what string) {
	d := x.Dims()
	h, _ := d[2].Const()
	w, _ := d[3].Const()
	oh, ow := win.Out(h, w)
	if b.small || (oh > 0 && ow > 0) {
		return
	}
	b.small = true
	b.Fail(say.Errorf("the image is too small for this architecture: features of %d×%d do not hold the %d×%d window of %s; send a larger inputImageSize",
		h, w, win.Kernel[0], win.Kernel[1], what))
}

// varies notes where a batch norm sees a single value of each channel, which
// has no variance and which the library refuses in training.
func (b *Builder) varies(x *tape.Tensor, name string) {
	if d := x.Dims(); b.small || b.FrozenStatistics || !d[0].Times(d[2], d[3]).IsOne() {
		return
	}
	b.small = true
	b.Fail(say.Errorf("batch norm %s sees one value of each channel, which has no variance; send a larger inputImageSize or batchSize, or freezeBatchNorm true", name))
}
