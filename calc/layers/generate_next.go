package layers

import "vramcalc/calc/tape"

// Next gives the logits of the token after the last.
func (c *Causal) Next(ids *tape.Tensor) *tape.Tensor { return c.b.lastLogits(c.head, ids, c.Hidden) }

// Next gives the logits of the token after the last.
func (c *RotaryDecoder) Next(ids *tape.Tensor) *tape.Tensor {
	return c.b.lastLogits(c.head, ids, c.hidden)
}

// Next gives the logits of the token after the last.
func (d *decoderBase) Next(ids *tape.Tensor) *tape.Tensor { return d.b.lastLogits(d.lm, ids, d.hidden) }

// lastLogits runs a body and the head on its last hidden state.
func (b *Builder) lastLogits(head *Linear, ids *tape.Tensor, hidden func(ids *tape.Tensor) *tape.Tensor) *tape.Tensor {
	t := b.T
	f := t.Frame(ids)
	x := f.V(hidden(ids))
	return f.Ret(b.logits(head, t.Slice(x, b.B, tape.One, x.Last())))
}
