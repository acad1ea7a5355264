package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// clipLayer is CLIPEncoderLayer and SiglipEncoderLayer: a pre-norm layer with
// biases everywhere.
type clipLayer struct {
	b            *Builder
	h, heads, d  tape.Dim
	act          workload.Activation
	causal       bool
	drop         float64
	form         workload.AttentionImplementation // of this side of the model
	k, v, q, o   *Linear
	norm1, norm2 *LayerNorm
	turned       bool // the hidden state lies transposed, as the patch convolution left it
	fc1, fc2     *Linear
	leaf         bool // the input is a leaf, which copies its gradient into the same layout
}

func (b *Builder) clipLayer(h, inner, heads, d tape.Dim, act workload.Activation, causal bool, drop float64) *clipLayer {
	l := &clipLayer{b: b, h: h, heads: heads, d: d, act: act, causal: causal, drop: drop, form: b.Attention.Implementation}
	attention := func() {
		defer b.In("self_attn")()
		l.k = b.Linear("k_proj", h, h, true)
		l.v = b.Linear("v_proj", h, h, true)
		l.q = b.Linear("q_proj", h, h, true)
		l.o = b.Linear("out_proj", h, h, true)
	}
	attention()
	l.norm1 = b.LayerNorm("layer_norm1", h)
	func() {
		defer b.In("mlp")()
		l.fc1 = b.Linear("fc1", h, inner, true)
		l.fc2 = b.Linear("fc2", inner, h, true)
	}()
	l.norm2 = b.LayerNorm("layer_norm2", h)
	return l
}

// Forward is the layer's forward.
func (l *clipLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	if l.leaf {
		x = t.CopyBack(x, x.Dims()...)
	}
	residual := f.V(x)
	h := f.V(l.norm1.of(x, l.turned))
	y, weights := l.attention(h, c)
	h = f.Re(h, y)
	f.V(weights)
	h = f.Re(h, t.Add(residual, h))
	f.Re(residual, h)
	residual = h
	h = f.V(l.norm2.of(h, l.turned))
	h = f.Re(h, l.b.plainMLP(h, l.fc1, l.fc2, l.act))
	return f.Ret(t.Add(residual, h))
}

func (l *clipLayer) attention(x *tape.Tensor, c *Context) (y, weights *tape.Tensor) {
	t, b := l.b.T, l.b
	defer t.Scope("self_attn")()
	defer b.attending(l.form)()
	f := t.Frame(x)
	d := x.Dims()
	q := f.V(l.q.Forward(x))
	k := f.V(l.k.Forward(x))
	v := f.V(l.v.Forward(x))
	q = f.Re(q, b.heads(q, l.heads, l.d))
	k = f.Re(k, b.heads(k, l.heads, l.d))
	v = f.Re(v, b.heads(v, l.heads, l.d))
	y, weights = b.Core(q, k, v, c.Mask, tape.Heads{
		Batch: d[0], Queries: d[1], Keys: d[1], Heads: l.heads, KVHeads: l.heads, Dim: l.d, ValueDim: l.d,
		Causal: l.causal, Dropout: l.drop,
	})
	y, weights = f.V(y), f.V(weights)
	y = f.Re(y, l.o.Forward(y))
	return f.Ret2(y, weights)
}

// turnedLayers says of the layers of a transposed hidden state that they run
// under reentrant checkpointing: each one's input is a leaf, which keeps its
// gradient transposed too. The last one's copies it so, and the products of
// those before copy what they get, if it is of several images.
func turnedLayers(layers []*clipLayer, images tape.Dim) {
	for i, l := range layers {
		l.leaf = i == len(layers)-1
		copied := !l.leaf && !images.IsOne()
		l.o.copied, l.fc2.copied = copied, copied
	}
}

// of applies the norm to a hidden state that may lie transposed.
func (n *LayerNorm) of(x *tape.Tensor, turned bool) *tape.Tensor {
	if turned {
		return n.rows(x)
	}
	return n.Forward(x)
}
