package layers

import "vramcalc/calc/tape"

// Width is the hidden size.
func (c *Causal) Width() tape.Dim { return c.s.H }

// Through runs the stage's layers, after the embedding in the first stage and
// before norm and head in the last.
func (c *Causal) Through(x *tape.Tensor) *tape.Tensor {
	f := c.b.T.Frame(x)
	var h *tape.Tensor
	if c.b.Stage.enters() {
		h = f.V(c.Hidden(x))
	} else {
		h = f.V(c.HiddenOf(x))
	}
	if c.b.Stage.leaves() {
		return f.Ret(c.Logits(h))
	}
	return f.Ret(h)
}

// Score is the loss of logits.
func (c *Causal) Score(logits, labels *tape.Tensor) *tape.Tensor {
	return c.b.CausalLoss(logits, labels)
}
