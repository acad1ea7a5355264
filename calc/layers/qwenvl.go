package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// QwenVL is Qwen2VLForConditionalGeneration and its relatives up to Qwen3-VL:
// merged patches of images take their places among the tokens of a decoder with
// positions in three dimensions.
type QwenVL struct {
	b      *Builder
	v      workload.Vision
	s      qwenSizes
	tower  qwenTower
	lm     *Causal
	deep   *deepStack   // nil before Qwen3-VL
	deltas *tape.Tensor // how far positions fall behind tokens, kept from step to step
}

// QwenVL declares the model.
func (b *Builder) QwenVL(m workload.Text, v workload.Vision, e workload.Experts, frozen int64, parts Parts) *QwenVL {
	q := &QwenVL{b: b, v: v, s: b.qwenSizes(v)}
	if v.Family == workload.Qwen3VLVision {
		q.tower, q.deep = b.Qwen3Tower(v, parts), &deepStack{b: b}
	} else {
		q.tower = b.QwenTower(v, parts)
	}
	parts.Text(func() {
		if q.deep == nil {
			q.lm = b.CausalIn("model.language_model", m, frozen)
			return
		}
		q.lm = b.causalOf("model.language_model", m, frozen, func(c *Causal) *Stack {
			return q.deep.stack(c, m, v.DeepStack, frozen, func() Block { return b.qwen3Layer(m, e, c.s) })
		})
	})
	if q.imageTokens() == 0 {
		side := v.Patch * max(1, v.Merge)
		b.Fail(say.Errorf("an image of %dx%d pixels is smaller than the %d pixels a side that make one token; send a larger imageWidth and imageHeight", v.Width, v.Height, side))
	}
	if e.Count > 0 && (e.FirstDense > 0 || e.LayerFrequency > 1) {
		b.Fail(say.Errorf("dense layers among those with experts are not modelled yet for Qwen3-VL; send mlp_only_layers [] and decoder_sparse_step 1"))
	}
	if q.lm.prefix != nil {
		b.Fail(say.Errorf("prefix tuning of Qwen-VL is not modelled yet; send another fineTuningMethod"))
	}
	if m.Window > 0 {
		b.Fail(say.Errorf("sliding windows in Qwen-VL's language model are not modelled yet; send use_sliding_window false"))
	}
	return q
}

// qwenTower is a tower that sees patches with what is given besides.
type qwenTower interface {
	Forward(pixels *tape.Tensor, given []*tape.Tensor) qwenSeen
}

// Batch is the inputs: token ids, labels, the kinds of tokens, patches and
// their positions, and with windows the patches' order or with a table of
// positions its rows.
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
	if q.v.Family == workload.Qwen3VLVision {
		batch = append(batch, b.Interpolation(q.v)...)
	}
	return batch
}

// imageTokens are those of one sample.
func (q *QwenVL) imageTokens() int64 {
	s := q.s
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
	b.outputs(f, held)
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
	seen := q.images(batch[3], given)
	held = append([]*tape.Tensor{t.Keep(seen.last), t.Keep(seen.merged)}, seen.deep...)
	features := f.V(t.To(q.rejoined(seen.merged), x.DType()))
	image, video := q.b.twoPlaceholders(ids)
	f.V(image)
	f.V(video)
	x = f.Re(x, t.MaskedScatter(x, image, features))
	if q.deep != nil {
		q.deep.mask, q.deep.features = image, nil
		for _, y := range seen.deep {
			q.deep.features = append(q.deep.features, f.V(q.rejoined(y)))
		}
	}
	positions := f.V(q.positions(ids))
	return f.Ret(q.lm.statesAt(x, positions, q.deep == nil, given)), held
}

// byImage is what torch.split by image gives, as one.
func (q *QwenVL) byImage(x *tape.Tensor) *tape.Tensor { return q.b.T.Split(x, x.Dims())[0] }

// rejoined is torch.cat of what has been split by image.
func (q *QwenVL) rejoined(x *tape.Tensor) *tape.Tensor { return q.b.T.Cat(x.Dims(), x) }

// images is get_image_features.
func (q *QwenVL) images(pixels *tape.Tensor, given []*tape.Tensor) qwenSeen {
	t := q.b.T
	defer t.As(memory.ImageFeatures)()
	f := t.Frame(pixels)
	x := f.V(t.To(pixels, q.b.Weights))
	seen := q.tower.Forward(x, given)
	last, merged := f.V(seen.last), f.V(seen.merged)
	merged = f.Re(merged, q.byImage(merged))
	for i, y := range seen.deep {
		seen.deep[i] = t.Keep(q.byImage(y))
		t.Release(y)
	}
	seen.last, seen.merged = f.Ret2(last, merged)
	return seen
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
