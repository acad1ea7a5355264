package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// blockStyle is how a family writes its decoder layer.
type blockStyle struct {
	norm             func(leaf string, width tape.Dim) Norm
	in, afterAttn    string // norms before and after attention, "" = none
	beforeMLP, after string // norms before and after the MLP
	attn, out, fused string // names of the attention module, its output and its fused input projection
	qkv              projection
	rotate           rotation
	headNorm         func(leaf string, width tape.Dim) Norm // norms of queries and keys
	fullNorm         bool                                   // they are as wide as all heads together
	normsTransposed  bool                                   // they see [B, a, S, d]
	normEachHead     bool                                   // each head has weights of its own, after all projections
	mlp              func() FeedForward
	viewsLater       bool   // query, key and value are seen by head once all are projected
	final            string // the last norm's name
	drops            bool   // dropout modules after attention and MLP
	dropsInside      bool   // dropout inside attention and MLP (StarCoder2)
	parallel         bool   // attention and MLP read the same residual
	residualFirst    bool   // which leads the sum of the three
	named            bool   // attention and MLP have variables of their own (StableLM)
}

// rotaryLayer is a decoder layer with rotary positions.
type rotaryLayer struct {
	b                            *Builder
	s                            Sizes
	m                            workload.Text
	style                        *blockStyle
	q, k, v, fused, o            *Linear
	qNorm, kNorm                 Norm
	mlp                          FeedForward
	in, afterAttn, before, after Norm
	kind                         int // which of alternating layers
	rotated                      bool
}

func (b *Builder) rotaryLayer(m workload.Text, s Sizes, style *blockStyle, kind int) *rotaryLayer {
	l := &rotaryLayer{b: b, s: s, m: m, style: style, kind: kind, rotated: true}
	if n := m.NoRoPEInterval; n > 0 && int64(kind)%n == n-1 || m.Position == workload.ALiBi {
		l.rotated = false
	}
	norms := func() {
		l.in = b.normIf(style, style.in, s.H)
		l.afterAttn = b.normIf(style, style.afterAttn, s.H)
		l.before = b.normIf(style, style.beforeMLP, s.H)
		l.after = b.normIf(style, style.after, s.H)
	}
	l.declareAttention()
	l.mlp = style.mlp()
	norms()
	return l
}

func (b *Builder) normIf(style *blockStyle, leaf string, width tape.Dim) Norm {
	if leaf == "" {
		return nil
	}
	return style.norm(leaf, width)
}

// Kind is which of alternating layers it is.
func (l *rotaryLayer) Kind() int { return l.kind }

// Forward is the layer's forward.
func (l *rotaryLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	switch {
	case l.style.parallel:
		return l.parallel(x, c)
	case l.style.named:
		return l.named(x, c)
	}
	t := l.b.T
	f := t.Frame(x)
	h := f.V(x)
	if l.in != nil {
		h = f.Re(h, l.in.Forward(h))
	}
	y, weights := l.attention(h, c)
	h = f.Re(h, y)
	f.V(weights)
	h = l.finish(f, h, l.afterAttn)
	h = l.add(f, x, h)
	residual := f.V(h)
	if l.before != nil {
		h = f.Re(h, l.before.Forward(h))
	}
	h = f.Re(h, l.mlp.Forward(h))
	h = l.finish(f, h, l.after)
	h = l.add(f, residual, h)
	return f.Ret(h)
}

// finish applies the norm after attention or MLP.
func (l *rotaryLayer) finish(f *tape.Frame, h *tape.Tensor, n Norm) *tape.Tensor {
	if n == nil {
		return h
	}
	return f.Re(h, n.Forward(h))
}

// add is the residual sum, after dropout where the family has it.
func (l *rotaryLayer) add(f *tape.Frame, residual, h *tape.Tensor) *tape.Tensor {
	y := h
	if l.style.drops {
		y = l.b.Drop(h, l.m.ResidualDrop)
	}
	return f.Re(h, l.b.T.Add(residual, y))
}

// parallel is the layer whose attention and MLP read the same normed input.
func (l *rotaryLayer) parallel(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	h := f.V(l.in.Forward(x))
	y, weights := l.attention(h, c)
	y, _ = f.V(y), f.V(weights)
	if l.style.drops {
		y = f.Re(y, l.b.Drop(y, l.m.ResidualDrop))
	}
	z := l.mlp.Forward(h)
	if l.style.drops || l.style.named {
		z = l.b.Drop(z, l.m.ResidualDrop)
	}
	z = f.V(z)
	if l.style.residualFirst {
		return f.Ret(f.Re(h, t.Add(t.Add(x, y), z)))
	}
	return f.Ret(f.Re(h, t.Add(t.Add(y, z), x)))
}

// named is the layer that keeps its normed input to the end.
func (l *rotaryLayer) named(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	h := f.V(l.in.Forward(x))
	y, weights := l.attention(h, c)
	y, _ = f.V(y), f.V(weights)
	residual := f.V(t.Add(x, y))
	z := f.V(l.mlp.Forward(l.before.Forward(residual)))
	z = f.Re(z, l.b.Drop(z, l.m.ResidualDrop))
	return f.Ret(f.Re(h, t.Add(residual, z)))
}
