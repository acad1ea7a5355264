package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// LLaVANext is LlavaNextForConditionalGeneration: an image of any size is cut
// into tiles, whose features are put together again, without those of padding
// and with a learned vector at the end of each row.
// LlavaOnevisionForConditionalGeneration is the same with a limit to the
// features of an image.
type LLaVANext struct {
	*LLaVA
	newline *tape.Param
	section *tape.Section // of an image
	grid    nextGrid
	h       tape.Dim
	limited bool // LLaVA-OneVision
}

// recordedImages is how many images show that the middle ones repeat: in
// backward the first two gradients of the vector that ends rows are kept and
// summed apart, the others added in place, and the last image lets go of all.
const recordedImages = 6

// nextGrid is one image in features.
type nextGrid struct {
	tiles         int64 // with the whole image
	rows, columns int64 // tiles of the canvas
	side          int64 // features of a tile's side
	left, across  int64 // features left without padding
	height, width int64 // and once made fewer
}

// LLaVANext declares the model.
func (b *Builder) LLaVANext(m workload.Text, v workload.Vision, frozen int64, parts Parts) *LLaVANext {
	l := &LLaVANext{limited: v.AnyResMax > 0, h: b.T.Symbol("h", "hidden size", m.Hidden)}
	g := nextGrid{tiles: v.Crops(), side: v.NativeSize / max(1, v.Patch)}
	g.rows, g.columns = v.Grid()
	g.left, g.across = v.Unpadded(g.rows*g.side, g.columns*g.side)
	g.height, g.width = v.Fewer(g.left, g.across, g.side)
	l.grid = g
	if g.height < 1 || g.width < 1 {
		b.Fail(say.Errorf("an image of %dx%d pixels is so narrow that nothing of it is left on the model's canvas; send imageWidth and imageHeight nearer to each other", v.Width, v.Height))
	}
	if v.KeepClass == (v.Family == workload.CLIPVision) {
		b.Fail(say.Errorf("LLaVA-NeXT lays out the features of patches alone; send vision_feature_select_strategy default for a tower with a class token, full for one without"))
	}
	parts.Join(func() { l.newline = b.Weight("model.image_newline", l.h) })
	l.LLaVA = b.LLaVA(m, v.Tile(), frozen, parts)
	count := max(1, v.Images)
	b.T.RecordLayers(recordedImages)
	l.section = b.T.NewSection("images", b.B.Times(tape.N(count)), b.Train.Batch*count)
	return l
}

// each is the number of tokens of one image.
func (g nextGrid) each() int64 {
	if g.tiles == 1 {
		return g.side*g.side + 1
	}
	return g.side*g.side + g.height*(g.width+1)
}

// Tokens is the length of the sequence: text and images.
func (l *LLaVANext) Tokens() tape.Dim {
	b := l.b
	return b.T.Sum("T", "tokens of text and images", b.S, tape.N(l.grid.each()*max(1, l.v.Images)))
}

// Loss runs the model. The caller's frame holds the inputs.
func (l *LLaVANext) Loss(ids, labels, pixels *tape.Tensor) *tape.Tensor {
	f := l.b.T.Frame(ids, labels, pixels)
	hidden, held := l.hidden(ids, pixels)
	return l.b.seenLoss(f, l.lm, hidden, held, labels)
}

// hidden is LlavaNextModel's forward. The second result is what its output
// holds of the tower's, for the caller to bind and release.
func (l *LLaVANext) hidden(ids, pixels *tape.Tensor) (hidden *tape.Tensor, held []*tape.Tensor) {
	b, t := l.b, l.b.T
	f := t.Frame(ids, pixels)
	x := f.V(l.lm.Embedded(ids))
	seen, packed := l.imagesOf(pixels)
	t.Keep(seen.Last)
	t.Keep(seen.Selected)
	held = seen.with(packed...)
	rows := b.B.Times(tape.N(l.grid.each() * max(1, l.v.Images)))
	joined := t.Cat([]tape.Dim{rows, l.h}, packed...)
	features := f.V(t.To(joined, x.DType()))
	var mask *tape.Tensor
	if l.limited {
		images, videos := b.placeholdersOfTwo(ids)
		mask = f.V(images)
		f.V(videos)
	} else {
		mask = f.V(b.placeholders(ids))
	}
	x = f.Re(x, t.MaskedScatter(x, mask, features))
	return f.Ret(l.lm.HiddenOf(x)), held
}

// imagesOf is get_image_features: what the tower saw, and the features of each
// image, which the caller is to release.
func (l *LLaVANext) imagesOf(pixels *tape.Tensor) (seen Seen, packed []*tape.Tensor) {
	t, s := l.b.T, l.s
	defer t.As(memory.ImageFeatures)()
	f := t.Frame(pixels)
	x := f.V(t.Cat(pixels.Dims(), pixels))
	seen, projected := l.see(f, x)
	tile := []tape.Dim{tape.N(l.grid.tiles), s.Patches, l.h}
	shapes := make([][]tape.Dim, t.Recorded(l.section))
	for i := range shapes {
		shapes[i] = tile
	}
	parts := t.Split(projected, shapes...)
	f.Del(projected)
	g := t.Frame(parts...)
	t.Each(l.section, func(i int) { packed = append(packed, t.Keep(l.pack(parts[i]))) })
	images := l.b.B.Times(tape.N(max(1, l.v.Images)))
	f.V(g.Ret(t.Make("features of each image", tape.I64, []tape.Dim{images})))
	f.Del(seen.Pooled) // the output's place is taken by the features
	seen.Last, seen.Selected = f.Ret2(seen.Last, seen.Selected)
	return seen, packed
}
