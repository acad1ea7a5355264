package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// Scales says whether a family multiplies embeddings, residual branches and
// logits by constant factors, each a tensor of its own.
func Scales(m workload.Text) bool {
	switch m.Family {
	case workload.Granite, workload.GraniteMoE, workload.MiniCPM:
		return true
	}
	return false
}

// beforeHead is what a family does to the last hidden states, a variable of the
// frame: MiniCPM divides them.
func (c *Causal) beforeHead(f *tape.Frame, hidden *tape.Tensor) *tape.Tensor {
	if c.m.Family != workload.MiniCPM {
		return hidden
	}
	return f.V(c.b.T.MulS(hidden))
}

// scaled is what a family does to its logits, a variable of the frame: Granite
// divides them.
func (c *Causal) scaled(f *tape.Frame, logits *tape.Tensor) *tape.Tensor {
	if c.m.Family != workload.Granite && c.m.Family != workload.GraniteMoE {
		return logits
	}
	t := c.b.T
	defer t.As(memory.Logits)()
	return f.Re(logits, t.MulS(logits))
}
