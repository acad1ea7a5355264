package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// ideficsCross is IdeficsGatedCrossAttentionLayer: attention to the images and
// an MLP, each behind a gate that training opens.
type ideficsCross struct {
	b                *Builder
	m                workload.Text
	attention        *ideficsAttention
	mlp              *GatedMLP
	inNorm, postNorm *ideficsNorm
	gates            [2]*tape.Param
}

func (b *Builder) ideficsCross(m workload.Text, s Sizes, from tape.Dim, norms bool) *ideficsCross {
	l := &ideficsCross{b: b, m: m, attention: b.ideficsAttention("cross_attn", m, s, from, norms), mlp: b.ideficsMLP(m, s)}
	l.inNorm, l.postNorm = b.ideficsNorm("input_layernorm", s.H), b.ideficsNorm("post_attention_layernorm", s.H)
	l.gates = [2]*tape.Param{b.Weight("alpha_cross_attn", tape.One), b.Weight("alpha_dense", tape.One)}
	return l
}

// ideficsImages is what every cross-attention layer sees.
type ideficsImages struct {
	states *tape.Tensor // of all images of a sample
	mask   *tape.Tensor // additive
	gate   *tape.Tensor // 0 where a token sees no image
}

// Forward is the layer's forward.
func (l *ideficsCross) Forward(x *tape.Tensor, i ideficsImages) *tape.Tensor {
	t, d := l.b.T, x.Dims()
	defer t.As(memory.CrossModalAttention)()
	f := t.Frame(x, i.states)
	residual := f.V(x)
	h := f.V(l.inNorm.Forward(x))
	y, weights := l.attention.across(h, i.states, i.mask)
	h = f.Re(h, y)
	f.V(weights)
	h = f.Re(h, t.Dropout(h, l.m.ResidualDrop))
	h = f.Re(h, t.MaskedFill(h, t.Make("sees no image", tape.Bool, []tape.Dim{d[0], d[1]})))
	h = f.Re(h, t.Add(residual, t.Mul(t.UnaryResult("tanh", l.gates[0].T()), h)))
	residual = f.Re(residual, h)
	h = f.Re(h, l.postNorm.Forward(h))
	h = f.Re(h, l.mlp.Forward(h))
	h = f.Re(h, t.Dropout(h, l.m.ResidualDrop))
	h = f.Re(h, t.Add(residual, t.Mul(t.UnaryResult("tanh", l.gates[1].T()), h)))
	return f.Ret(h)
}

// checkpointed runs the layer under the run's form of gradient checkpointing:
// the images' states are an input as the hidden state is, masks are not.
func (l *ideficsCross) checkpointed(x *tape.Tensor, c *Context, i ideficsImages) *tape.Tensor {
	b, t := l.b, l.b.T
	run := func(xs []*tape.Tensor) []*tape.Tensor {
		seen := i
		seen.states = xs[2]
		return []*tape.Tensor{l.Forward(xs[0], seen)}
	}
	xs := []*tape.Tensor{x, c.Mask, i.states}
	switch {
	case !b.Train.Checkpointing:
		return run(xs)[0]
	case b.Train.CheckpointingForm == workload.Reentrant:
		return t.CheckpointReentrantMany(run, xs, i.mask, i.gate)[0]
	}
	return t.CheckpointMany(func() []*tape.Tensor { return run(xs) }, append(xs, i.mask, i.gate)...)[0]
}
