package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Mllama is MllamaForConditionalGeneration, Llama-3.2-Vision: a tower over
// tiles, a projector of one matrix, and a decoder some of whose layers attend
// to image features in place of tokens.
type Mllama struct {
	b         *Builder
	v         workload.Vision
	m         workload.Text
	s         Sizes
	tower     *mllamaTower
	projector *Linear
	embed     *Embedding
	stack     *Stack
	norm      *RMSNorm
	head      *Linear
	images    *seenImages
}

// Mllama declares the model.
func (b *Builder) Mllama(m workload.Text, v workload.Vision, frozen int64, parts Parts) *Mllama {
	l := &Mllama{b: b, v: l32Tiles(b, v), m: m, s: b.Sizes(m), images: &seenImages{}}
	parts.Vision(func() {
		defer b.In("model.vision_model")()
		l.tower = b.mllamaTower(l.v)
	})
	parts.Text(func() { l.declareText(frozen) })
	parts.Join(func() {
		defer b.In("model")()
		width := l.tower.s.H.Times(tape.N(int64(len(v.Intermediates)) + 1))
		l.projector = b.Linear("multi_modal_projector", width, l.s.H, v.ProjectorBias)
	})
	parts.Text(func() { l.head = b.Head("lm_head", l.s.H, l.s.V, m.HeadBias, false, nil) })
	l.images.count = l.tower.s.tiles.Times(tape.N(max(1, v.Images)), l.tower.s.Tokens)
	l.check()
	return l
}

// l32Tiles sets the number of tiles to what the processor fills every image up
// to, which the tower's embeddings are made for.
func l32Tiles(b *Builder, v workload.Vision) workload.Vision {
	if v.Tiles < v.MaxTiles {
		b.Notes = append(b.Notes, say.F("the image processor fills every image up to the largest number of tiles, which the tower computes with whatever imageTiles is"))
	}
	if v.Tiles > v.MaxTiles {
		b.Fail(say.Errorf("imageTiles exceeds the model's max_num_tiles"))
	}
	v.Tiles = v.MaxTiles
	return v
}

// check notes what the library cannot run.
func (l *Mllama) check() {
	b, t := l.b, l.b.Train
	if t.Checkpointing && t.CheckpointingForm == workload.Reentrant && l.v.CrossLayers > 1 {
		b.Fail(say.Errorf("reentrant checkpointing of Llama-3.2-Vision fails in the library, as each layer of cross-attention would run the tower's backward again; send checkpointingImplementation non-reentrant"))
	}
}

func (l *Mllama) declareText(frozen int64) {
	b, s := l.b, l.s
	defer b.In("model.language_model")()
	func() {
		defer b.cool(frozen > 0)()
		rows := b.T.Sum("Vx", "rows of the embedding: the vocabulary and those for images", s.V, tape.N(l.v.AdditionalVocab))
		l.embed = b.Embedding("embed_tokens", rows, s.H)
	}()
	func() {
		defer b.In("layers")()
		defer b.In("*")()
		l.stack = l.layers(frozen)
	}()
	l.norm = b.RMSNorm("norm", s.H)
	b.rotaryBuffers(s.D)
}

// layers declares the decoder's layers: those before the spacing of layers with
// cross-attention begins, those among which it holds, and the rest.
func (l *Mllama) layers(frozen int64) *Stack {
	b, m, v := l.b, l.m, l.v
	self := func() Block { return b.mllamaSelf(m, l.s) }
	every := v.CrossEvery
	if v.CrossLayers == 1 {
		every = v.CrossFirst + 1
	}
	lead := max(0, v.CrossFirst+1-every)
	end := v.CrossFirst + (v.CrossLayers-1)*every + 1
	if end+every > m.Layers {
		end = m.Layers // no later layer would have its turn
	}
	if v.CrossLayers == 0 {
		lead, end = 0, 0
	}
	stack := &Stack{b: b}
	plain := func(name string, first, count int64) {
		n := b.T.SymbolFor("L_"+name, say.F("number of %s", name), count)
		stack.parts = append(stack.parts, b.Stack(name, n, count, frozen-first, self).parts...)
	}
	if lead > 0 {
		plain("leading", 0, lead)
	}
	if end > lead {
		n := l.s.L
		if end-lead < m.Layers {
			n = b.T.Symbol("L_crossed", "number of layers from the first to the last with cross-attention", end-lead)
		}
		stack.parts = append(stack.parts, b.Periodic("layers", n, end-lead, frozen-lead, every, func(kind int) Block {
			if int64(kind) == v.CrossFirst-lead {
				return b.mllamaCross(m, l.s, l.images)
			}
			return self()
		}).parts...)
	}
	if end < m.Layers {
		plain("last", end, m.Layers-end)
	}
	return stack
}

