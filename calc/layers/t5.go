package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// t5Sides is what the two stacks of a T5 differ in.
type t5Side struct {
	decoder bool
	length  tape.Dim // tokens of this side
}

// t5Block is T5Block: self-attention, in the decoder cross-attention, and a
// feed-forward network, each with a norm before it.
type t5Block struct {
	b           *Builder
	side        t5Side
	self, cross *t5Attention
	ff          *t5FeedForward
}

// t5Layers makes the blocks of a stack. The first block has the table of
// relative positions.
func (b *Builder) t5Block(m workload.Text, s Sizes, side t5Side, first bool, ff func() forward) *t5Block {
	defer b.In("layer")()
	l := &t5Block{b: b, side: side}
	l.self = b.t5Attention("0", "SelfAttention", m, s, side, first)
	at := "1"
	if side.decoder {
		l.cross = b.t5Attention("1", "EncDecAttention", m, s, side, false)
		at = "2"
	}
	defer b.In(at)()
	l.ff = &t5FeedForward{b: b, inner: ff(), norm: b.t5Norm("layer_norm", s.H), drop: m.ResidualDrop}
	return l
}

// states is what passes from block to block: hidden states and the biases of
// positions, which the first block makes.
type states struct{ x, bias, crossBias *tape.Tensor }

// Forward is the block's forward. encoder are the encoder's hidden states.
func (l *t5Block) Forward(in states, mask, encoder *tape.Tensor) states {
	t := l.b.T
	f := t.Frame(in.x, in.bias, in.crossBias, encoder)
	out := states{}
	var weights *tape.Tensor
	out.x, out.bias, weights = l.self.Forward(in.x, nil, in.bias, mask)
	out.x, out.bias, weights = f.V(out.x), f.V(out.bias), f.V(weights)
	out.x = f.Re(out.x, l.b.finite(out.x))
	if l.cross != nil {
		y, bias, w := l.cross.Forward(out.x, encoder, in.crossBias, nil)
		out.x = f.Re(out.x, y)
		out.crossBias = f.V(bias)
		f.Re(weights, w)
		out.x = f.Re(out.x, l.b.finite(out.x))
	}
	out.x = f.Re(out.x, l.ff.Forward(out.x))
	out.x = f.Re(out.x, l.b.finite(out.x))
	out.x, out.bias, out.crossBias = f.Ret3(out.x, out.bias, out.crossBias)
	return out
}

// finite clamps infinite values of fp16 states.
func (b *Builder) finite(x *tape.Tensor) *tape.Tensor {
	if x.DType() != tape.F16 {
		return x
	}
	t := b.T
	one := []tape.Dim{tape.One}
	f := t.Frame()
	infinite := t.Make("infinite", tape.Bool, x.Dims(), t.Make("absolute values", x.DType(), x.Dims()))
	any := t.Make("any is infinite", tape.Bool, one, infinite)
	less, most := t.Make("a limit below the largest", tape.F32, one), t.Make("largest limit", tape.F32, one)
	limit := f.V(t.Make("limit", tape.F32, one, less, most, any))
	return f.Ret(t.Clamp(x, t.Make("lower limit", limit.DType(), one), limit))
}

// forward is a module of one input.
type forward interface {
	Forward(x *tape.Tensor) *tape.Tensor
}

// t5FeedForward is T5LayerFF.
type t5FeedForward struct {
	b     *Builder
	inner forward
	norm  *t5Norm
	drop  float64
}

// Forward is the module's forward.
func (l *t5FeedForward) Forward(x *tape.Tensor) *tape.Tensor {
	t := l.b.T
	defer t.Scope("ff")()
	f := t.Frame(x)
	h := f.V(l.norm.Forward(x))
	h = f.Re(h, l.inner.Forward(h))
	y := f.V(t.Add(x, l.b.drop(h, l.drop)))
	return f.Ret(y)
}

// t5Dense is T5DenseActDense, or T5DenseGatedActDense where gate is set.
type t5Dense struct {
	b            *Builder
	gate, wi, wo *Linear
	act          workload.Activation
	drop         float64
}

// t5Dense declares the feed-forward network of a T5 layer.
func (b *Builder) t5Dense(leaf string, m workload.Text, s Sizes) *t5Dense {
	defer b.In(leaf)()
	d := &t5Dense{b: b, act: m.Activation, drop: m.ActivationDrop}
	if m.Gated {
		d.gate = b.Linear("wi_0", s.H, s.F, false)
		d.wi = b.Linear("wi_1", s.H, s.F, false)
	} else {
		d.wi = b.Linear("wi", s.H, s.F, false)
	}
	kept := b.KeepPrecision
	b.KeepPrecision = true // the library leaves wo out of quantization (_keep_in_fp32_modules)
	d.wo = b.Linear("wo", s.F, s.H, false)
	b.KeepPrecision = kept
	return d
}

// Forward is the module's forward.
func (d *t5Dense) Forward(x *tape.Tensor) *tape.Tensor {
	t := d.b.T
	f := t.Frame(x)
	var h *tape.Tensor
	if d.gate != nil {
		a := f.V(d.b.Act(d.act, d.gate.Forward(x)))
		b := f.V(d.wi.Forward(x))
		h = f.V(t.Mul(a, b))
	} else {
		h = f.V(d.wi.Forward(x))
		h = f.Re(h, d.b.Act(d.act, h))
	}
	h = f.Re(h, d.b.drop(h, d.drop))
	h = f.Re(h, t.To(h, d.wo.W.DType()))
	h = f.Re(h, d.wo.Forward(h))
	return f.Ret(h)
}

// t5Norm is T5LayerNorm: the mean square in fp32, the input scaled in fp32 and
// cast back for 16-bit weights.
type t5Norm struct {
	b    *Builder
	leaf string
	W    *tape.Param
}

func (b *Builder) t5Norm(leaf string, width tape.Dim) *t5Norm {
	return &t5Norm{b: b, leaf: leaf, W: b.param(leaf+".weight", tape.NormWeight, width)}
}

// Forward applies the norm.
func (n *t5Norm) Forward(x *tape.Tensor) *tape.Tensor {
	t := n.b.T
	defer t.Scope(n.leaf)()
	f := t.Frame(x)
	v := f.V(t.Mean(t.Pow(t.To(x, tape.F32))))
	h := f.V(t.Mul(x, t.Rsqrt(t.AddS(v))))
	if n.W.DType() != tape.F32 {
		h = f.Re(h, t.To(h, n.W.DType()))
	}
	return f.Ret(t.Mul(n.W.Tensor, h))
}
