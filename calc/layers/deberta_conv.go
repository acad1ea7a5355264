package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// debertaConv is DebertaV2's ConvLayer, which runs beside the first layer and
// is added to its result.
type debertaConv struct {
	b       *Builder
	m       workload.Text
	w, bias *tape.Param
	norm    *LayerNorm
}

func (b *Builder) debertaConv(m workload.Text, s Sizes) *debertaConv {
	defer b.In("conv")()
	return &debertaConv{
		b: b, m: m,
		w:    b.param("conv.weight", tape.ConvWeight, s.H, s.H, tape.N(m.ConvKernel)),
		bias: b.param("conv.bias", tape.Bias, s.H),
		norm: b.LayerNorm("LayerNorm", s.H),
	}
}

// Forward convolves the embeddings x over positions and adds the first layer's
// states.
func (c *debertaConv) Forward(x, states, mask *tape.Tensor) *tape.Tensor {
	t, d := c.b.T, x.Dims()
	defer t.Scope("conv")()
	f := t.Frame(x, states, mask)
	in := t.Contiguous(t.View(x, d[0], d[2], d[1]))
	y := t.Conv1D(in, c.w.T(), c.bias.T(), 1, (c.m.ConvKernel-1)/2, true)
	out := f.V(t.Contiguous(t.View(y, d...)))
	hidden := f.V(t.Make("hidden tokens", tape.Bool, d[:2], t.Make("hidden tokens", tape.F32, d[:2])))
	out = f.Re(out, t.MaskedFillInPlace(out, t.View(hidden, d[0], d[1], tape.One)))
	out = f.Re(out, c.b.Act(c.m.Activation, c.b.drop(out, c.m.ResidualDrop)))
	sum := f.V(t.Add(states, out))
	y = f.V(t.To(c.norm.Forward(sum), sum.DType()))
	seen := f.V(t.To(t.View(mask, d[0], d[1], tape.One), y.DType()))
	return f.Ret(t.Mul(y, seen))
}
