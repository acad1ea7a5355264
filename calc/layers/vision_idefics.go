package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Idefics is IdeficsForVisionText2Text: a decoder whose every n-th layer is
// preceded by gated cross-attention to resampled images.
type Idefics struct {
	b      *Builder
	v      workload.Vision
	s      Sizes
	words  *decoupledEmbedding
	tower  *Tower
	sample *perceiver1 // nil if the tower's patches are taken as they are
	units  []ideficsUnit
	norm   *ideficsNorm
	head   *decoupledHead
	tokens tape.Dim // that one image gives
}

// Idefics declares the model.
func (b *Builder) Idefics(m workload.Text, v workload.Vision, frozen int64, parts Parts) *Idefics {
	g := &Idefics{b: b, v: v, s: b.Sizes(m)}
	g.check(m)
	func() {
		defer b.In("model")()
		parts.Text(func() {
			defer b.cool(frozen > 0)()
			g.words = b.decoupledEmbedding("embed_tokens", v, g.s)
		})
		parts.Vision(func() {
			defer b.In("vision_model")()
			defer b.freezeOwn(v.FrozenTower)()
			clip := v
			clip.Family = workload.CLIPVision
			g.tower = b.Tower(clip, v.Layers)
			g.tower.embed.bare = true
		})
		g.tokens = g.tower.s.Tokens
		if v.Queries > 0 {
			parts.Join(func() {
				s := b.ideficsPerceiver(v, g.tower.s.H, g.tower.s.Tokens, g.tower.s.Images)
				g.sample, g.tokens = b.perceiver1(v, s), s.Latents
			})
		}
		g.declareLayers(m, frozen, parts)
		parts.Text(func() {
			defer b.freezeOwn(v.FrozenLayers)()
			g.norm = b.ideficsNorm("norm", g.s.H)
		})
	}()
	parts.Text(func() { g.head = b.decoupledHead("lm_head", m, v, g.s, g.words) })
	return g
}

// freezeOwn freezes base weights that are declared until the returned function
// is called, if on is set; adapters reach them.
func (b *Builder) freezeOwn(on bool) func() {
	old := b.Frozen
	b.Frozen = old || on
	return func() { b.Frozen = old }
}

// check refuses what the library's forward refuses.
func (g *Idefics) check(m workload.Text) {
	b, v := g.b, g.v
	if v.Height != v.NativeSize || v.Width != v.NativeSize {
		b.Fail(say.Errorf("the model's processor gives images of one size; send imageHeight and imageWidth equal to the tower's image_size"))
	}
	if v.CrossEvery < 1 || m.Layers%v.CrossEvery != 0 {
		b.Fail(say.Errorf("the library's forward needs whole intervals of cross-attention; send num_hidden_layers divisible by cross_layer_interval"))
	}
}

// Tokens is the length of the sequence, which holds text alone.
func (g *Idefics) Tokens() tape.Dim { return g.b.S }

// Mask is the input that says which token sees which image.
func (g *Idefics) Mask() *tape.Tensor {
	b := g.b
	defer b.T.As(memory.DataAugmentation)()
	return b.T.Input("image mask", tape.I64, b.B, b.S, g.each())
}

// each is the number of images of a sample.
func (g *Idefics) each() tape.Dim { return tape.N(max(1, g.v.Images) * max(1, g.v.Tiles)) }

// Loss runs the model. The caller's frame holds the inputs.
func (g *Idefics) Loss(ids, labels, pixels, mask *tape.Tensor) *tape.Tensor {
	b, t := g.b, g.b.T
	f := t.Frame(ids, labels, pixels, mask)
	hidden, held := g.hidden(ids, pixels, mask)
	leave := t.As(memory.Logits)
	logits := f.V(g.head.Forward(f.V(hidden)))
	leave()
	for _, x := range held {
		f.V(x)
		t.Release(x)
	}
	return f.Ret(b.CausalLoss(logits, labels))
}

// hidden is IdeficsModel's forward. The second result is what its output holds
// of the tower's, for the caller to bind and release.
func (g *Idefics) hidden(ids, pixels, mask *tape.Tensor) (hidden *tape.Tensor, held []*tape.Tensor) {
	b, t := g.b, g.b.T
	f := t.Frame(ids, pixels, mask)
	x := f.V(g.words.Forward(ids))
	seq := x.Dims()[1]
	positions := f.V(b.positions(seq))
	i, last, pooled := g.see(f, pixels, mask)
	held = []*tape.Tensor{t.Keep(last), t.Keep(pooled)}
	f.V(t.Make("tokens", tape.Bool, []tape.Dim{b.B, seq}))
	c := &Context{Other: []*tape.Tensor{positions}}
	if b.eagerly() {
		c.Mask = f.V(b.tokenMask(x.DType(), seq))
	}
	h := g.decode(f, f.V(x), c, i)
	h = f.Re(h, g.norm.Forward(h))
	return f.Ret(h), held
}

// see runs the tower and makes masks, within the model's frame.
func (g *Idefics) see(f *tape.Frame, pixels, mask *tape.Tensor) (i ideficsImages, last, pooled *tape.Tensor) {
	b, t, s := g.b, g.b.T, g.tower.s
	defer t.As(memory.ImageFeatures)()
	x := f.V(t.To(pixels, b.Weights))
	seen := g.tower.Forward(x)
	last, pooled = f.V(seen.Last), f.V(seen.Pooled)
	states := f.V(last)
	if g.sample != nil {
		states = f.Re(states, g.sample.Forward(states))
	}
	n, _ := g.tokens.Const()
	each, _ := g.each().Const()
	keys := tape.N(n * each)
	i.states = f.Re(states, t.View(states, b.B, keys, s.H))
	i.mask, i.gate = g.masks(f, mask, keys, i.states.DType())
	return i, last, pooled
}

// masks makes the additive mask [B, 1, S, keys], and the gate [B, S].
func (g *Idefics) masks(f *tape.Frame, mask *tape.Tensor, keys tape.Dim, dt tape.DType) (additive, gate *tape.Tensor) {
	b, t := g.b, g.b.T
	square, rows, one := []tape.Dim{b.B, tape.One, b.S, keys}, []tape.Dim{b.B, tape.One, b.S}, []tape.Dim{tape.One}
	wide := f.V(t.View(mask, mask.Dims()...))
	if !g.tokens.IsOne() && !g.each().IsOne() { // else it is repeated without a copy
		wide = f.Re(wide, t.Make("image mask of all tokens of images", tape.I64, square))
	}
	seen := t.Make("is seen", tape.Bool, square)
	zero, least := t.Make("zero", dt, one), t.Make("least number", dt, one)
	additive = f.Re(wide, t.Make("image mask", dt, square, least, seen, zero))
	zeros := t.Make("is zero", tape.Bool, square)
	any := t.Make("sees an image", tape.Bool, rows, zeros)
	gate = f.V(t.Make("gate", b.Weights, []tape.Dim{b.B, b.S}, any))
	return additive, gate
}
