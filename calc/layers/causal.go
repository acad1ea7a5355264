package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Causal is a decoder-only language model with rotary positions:
// LlamaForCausalLM and its relatives.
type Causal struct {
	b     *Builder
	m     workload.Text
	s     Sizes
	embed *Embedding
	stack *Stack
	norm  Norm
	head  *Linear

	kinds  int64 // layers after which their kinds repeat, where there are several
	prefix *Prefix
	tokens *tape.Tensor // a mask of tokens, where the caller gives one
}

// Causal declares a decoder.
func (b *Builder) Causal(m workload.Text, frozen int64) *Causal {
	return b.CausalIn("model", m, frozen)
}

// CausalIn declares a decoder whose body has another name: the language model
// inside a multimodal one.
func (b *Builder) CausalIn(body string, m workload.Text, frozen int64) *Causal {
	return b.causalOf(body, m, frozen, func(c *Causal) *Stack {
		return b.Stack("layers", c.s.L, m.Layers, frozen, func() Block { return b.llamaLayer(m, c.s) })
	})
}

// causalOf declares a decoder with a stack of its own kind.
func (b *Builder) causalOf(body string, m workload.Text, frozen int64, stack func(c *Causal) *Stack) *Causal {
	c := &Causal{b: b, m: m, s: b.Sizes(m)}
	old := b.Frozen
	b.Frozen = b.Frozen || frozen > 0
	func() {
		defer b.In(body)()
		if b.Stage.enters() {
			c.embed = b.Embedding("embed_tokens", c.s.V, c.s.H)
		}
		b.Frozen = old
		func() {
			defer b.In("layers")()
			defer b.In("*")()
			c.stack = stack(c)
		}()
		if b.Stage.leaves() {
			c.norm = b.RMSNorm("norm", c.s.H)
		}
		b.Buffer("rotary_emb.inv_freq", tape.F32, b.Half("half", c.s.D))
		b.Buffer("rotary_emb.original_inv_freq", tape.F32, b.Half("half", c.s.D))
	}()
	if body != "model" { // inside a multimodal model other heads and prefix tuning are not written
		c.head = b.Head("lm_head", c.s.H, c.s.V, m.HeadBias, m.TiedEmbeddings, c.embed)
		return c
	}
	if !b.Stage.leaves() {
		return c
	}
	c.head = b.decoderHead("lm_head", c.s.H, c.s.V, m.HeadBias, m.TiedEmbeddings && b.Stage.enters(), c.embed)
	c.prefix = b.Prefix(c.s)
	return c
}

// Head declares the language-model head: a matrix of its own, or the
// embedding's.
func (b *Builder) Head(leaf string, h, v tape.Dim, bias, tied bool, e *Embedding) *Linear {
	if !tied {
		old, kept := b.NoAdapters, b.KeepPrecision
		b.NoAdapters, b.KeepPrecision = true, true
		defer func() { b.NoAdapters, b.KeepPrecision = old, kept }()
		return b.Linear(leaf, h, v, bias)
	}
	l := &Linear{b: b, leaf: leaf, name: b.Name(leaf), W: b.original(e.W), cut: b.cutOf(leaf), out: v}
	if name := b.Name(leaf + ".weight"); b.saves(name) {
		l.W = b.savedCopy(name, tape.LinearWeight, l.W, v, h)
	} else if b.compiles() && l.W.Tensor.Requires() {
		l.late = &e.late
	}
	if bias {
		l.Bias = b.param(leaf+".bias", tape.Bias, v)
	}
	return l
}

// Loss runs the model on token ids and gives the loss. The caller's frame
// holds ids and labels.
func (c *Causal) Loss(ids, labels *tape.Tensor) *tape.Tensor {
	b, t := c.b, c.b.T
	f := t.Frame(ids, labels)
	if c.prefix != nil {
		c.prefix.Begin(c.stack)
		defer c.prefix.End()
	}
	hidden := f.V(c.Hidden(ids))
	hidden = c.beforeHead(f, hidden)
	return f.Ret(b.headLoss(f, c.head, hidden, labels, func(logits *tape.Tensor) *tape.Tensor { return c.scaled(f, logits) }))
}

// logits applies the head: in a generation to the last hidden state of each
// sample, unless all logits of the prompt are asked for.
func (b *Builder) logits(head *Linear, hidden *tape.Tensor) *tape.Tensor {
	defer b.T.As(memory.Logits)()
	if b.session != nil && (b.Inference.Logits != workload.AllLogits || b.Decoding()) {
		d := hidden.Dims()
		hidden = b.T.Slice(hidden, d[0], tape.One, d[len(d)-1])
	}
	return head.Forward(hidden)
}

// Hidden runs the stack and the final norm.
func (c *Causal) Hidden(ids *tape.Tensor) *tape.Tensor {
	f := c.b.T.Frame(ids)
	x := f.V(c.embed.TokenEmbedding(ids))
	if c.m.Family == workload.Granite || c.m.Family == workload.MiniCPM {
		x = f.Re(x, c.b.T.MulS(x))
	}
	return c.states(f, x)
}

// Embedded looks tokens up.
func (c *Causal) Embedded(ids *tape.Tensor) *tape.Tensor { return c.embed.TokenEmbedding(ids) }

