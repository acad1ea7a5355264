package layers

import "vramcalc/calc/tape"

// placeholders is get_placeholder_mask.
func (b *Builder) placeholders(ids *tape.Tensor) *tape.Tensor {
	t, d := b.T, ids.Dims()
	defer t.Scope("placeholder mask")()
	f := t.Frame(ids)
	mask := f.V(t.Make("is an image", tape.Bool, d))
	count := f.V(t.Make("image tokens", tape.I64, []tape.Dim{tape.One}))
	t.Done(t.Make("mask in int64", tape.I64, d))
	product := t.Make("elements of image tokens", tape.I64, []tape.Dim{tape.One})
	equal := t.Make("as many features", tape.Bool, []tape.Dim{tape.One})
	t.Done(product, equal)
	_ = count
	return f.Ret(mask)
}

// placeholdersOfTwo is get_placeholder_mask of models that see videos too: the
// second mask is theirs.
func (b *Builder) placeholdersOfTwo(ids *tape.Tensor) (images, videos *tape.Tensor) {
	t, d := b.T, ids.Dims()
	defer t.Scope("placeholder mask")()
	one := []tape.Dim{tape.One}
	f := t.Frame(ids)
	images = f.V(t.Make("is an image", tape.Bool, d))
	videos = f.V(t.Make("is a video", tape.Bool, d))
	f.V(t.Make("image tokens", tape.I64, one))
	t.Done(t.Make("mask in int64", tape.I64, d))
	t.Done(t.Make("elements of image tokens", tape.I64, one), t.Make("as many features", tape.Bool, one))
	f.V(t.Make("video tokens", tape.I64, one))
	t.Done(t.Make("mask in int64", tape.I64, d))
	return f.Ret2(images, videos)
}
