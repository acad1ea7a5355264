package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// internLayer is InternVLVisionLayer: a pre-norm layer whose branches are
// scaled by a factor for each channel.
type internLayer struct {
	b               *Builder
	s               towerSizes
	v               workload.Vision
	scale1, scale2  *tape.Param
	q, k, values, o *Linear
	qNorm, kNorm    *RMSNorm // over all heads together
	fc1, fc2        *Linear
	before, after   Norm
}

func (b *Builder) internLayer(s towerSizes, v workload.Vision) *internLayer {
	l := &internLayer{b: b, s: s, v: v}
	l.scale1 = b.Weight("lambda_1", s.H)
	l.scale2 = b.Weight("lambda_2", s.H)
	func() {
		defer b.In("attention")()
		l.q = b.Linear("q_proj", s.H, s.H, v.QKVBias)
		l.k = b.Linear("k_proj", s.H, s.H, v.QKVBias)
		l.values = b.Linear("v_proj", s.H, s.H, v.QKVBias)
		l.o = b.Linear("projection_layer", s.H, s.H, true)
		if v.QKNormFull {
			l.qNorm = b.RMSNorm("q_norm", s.H)
			l.kNorm = b.RMSNorm("k_norm", s.H)
		}
	}()
	func() {
		defer b.In("mlp")()
		l.fc1 = b.Linear("fc1", s.H, s.F, true)
		l.fc2 = b.Linear("fc2", s.F, s.H, true)
	}()
	norm := func(leaf string) Norm {
		if v.Norm == workload.RMSNorm {
			return b.RMSNorm(leaf, s.H)
		}
		return b.LayerNorm(leaf, s.H)
	}
	l.before, l.after = norm("layernorm_before"), norm("layernorm_after")
	return l
}

// Forward is the layer's forward.
func (l *internLayer) Forward(x *tape.Tensor, c *Context) *tape.Tensor {
	t := l.b.T
	f := t.Frame(x)
	y, weights := l.attention(l.before.Forward(x))
	y = f.V(y)
	f.V(weights)
	y = f.Re(y, t.Mul(l.scale1.T(), y))
	h := f.V(t.Add(y, x))
	z := f.V(l.after.Forward(h))
	z = f.Re(z, l.b.plainMLP(z, l.fc1, l.fc2, l.v.Activation))
	z = f.Re(z, t.Mul(l.scale2.T(), z))
	return f.Ret(f.Re(z, t.Add(z, h)))
}

func (l *internLayer) attention(x *tape.Tensor) (y, weights *tape.Tensor) {
	t, b, s := l.b.T, l.b, l.s
	defer t.Scope("attention")()
	f := t.Frame(x)
	d := x.Dims()
	q := f.V(l.q.Forward(x))
	k := f.V(l.k.Forward(x))
	v := f.V(l.values.Forward(x))
	if l.qNorm != nil {
		q = f.Re(q, l.qNorm.Forward(q))
		k = f.Re(k, l.kNorm.Forward(k))
	}
	q = f.Re(q, b.heads(q, s.Heads, s.D))
	k = f.Re(k, b.heads(k, s.Heads, s.D))
	v = f.Re(v, b.heads(v, s.Heads, s.D))
	y, weights = b.plainCore(q, k, v, nil, nil, tape.Heads{
		Batch: d[0], Queries: d[1], Keys: d[1], Heads: s.Heads, KVHeads: s.Heads, Dim: s.D, ValueDim: s.D,
	})
	y, weights = f.V(y), f.V(weights)
	out := f.V(l.o.Forward(y))
	return f.Ret2(out, weights)
}
