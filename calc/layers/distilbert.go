package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// distilLayer is DistilBERT's TransformerBlock.
type distilLayer struct {
	b                *Builder
	m                workload.Text
	attention        *bertAttention
	lin1, lin2       *Linear
	norm, outputNorm *LayerNorm
}

func (b *Builder) distilLayer(m workload.Text, s Sizes) *distilLayer {
	l := &distilLayer{b: b, m: m}
	func() {
		defer b.In("attention")()
		l.attention = b.bertAttention(m, s, "", "q_lin", "k_lin", "v_lin")
		l.attention.out = b.Linear("out_lin", s.Q, s.H, true)
	}()
	l.norm = b.LayerNorm("sa_layer_norm", s.H)
	func() {
		defer b.In("ffn")()
		l.lin1 = b.Linear("lin1", s.H, s.F, true)
		l.lin2 = b.Linear("lin2", s.F, s.H, true)
	}()
	l.outputNorm = b.LayerNorm("output_layer_norm", s.H)
	return l
}

// Forward is the block's forward.
func (l *distilLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	a, weights := l.attention.Forward(x)
	a = f.V(a)
	f.V(weights)
	a = f.Re(a, l.norm.Forward(t.Add(a, x)))
	y := f.V(l.feedForward(a))
	y = f.Re(y, l.outputNorm.Forward(t.Add(y, a)))
	return f.Ret(y)
}

// feedForward is FFN.
func (l *distilLayer) feedForward(x *tape.Tensor) *tape.Tensor {
	t := l.b.T
	defer t.Scope("ffn")()
	f := t.Frame(x)
	h := f.V(l.lin1.Forward(x))
	h = f.Re(h, l.b.Act(l.m.Activation, h))
	h = f.Re(h, l.lin2.Forward(h))
	h = f.Re(h, l.b.drop(h, l.m.ResidualDrop))
	return f.Ret(h)
}
