package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// qwenLayer is Qwen2VLVisionBlock and its relatives: a pre-norm layer over
// rows of patches whose attention sees each image, or each window, apart.
type qwenLayer struct {
	b            *Builder
	s            qwenSizes
	calls        []call
	qkv, o       *Linear
	norm1, norm2 Norm
	mlp          FeedForward
	kind         int
}

func (b *Builder) qwenLayer(s qwenSizes, v workload.Vision, calls []call, kind int) *qwenLayer {
	l := &qwenLayer{b: b, s: s, calls: calls, kind: kind}
	l.norm1 = b.Norm(v.Norm, "norm1", s.H)
	l.norm2 = b.Norm(v.Norm, "norm2", s.H)
	func() {
		defer b.In("attn")()
		l.qkv = b.Linear("qkv", s.H, s.H.By(3), true)
		l.o = b.Linear("proj", s.H, s.H, true)
	}()
	l.mlp = b.qwenMLP(s, v)
	return l
}

// qwenMLP is VisionMlp or the gated Qwen2_5_VLMLP, both with biases.
func (b *Builder) qwenMLP(s qwenSizes, v workload.Vision) FeedForward {
	if v.Gated {
		return b.GatedMLP("mlp", s.H, s.F, true, v.Activation)
	}
	up, down := "fc1", "fc2"
	if v.Family == workload.Qwen3VLVision {
		up, down = "linear_fc1", "linear_fc2"
	}
	return b.TwoMatrices("mlp", up, down, s.H, s.F, workload.Text{MLPBias: true, Activation: v.Activation}, 0)
}

// Kind is which of alternating layers it is.
func (l *qwenLayer) Kind() int { return l.kind }

// Forward is the layer's forward.
func (l *qwenLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	h := f.V(t.Add(x, l.attention(l.norm1.Forward(x), c)))
	h = f.Re(h, t.Add(h, l.mlp.Forward(l.norm2.Forward(h))))
	return f.Ret(h)
}

func (l *qwenLayer) attention(x *tape.Tensor, c *Context) *tape.Tensor {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("attn")()
	f := t.Frame(x)
	n := x.Dims()[0]
	one := []tape.Dim{n, s.Heads, s.D}
	// The gradient of the three comes by part, and is copied into the projection's layout.
	parts := t.Split(t.View(t.CopyBack(l.qkv.Forward(x), n, tape.N(3), s.H), tape.N(3), n, s.Heads, s.D), one, one, one)
	q, k, v := f.V(parts[0]), f.V(parts[1]), f.V(parts[2])
	q2, k2 := b.rotaryPatches(q, k, c.Cos, c.Sin)
	q, k = f.Re(q, q2), f.Re(k, k2)
	y := f.V(l.apart(f, q, k, v))
	return f.Ret(f.Re(y, l.o.Forward(y)))
}

// apart is attention within each of the calls, and their results joined.
func (l *qwenLayer) apart(f *tape.Frame, q, k, v *tape.Tensor) *tape.Tensor {
	t, s := l.b.T, l.s
	var shapes [][]tape.Dim
	for _, c := range l.calls {
		shapes = append(shapes, []tape.Dim{tape.One, s.Heads.By(c.together), tape.N(c.patches), s.D})
	}
	var parts [3][]*tape.Tensor
	for i, x := range []*tape.Tensor{q, k, v} {
		parts[i] = t.Split(x, shapes...)
		for _, p := range parts[i] {
			f.V(p)
		}
	}
	var outs []*tape.Tensor
	for i, c := range l.calls {
		heads, n := s.Heads.By(c.together), tape.N(c.patches)
		y, weights := l.b.Core(parts[0][i], parts[1][i], parts[2][i], nil, tape.Heads{
			Batch: tape.One, Queries: n, Keys: n, Heads: heads, KVHeads: heads, Dim: s.D, ValueDim: s.D,
		})
		t.Done(weights)
		outs = append(outs, f.V(y))
	}
	return t.Cat([]tape.Dim{q.Dims()[0], s.H}, outs...)
}

// rotaryPatches is apply_rotary_pos_emb_vision: rows [n, a, d] are rotated in
// fp32 and cast back.
func (b *Builder) rotaryPatches(q, k, cos, sin *tape.Tensor) (*tape.Tensor, *tape.Tensor) {
	t := b.T
	defer t.Scope("rotary")()
	dt := q.DType()
	f := t.Frame(q, k, cos, sin)
	q, k = f.V(t.To(q, tape.F32)), f.V(t.To(k, tape.F32))
	d := q.Dims()
	row := []tape.Dim{d[0], tape.One, d[2]}
	c, s := f.V(t.View(cos, row...)), f.V(t.View(sin, row...))
	qe := f.V(t.Add(t.Mul(q, c), t.Mul(b.rotateHalf(q), s)))
	ke := f.V(t.Add(t.Mul(k, c), t.Mul(b.rotateHalf(k), s)))
	qe = f.Re(qe, t.To(qe, dt))
	ke = f.Re(ke, t.To(ke, dt))
	return f.Ret2(qe, ke)
}
