package layers

import (
	"math"

	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// naViT is the tower of Idefics2, Idefics3 and SmolVLM (Idefics2VisionTransformer
// and its relatives): SigLIP for images of any size, whose positions are the
// patches' places as fractions of the image.
type naViT struct {
	b           *Builder
	s           towerSizes
	side        int64 // patches of a side of the position table
	patch, bias *tape.Param
	positions   *Embedding
	stack       *Stack
	post        *LayerNorm
}

// naViTLayers are those that have to be recorded to see that the middle
// ones are equal.
const naViTLayers = 5

// naViTNote is what these models' numbers rest on.
var naViTNote = say.F("The images of a batch are taken as equally large and none is padding, so that attention in the tower needs no mask.")

func (b *Builder) naViT(v workload.Vision) *naViT {
	w := &naViT{b: b, s: b.towerSizes(v, false), side: v.NativeSize / max(1, v.Patch)}
	b.Notes = append(b.Notes, naViTNote)
	s := w.s
	func() {
		defer b.In("embeddings")()
		p := tape.N(v.Patch)
		w.patch = b.param("patch_embedding.weight", tape.ConvWeight, s.H, tape.N(v.Channels), p, p)
		w.bias = b.param("patch_embedding.bias", tape.Bias, s.H)
		w.positions = b.Embedding("position_embedding", tape.N(w.side*w.side), s.H)
	}()
	func() {
		defer b.In("encoder")()
		defer b.In("layers")()
		defer b.In("*")()
		var layers []*clipLayer
		if w.reentrant() { // the last layer differs, and so does what the one before it ends with
			b.T.RecordLayers(naViTLayers)
			defer b.T.RecordLayers(0)
		}
		w.stack = b.Stack("vision layers", s.L, v.Layers, 0, func() Block {
			l := b.clipLayer(s.H, s.F, s.Heads, s.D, v.Activation, false, 0)
			l.turned = true
			layers = append(layers, l)
			return l
		})
		if w.reentrant() {
			turnedLayers(layers, s.Images)
		}
	}()
	w.post = b.LayerNorm("post_layernorm", s.H)
	return w
}

// PixelMask is the processor's second result: which pixels are no padding.
func (b *Builder) PixelMask(v workload.Vision) *tape.Tensor {
	defer b.T.As(memory.DataAugmentation)()
	images := tape.N(max(1, v.Images) * max(1, v.Tiles))
	return b.T.Input("pixel mask", tape.I64, b.B, images, tape.N(v.Height), tape.N(v.Width))
}

// Forward sees images; grid says which patches are no padding.
func (w *naViT) Forward(pixels, grid *tape.Tensor) *tape.Tensor {
	t := w.b.T
	defer t.Scope("vision_model")()
	f := t.Frame(pixels, grid)
	h := f.V(w.embed(pixels, grid))
	e := t.Frame(h)
	last := f.V(e.Ret(w.stack.Forward(e, e.V(h), &Context{})))
	return f.Ret(f.V(w.post.of(last, true)))
}

func (w *naViT) embed(pixels, grid *tape.Tensor) *tape.Tensor {
	b, t, s := w.b, w.b.T, w.s
	defer t.Scope("embeddings")()
	f := t.Frame(pixels, grid)
	patches, positions := t.Patches, t.Embedding
	if w.reentrant() {
		patches, positions = t.PatchesTurned, t.EmbeddingTurned
	}
	c := t.Frame(pixels)
	x := f.V(c.Ret(patches(pixels, w.patch.T(), w.bias.T(), s.win)))
	places := w.places(f)
	e := t.Frame(places)
	y := f.Ret(t.Add(x, e.Ret(positions(places, w.positions.W.T()))))
	if b.Train.Checkpointing && !y.Requires() { // as TokenEmbedding
		t.RequireGrad(y)
		if !s.Patches.IsOne() && !w.reentrant() {
			return t.CopyBack(y, y.Dims()...) // the leaf's gradient is copied into its layout
		}
	}
	return y
}

// reentrant says whether each layer's input is a leaf, which keeps its gradient
// in its own layout, the convolution's.
func (w *naViT) reentrant() bool {
	train := w.b.Train
	return train.Checkpointing && train.CheckpointingForm == workload.Reentrant && !w.s.Patches.IsOne()
}

// places gives each patch's row of the position table: its coordinates as
// fractions of the image, sorted into as many classes as a side has patches.
// All that it makes are variables of the frame.
func (w *naViT) places(f *tape.Frame) *tape.Tensor {
	t, s := w.b.T, w.s
	high, wide := s.win.Out(s.height, s.width)
	n, h, v := s.Images, tape.N(high), tape.N(wide)
	ints := func(what string, dims ...tape.Dim) *tape.Tensor { return t.Make(what, tape.I64, dims) }
	floats := func(what string, uses *tape.Tensor, dims ...tape.Dim) *tape.Tensor {
		return t.Make(what, tape.F32, dims, uses)
	}
	f.V(floats("boundaries", nil, tape.N(boundaries(w.side))))
	ids := f.V(ints("positions", n, s.Patches))
	for _, side := range []tape.Dim{h, v} {
		f.V(ints("patches of a side", n))
		t.Done(ints("mask in int64", n, side))
	}
	for range 2 {
		f.V(floats("step", floats("1/patches", nil, n), n))
	}
	f.V(floats("rows", nil, h))
	f.V(floats("columns", nil, v))
	y, x := f.V(floats("fraction of the height", nil, n, h)), f.V(floats("fraction of the width", nil, n, v))
	f.Re(y, floats("clamped fraction", nil, n, h))
	f.Re(x, floats("clamped fraction", nil, n, v))
	f.V(ints("row of the table", n, h))
	f.V(ints("column of the table", n, v))
	f.V(t.Make("place in the table", tape.I64, []tape.Dim{n, h, v}, ints("first place of the row", n, h)))
	return f.Re(ids, ints("positions that are no padding", n, s.Patches))
}

// boundaries is the length of torch.arange(1/side, 1, 1/side).
func boundaries(side int64) int64 {
	step := 1 / float64(max(1, side))
	return int64(math.Ceil((1 - step) / step))
}
