package layers

import "vramcalc/calc/tape"

// real is how get_image_features begins, within its frame: images that are
// all zeros are taken out of the pixels and of their mask, and a patch counts
// where its pixels are no padding. The results are variables of the frame. One
// image stays at least where some is set (SmolVLM).
func (w *naViT) real(f *tape.Frame, pixels, mask *tape.Tensor, some bool) (x, grid *tape.Tensor) {
	b, t, s := w.b, w.b.T, w.s
	high, wide := s.win.Out(s.height, s.width)
	n, dims := s.Images, pixels.Dims()
	x = f.V(t.To(pixels, b.Weights))
	m := f.V(mask)

	zero := t.Make("is zero", tape.Bool, dims)
	zeros := t.Make("zeros of an image", tape.I64, []tape.Dim{n})
	t.Done(t.Make("is zero, in int64", tape.I64, dims), zero)
	f.V(t.Make("is an image", tape.Bool, []tape.Dim{n}, zeros))
	if some {
		t.Done(t.Make("any", tape.Bool, []tape.Dim{tape.One}), t.Make("none", tape.Bool, []tape.Dim{tape.One}))
	}
	each, _ := n.Over(b.B)
	f.V(t.Make("images of a sample", tape.I64, []tape.Dim{b.B}))
	t.Done(t.Make("is an image, in int64", tape.I64, []tape.Dim{b.B, each}))

	x = f.Re(x, t.Make("pixels of images", x.DType(), dims, t.Make("places of images", tape.I64, []tape.Dim{n})))
	rows := mask.Dims()[2:]
	m = f.Re(m, t.Make("pixel mask of images", tape.I64, append([]tape.Dim{n}, rows...), t.Make("places of images", tape.I64, []tape.Dim{n})))
	f.V(t.View(m, m.Dims()...))
	patches := []tape.Dim{n, tape.N(high), tape.N(wide)}
	grid = f.V(t.Make("is a patch", tape.Bool, patches, t.Make("pixels of a patch", tape.I64, patches)))
	return x, grid
}
