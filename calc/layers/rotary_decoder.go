package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// RotaryDecoder is a decoder of rotaryLayers: Gemma, Phi-3, GLM and others.
type RotaryDecoder struct {
	b      *Builder
	m      workload.Text
	s      Sizes
	embed  *Embedding
	scale  *tape.Param // Gemma's embedding scale
	stack  *Stack
	norm   Norm
	head   *Linear
	rotary tape.Dim
	prefix *Prefix
}

// RotaryDecoder declares a decoder in the style of its family.
func (b *Builder) RotaryDecoder(m workload.Text, frozen int64) *RotaryDecoder {
	c := b.rotaryBody("model", m, frozen)
	c.head = b.decoderHead("lm_head", c.s.H, c.s.V, m.HeadBias, m.TiedEmbeddings, c.embed)
	if m.Window == 0 { // windowed layers take their prefix another way, which is not written
		c.prefix = b.Prefix(c.s)
	}
	return c
}

// RotaryDecoderIn declares a decoder whose body has another name: the language
// model inside a multimodal one.
func (b *Builder) RotaryDecoderIn(body string, m workload.Text, frozen int64) *RotaryDecoder {
	c := b.rotaryBody(body, m, frozen)
	c.head = b.Head("lm_head", c.s.H, c.s.V, m.HeadBias, m.TiedEmbeddings, c.embed)
	return c
}

// rotaryBody declares all but the head.
func (b *Builder) rotaryBody(body string, m workload.Text, frozen int64) *RotaryDecoder {
	if m.Family == workload.Gemma2 && !b.eagerly() {
		b.Attention.Implementation = workload.Eager
		b.Notes = append(b.Notes, "Gemma 2 caps attention scores, which no fused kernel of torch does: the library takes eager attention")
	}
	c := &RotaryDecoder{b: b, m: m, s: b.Sizes(m)}
	style := b.styleOf(m, c.s)
	if m.Position != workload.ALiBi {
		c.rotary = b.rotaryWidth(m, c.s)
	}
	old := b.Frozen
	b.Frozen = b.Frozen || frozen > 0
	func() {
		defer b.In(body)()
		c.embed = b.Embedding("embed_tokens", c.s.V, c.s.H)
		if m.Norm == workload.GemmaRMSNorm {
			c.scale = b.Buffer("embed_tokens.embed_scale", DType(b.Train.Weights()))
		}
		b.Frozen = old
		func() {
			defer b.In("layers")()
			defer b.In("*")()
			c.stack = b.Periodic("layers", c.s.L, m.Layers, frozen, c.period(), func(kind int) Block { return b.rotaryLayer(m, c.s, style, kind) })
		}()
		c.norm = style.norm(style.final, c.s.H)
		if m.Position != workload.ALiBi {
			b.rotaryBuffers(c.rotary)
		}
		if c.twoBases() {
			b.rotaryBuffers(c.rotary)
		}
	}()
	return c
}

// period is the number of layers after which the kinds of layers repeat: with
// windows every n-th layer is global.
func (c *RotaryDecoder) period() int64 {
	if c.m.Window > 0 && c.m.WindowPattern > 1 {
		return c.m.WindowPattern
	}
	return max(1, c.m.NoRoPEInterval)
}

// Loss runs the model on token ids and gives the loss. The caller's frame
// holds ids and labels.
func (c *RotaryDecoder) Loss(ids, labels *tape.Tensor) *tape.Tensor {
	b, t := c.b, c.b.T
	f := t.Frame(ids, labels)
	if c.prefix != nil {
		c.prefix.Begin(c.stack)
		defer c.prefix.End()
	}
	hidden := f.V(c.hidden(ids))
	return f.Ret(b.headLoss(f, c.head, hidden, labels, func(logits *tape.Tensor) *tape.Tensor { return c.scaled(f, logits) }))
}

// scaled applies what a family does to its logits, a variable of the frame.
func (c *RotaryDecoder) scaled(f *tape.Frame, logits *tape.Tensor) *tape.Tensor {
	t := c.b.T
	defer t.As(memory.Logits)()
	if c.m.Family == workload.Cohere { // logit_scale
		logits = f.Re(logits, t.MulS(logits))
	}
	if c.m.LogitCap > 0 {
		logits = f.Re(logits, t.MulS(logits))
		logits = f.Re(logits, t.UnaryResult("tanh", logits))
		logits = f.Re(logits, t.MulS(logits))
	}
	return logits
}

