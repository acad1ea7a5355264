package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// This file is RotaryDecoder inside a multimodal model, which looks tokens up,
// puts image features among them, and makes the masks.

// Embedded looks tokens up.
func (c *RotaryDecoder) Embedded(ids *tape.Tensor) *tape.Tensor { return c.embedded(ids) }

// HiddenOf runs the stack and the final norm on input embeddings, under one
// mask for each kind of layers. Without positions it makes its own.
func (c *RotaryDecoder) HiddenOf(x, positions *tape.Tensor, masks BlockMasks) *tape.Tensor {
	f := c.b.T.Frame(x, positions, masks.Full, masks.Windowed)
	if positions == nil {
		positions = f.V(c.b.positions(x.Dims()[1]))
	}
	ctx := &Context{Mask: masks.Full}
	if masks.Windowed != nil {
		for range c.period() - 1 {
			ctx.Masks = append(ctx.Masks, masks.Windowed)
		}
		ctx.Masks = append(ctx.Masks, masks.Full)
	}
	return c.states(f, x, positions, ctx)
}

// states runs the body on embeddings and returns from its call.
func (c *RotaryDecoder) states(f *tape.Frame, x, positions *tape.Tensor, ctx *Context) *tape.Tensor {
	c.tables(f, ctx, positions, x.DType())
	ctx.Other = []*tape.Tensor{positions}
	h := f.V(x)
	h = c.stack.Forward(f, h, ctx)
	h = f.Re(h, c.norm.Forward(h))
	return f.Ret(h)
}

// Logits applies the head, and the cap where the family has one, within the
// caller's frame, whose variable the result is.
func (c *RotaryDecoder) Logits(f *tape.Frame, hidden *tape.Tensor) *tape.Tensor {
	t := c.b.T
	logits := f.V(c.b.logits(c.head, hidden))
	if c.m.LogitCap > 0 {
		defer t.As(memory.Logits)()
		logits = f.Re(logits, t.MulS(logits))
		logits = f.Re(logits, t.UnaryResult("tanh", logits))
		logits = f.Re(logits, t.MulS(logits))
	}
	return logits
}
