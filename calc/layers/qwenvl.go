package layers

import (
	"errors"
	"fmt"

	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// QwenVL is Qwen2VLForConditionalGeneration and Qwen2_5_VLForConditionalGeneration:
// merged patches of images take their places among the tokens of a decoder with
// positions in three dimensions.
type QwenVL struct {
	b      *Builder
	v      workload.Vision
	tower  *QwenTower
	lm     *Causal
	deltas *tape.Tensor // how far positions fall behind tokens, kept from step to step
}

// QwenVL declares the model.
func (b *Builder) QwenVL(m workload.Text, v workload.Vision, frozen int64, parts Parts) *QwenVL {
	q := &QwenVL{b: b, v: v}
	q.tower = b.QwenTower(v, parts)
	parts.Text(func() { q.lm = b.CausalIn("model.language_model", m, frozen) })
	if q.imageTokens() == 0 {
		side := v.Patch * max(1, v.Merge)
		b.Fail(fmt.Errorf("an image of %dx%d pixels is smaller than the %d pixels a side that make one token; send a larger imageWidth and imageHeight", v.Width, v.Height, side))
	}
	if q.lm.prefix != nil {
		b.Fail(errors.New("prefix tuning of Qwen-VL is not modelled yet; send another fineTuningMethod"))
	}
	if m.Window > 0 {
		b.Fail(errors.New("sliding windows in Qwen-VL's language model are not modelled yet; send use_sliding_window false"))
	}
	return q
}

// Batch is the inputs: token ids, labels, the kinds of tokens, patches and
// their positions, and with windows the patches' order.
func (q *QwenVL) Batch() []*tape.Tensor {
	b, t := q.b, q.b.T
	dims := []tape.Dim{b.B, q.Tokens()}
	batch := []*tape.Tensor{
		t.Input("token ids", tape.I64, dims...), t.Input("labels", tape.I64, dims...),
		t.Input("kinds of tokens", tape.I32, dims...), b.PatchRows(q.v), b.PatchPositions(q.v),
	}
	if q.v.Window > 0 {
		batch = append(batch, b.WindowOrder(q.v))
	}
	return batch
}

// imageTokens are those of one sample.
func (q *QwenVL) imageTokens() int64 {
	s := q.tower.s
	return max(1, q.v.Images) * s.rows * s.cols / s.Merge
}

// Tokens is the length of the sequence: text and images.
func (q *QwenVL) Tokens() tape.Dim {
	return q.b.T.Sum("T", "tokens of text and images", q.b.S, tape.N(q.imageTokens()))
}

// Loss runs the model on a batch, which the caller's frame holds.
func (q *QwenVL) Loss(batch []*tape.Tensor) *tape.Tensor {
	b, t := q.b, q.b.T
	f := t.Frame(batch...)
	hidden, held := q.hidden(batch)
	hidden = f.V(hidden)
	for _, x := range held {
		f.V(x)
		t.Release(x)
	}
	logits := f.V(q.lm.Logits(hidden))
	return f.Ret(b.CausalLoss(logits, batch[1]))
}

// hidden is Qwen2VLModel's forward. The second result is what its output holds
// of the tower's, for the caller to bind and release.
func (q *QwenVL) hidden(batch []*tape.Tensor) (hidden *tape.Tensor, held []*tape.Tensor) {
	t := q.b.T
	ids, given := batch[0], batch[4:] // what is given for the tower reaches the decoder's layers too
	f := t.Frame(batch...)
	x := f.V(q.lm.Embedded(ids))
	last, merged := q.images(batch)
	held = []*tape.Tensor{t.Keep(last), t.Keep(merged)}
	joined := t.Cat(merged.Dims(), t.Split(merged, merged.Dims())...)
	features := f.V(t.To(joined, x.DType()))
	image, video := q.b.twoPlaceholders(ids)
	f.V(image)
	f.V(video)
	x = f.Re(x, t.MaskedScatter(x, image, features))
	positions := f.V(q.positions(ids))
	return f.Ret(q.lm.statesAt(x, positions, given)), held
}

// images is get_image_features.
func (q *QwenVL) images(batch []*tape.Tensor) (last, merged *tape.Tensor) {
	t := q.b.T
	defer t.As(memory.ImageFeatures)()
	pixels, positions := batch[3], batch[4]
	var order *tape.Tensor
	if len(batch) > 5 {
		order = batch[5]
	}
	f := t.Frame(pixels)
	x := f.V(t.To(pixels, q.tower.patch.DType()))
	last, merged = q.tower.Forward(x, positions, order)
	return f.Ret2(f.V(last), f.V(merged))
}

// twoPlaceholders is get_placeholder_mask of models that see images and
// videos.
func (b *Builder) twoPlaceholders(ids *tape.Tensor) (image, video *tape.Tensor) {
	t, d := b.T, ids.Dims()
	defer t.Scope("placeholder mask")()
	one := []tape.Dim{tape.One}
	f := t.Frame(ids)
	image = f.V(t.Make("is an image", tape.Bool, d))
	video = f.V(t.Make("is a video", tape.Bool, d))
	count := func() {
		f.V(t.Make("tokens counted", tape.I64, one))
		t.Done(t.Make("mask in int64", tape.I64, d))
	}
	count()
	product := t.Make("elements of image tokens", tape.I64, one)
	equal := t.Make("as many features", tape.Bool, one)
	t.Done(product, equal)
	count()
	return f.Ret2(image, video)
}