// Batch makes token ids, labels, pixels, the arrangement of each image's
// tiles, which tiles are in use, and which tokens see which tiles.
func (l *Mllama) Batch() []*tape.Tensor {
	t, b := l.b.T, l.b
	images := tape.N(max(1, l.v.Images))
	text := []tape.Dim{b.B, b.S}
	return []*tape.Tensor{
		t.Input("token ids", tape.I64, text...), t.Input("labels", tape.I64, text...), b.Pixels(l.v),
		t.Input("aspect ratio ids", tape.I64, b.B, images), t.Input("tiles", tape.I64, b.B, images, l.tower.s.tiles),
		t.Input("tiles that tokens see", tape.I64, b.B, b.S, images, l.tower.s.tiles),
	}
}

// Loss runs the model. The caller's frame holds the inputs.
func (l *Mllama) Loss(batch []*tape.Tensor) *tape.Tensor {
	b, t := l.b, l.b.T
	f := t.Frame(batch...)
	hidden, seen := l.hidden(batch)
	hidden = f.V(hidden)
	if b.session != nil { // the output of the prompt's call, which goes with its logits
		b.session.once = append(b.session.once, t.Keep(seen))
	} else {
		f.V(seen)
	}
	logits := f.V(b.logits(l.head, hidden))
	return f.Ret(b.CausalLoss(logits, batch[1]))
}

// hidden is MllamaModel's forward. The second result is the tower's output,
// which the model's output holds.
func (l *Mllama) hidden(batch []*tape.Tensor) (hidden, seen *tape.Tensor) {
	t, s := l.b.T, l.tower.s
	f := t.Frame(batch...)
	func() {
		defer t.As(memory.ImageFeatures)()
		seen = f.V(l.tower.Forward(batch[2], t.View(batch[3], s.pictures, tape.One), t.View(batch[4], s.pictures, s.tiles)))
		rows := l.projector.Forward(seen)
		l.images.states = f.V(t.View(rows, s.Images, s.Tokens, l.s.H))
	}()
	mask, rows := l.crossMask(batch[5])
	l.images.mask, l.images.rows = f.V(mask), f.V(rows)
	hidden = f.V(l.text(batch[0]))
	return f.Ret2(hidden, seen)
}

// crossMask is _prepare_cross_attention_mask.
func (l *Mllama) crossMask(tiles *tape.Tensor) (mask, rows *tape.Tensor) {
	t, b := l.b.T, l.b
	defer t.As(memory.CrossModalAttention)()
	defer t.Scope("cross attention mask")()
	f := t.Frame(tiles)
	d := tiles.Dims()
	wide := []tape.Dim{d[0], tape.One, d[1], l.images.count}
	row := []tape.Dim{d[0], tape.One, d[1], tape.One}
	repeated := f.V(t.Make("features that tokens see", tape.I64, wide))
	unseen := f.V(t.To(t.Make("features that tokens do not see", tape.F32, wide), b.Weights))
	is := t.Make("is not seen", tape.Bool, wide)
	mask = f.Re(repeated, t.Make("mask", b.Weights, wide, is))
	_ = unseen
	any := t.Make("sees anything", tape.Bool, row, t.Make("is seen", tape.Bool, wide))
	rows = f.V(t.Make("tokens that see anything", b.Weights, row, any))
	return f.Ret2(mask, rows)
}

// text is MllamaTextModel's forward.
func (l *Mllama) text(ids *tape.Tensor) *tape.Tensor {
	b, t := l.b, l.b.T
	f := t.Frame(ids, l.images.states, l.images.mask, l.images.rows)
	x := f.V(l.embed.TokenEmbedding(ids))
	seq := ids.Dims()[1]
	positions := f.V(b.positions(seq))
	ctx := &Context{}
	ctx.Mask = f.V(b.causalMask(x.DType(), seq, 0))
	cos, sin := b.Rotary(positions, l.s.D, x.DType())
	ctx.Cos, ctx.Sin = f.V(cos), f.V(sin)
	ctx.Other = []*tape.Tensor{positions, l.images.states, l.images.mask, l.images.rows}
	h := f.V(x)
	h = l.stack.Forward(f, h, ctx)
	return f.Ret(f.Re(h, l.norm.Forward(h)))
}