// HiddenOf runs the stack and the final norm on input embeddings.
func (c *Causal) HiddenOf(x *tape.Tensor) *tape.Tensor { return c.states(c.b.T.Frame(x), x) }

// Answer is the model's forward on embeddings and a mask of tokens: logits.
func (c *Causal) Answer(x, tokens *tape.Tensor) *tape.Tensor {
	t := c.b.T
	f := t.Frame(x, tokens)
	c.tokens = tokens
	hidden := f.V(c.states(t.Frame(x, tokens), x))
	c.tokens = nil
	return f.Ret(c.Logits(hidden))
}

// Logits applies the head.
func (c *Causal) Logits(hidden *tape.Tensor) *tape.Tensor { return c.b.logits(c.head, hidden) }

// states runs the body on embeddings and returns from its call.
func (c *Causal) states(f *tape.Frame, x *tape.Tensor) *tape.Tensor {
	b := c.b
	seq := x.Dims()[1]
	positions := f.V(b.positions(seq))
	ctx := &Context{Prefix: c.prefix}
	switch {
	case c.prefix != nil:
		ctx.Mask = f.V(c.prefix.Mask(x.DType(), seq))
	case c.m.Family == workload.Llama4:
		c.maskChunks(f, ctx, x.DType(), seq)
	case c.m.Family == workload.GPTOSS:
		c.maskKinds(f, ctx, x.DType(), seq)
	case c.tokens != nil && b.eagerly():
		ctx.Mask = f.V(b.PaddedCausalMask(x.DType(), seq))
	case c.tokens != nil:
		b.readMask(x.Dims()[0], seq)
	case b.compiles():
		ctx.Mask = f.V(b.compiledMask(x.DType(), seq, c.head != nil && c.head.W.Tensor.Requires()))
	default:
		ctx.Mask = f.V(b.causalMask(x.DType(), seq, windowOf(c.m, 0)))
	}
	if c.m.Family == workload.GraniteMoE { // after the masks
		x = f.Re(x, b.T.MulS(x))
	}
	if b.compiles() { // angles are computed where they are used
		return c.finishCompiled(f, x, ctx)
	}
	if b.tablesInside {
		ctx.Other = []*tape.Tensor{positions}
		return c.finish(f, x, ctx)
	}
	switch c.m.Family {
	case workload.DeepSeekV2, workload.Llama4:
		ctx.Cos = f.V(b.complexTable(positions, b.rotated(c.m, c.s)))
	case workload.GPTOSS:
		cos, sin := b.halfRotary(positions, c.s.D, x.DType())
		ctx.Cos, ctx.Sin = f.V(cos), f.V(sin)
	case workload.PhiMoE:
		cos, sin := b.phiMoERotary(positions, c.s.D, x.DType())
		ctx.Cos, ctx.Sin = f.V(cos), f.V(sin)
	default:
		cos, sin := b.Rotary(positions, b.rotated(c.m, c.s), x.DType())
		ctx.Cos, ctx.Sin = f.V(cos), f.V(sin)
	}
	ctx.Other = []*tape.Tensor{positions}
	return c.finish(f, x, ctx)
}

// finish runs the layers and the last norm and returns from the body's call.
func (c *Causal) finish(f *tape.Frame, x *tape.Tensor, ctx *Context) *tape.Tensor {
	h := f.V(x)
	h = c.stack.Forward(f, h, ctx)
	if c.norm != nil {
		h = f.Re(h, c.norm.Forward(h))
	}
	return f.Ret(h)
}

// maskKinds makes the masks of layers that attend within a window and of every
// n-th, which attends to all tokens before.
func (c *Causal) maskKinds(f *tape.Frame, ctx *Context, dt tape.DType, seq tape.Dim) {
	full := f.V(c.b.causalMask(dt, seq, 0))
	if c.m.Window == 0 {
		ctx.Mask = full
		return
	}
	near := f.V(c.b.causalMask(dt, seq, c.m.Window))
	for range max(1, c.m.WindowPattern) {
		ctx.Masks = append(ctx.Masks, near)
	}
	if c.m.WindowPattern > 1 {
		ctx.Masks[c.m.WindowPattern-1] = full
	}
}

// maskChunks makes LLaMA-4's masks: layers that rotate attend within chunks of
// the sequence, the others to all tokens before.
func (c *Causal) maskChunks(f *tape.Frame, ctx *Context, dt tape.DType, seq tape.Dim) {
	b, m := c.b, c.m
	var full, chunked *tape.Tensor
	if b.eagerly() {
		full = f.V(b.CausalMask(dt, seq, b.keys(seq, 0)))
		chunked = full
	}
	if keys := b.keys(seq, m.Window); m.Window > 0 && (b.eagerly() || b.T.AtLeast(keys, m.Window)) && !b.pages() {
		chunked = f.V(b.ChunkMask(dt, seq, keys))
	} else if m.Window > 0 { // the mask's function begins, and finds that it needs none
		b.T.Done(b.T.Make("padding on the left", tape.I64, []tape.Dim{b.B}))
	}
	for kind := range c.kinds {
		ctx.Masks = append(ctx.Masks, chunked)
		if m.NoRoPEInterval > 0 && (kind+1)%m.NoRoPEInterval == 0 {
			ctx.Masks[kind] = full
		}
	}
}
