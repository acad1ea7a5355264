package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// blipVisionLayer is BlipEncoderLayer and Blip2EncoderLayer: a pre-norm layer
// with one fused projection, whose attention is written in operators, or is a
// kernel.
type blipVisionLayer struct {
	b            *Builder
	s            towerSizes
	act          workload.Activation
	kernel       bool
	qkv, o       *Linear
	norm1, norm2 *LayerNorm
	fc1, fc2     *Linear
}

func (b *Builder) blipVisionLayer(s towerSizes, v workload.Vision) *blipVisionLayer {
	l := &blipVisionLayer{b: b, s: s, act: v.Activation, kernel: v.Family == workload.BLIP2Vision}
	func() {
		defer b.In("self_attn")()
		l.qkv = b.Linear("qkv", s.H, s.H.By(3), v.QKVBias)
		l.o = b.Linear("projection", s.H, s.H, true)
	}()
	l.norm1 = b.LayerNorm("layer_norm1", s.H)
	func() {
		defer b.In("mlp")()
		l.fc1 = b.Linear("fc1", s.H, s.F, true)
		l.fc2 = b.Linear("fc2", s.F, s.H, true)
	}()
	l.norm2 = b.LayerNorm("layer_norm2", s.H)
	return l
}

// Forward is the layer's forward.
func (l *blipVisionLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	residual := f.V(x)
	h := f.V(l.norm1.Forward(x))
	y, probs := l.attention(h)
	h = f.Re(h, y)
	f.V(probs)
	h = f.Re(h, t.Add(h, residual))
	f.Re(residual, h)
	residual = h
	h = f.V(l.norm2.Forward(h))
	h = f.Re(h, l.b.plainMLP(h, l.fc1, l.fc2, l.act))
	return f.Ret(f.Re(h, t.Add(h, residual)))
}

func (l *blipVisionLayer) attention(x *tape.Tensor) (y, probs *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("self_attn")()
	f := t.Frame(x)
	d := x.Dims()
	mixed := f.V(t.View(t.CopyBack(l.qkv.Forward(x), d[0], d[1], tape.N(3), s.H), tape.N(3), d[0], s.Heads, d[1], s.D))
	part := func() *tape.Tensor { return f.V(t.Slice(mixed, d[0], s.Heads, d[1], s.D)) }
	q, k, v := part(), part(), part()
	h := tape.Heads{Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D}
	if l.kernel {
		h.Fused = true
		y, probs = b.plainCore(q, k, v, nil, nil, h)
		y, probs = f.V(y), f.V(probs)
		y = f.Re(y, l.o.Forward(y))
		return f.Ret2(y, probs)
	}
	copies := b.copies(d[1], h)
	w := f.V(t.MatMulCopied(q, k, copies, copies, d[0], s.Heads, d[1], d[1]))
	w = f.Re(w, t.MulS(w))
	probs = f.V(b.softmaxOwn(w))
	y = f.V(t.MatMulCopied(probs, v, false, copies, d[0], s.Heads, d[1], s.D))
	y = f.Re(y, t.View(b.transposed(y, h), d[0], d[1], s.H))
	y = f.Re(y, l.o.Forward(y))
	return f.Ret2(y, probs)
}