// embedded looks tokens up, scaled where the family scales them.
func (c *RotaryDecoder) embedded(ids *tape.Tensor) *tape.Tensor {
	if c.scale == nil {
		return c.embed.TokenEmbedding(ids)
	}
	t := c.b.T
	f := t.Frame(ids)
	x := f.Ret(t.Mul(c.embed.Forward(ids), t.To(c.scale.Tensor, c.embed.W.DType())))
	if c.b.Train.Checkpointing && !x.Requires() {
		t.RequireGrad(x)
	}
	return x
}

func (c *RotaryDecoder) hidden(ids *tape.Tensor) *tape.Tensor {
	b, t := c.b, c.b.T
	f := t.Frame(ids)
	x := f.V(c.embedded(ids))
	seq := ids.Dims()[1]
	positions := f.V(b.positions(seq))
	ctx := &Context{}
	c.masks(f, ctx, x.DType(), seq)
	return c.states(f, c.dropped(f, x), positions, ctx)
}

// dropped is the dropout after the embedding, where the family has it.
func (c *RotaryDecoder) dropped(f *tape.Frame, x *tape.Tensor) *tape.Tensor {
	switch c.m.Family {
	case workload.Phi:
		return f.Re(x, c.b.Drop(x, c.m.EmbeddingDrop))
	case workload.StarCoder2:
		return f.V(c.b.T.Dropout(x, c.m.EmbeddingDrop))
	}
	return x
}

// tables makes cos and sin: two pairs where windowed layers rotate with another
// base than global ones (Gemma 3).
func (c *RotaryDecoder) tables(f *tape.Frame, ctx *Context, positions *tape.Tensor, dt tape.DType) {
	if c.m.Family == workload.OLMo2 || c.m.Family == workload.OLMo {
		dt = tape.F32
	}
	pair := func() [2]*tape.Tensor {
		cos, sin := c.b.Rotary(positions, c.rotary, dt)
		return [2]*tape.Tensor{f.V(cos), f.V(sin)}
	}
	if c.m.Position == workload.ALiBi {
		return
	}
	first := pair()
	ctx.Cos, ctx.Sin = first[0], first[1]
	if !c.twoBases() {
		return
	}
	second := pair()
	for range c.period() - 1 {
		ctx.Tables = append(ctx.Tables, first)
	}
	ctx.Tables = append(ctx.Tables, second)
}

// twoBases says whether there are windowed and global layers, with tables of
// their own.
func (c *RotaryDecoder) twoBases() bool {
	return c.m.Family == workload.Gemma3 && c.period() > 1 && c.m.Layers >= c.period()
}

// masks makes what masks the layers need, one for each kind of layer.
func (c *RotaryDecoder) masks(f *tape.Frame, ctx *Context, dt tape.DType, seq tape.Dim) {
	b, window := c.b, c.m.Window
	if c.prefix != nil {
		ctx.Prefix = c.prefix
		ctx.Mask = f.V(c.prefix.Mask(dt, seq))
		return
	}
	if c.m.Position == workload.ALiBi {
		ctx.Mask = f.V(b.T.Make("alibi and causal mask", dt, []tape.Dim{tape.One, c.s.Heads, seq, seq}))
		return
	}
	if window == 0 {
		ctx.Mask = f.V(b.causalMask(dt, seq, 0))
		return
	}
	if c.m.WindowPattern > 1 {
		full := f.V(b.causalMask(dt, seq, 0))
		for range c.period() {
			ctx.Masks = append(ctx.Masks, nil)
		}
		ctx.Masks[c.period()-1] = full
	}
	windowed := f.V(b.causalMask(dt, seq, window))
	if ctx.Masks == nil {
		ctx.Mask = windowed
		return
	}
	for i := range ctx.Masks[:len(ctx.Masks)-1] {
		ctx.Masks[i] = windowed
	}
}
