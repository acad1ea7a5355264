package layers

import (
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// poolingHead is SiglipMultiheadAttentionPoolingHead: a learned query attends
// to all patches through torch.nn.MultiheadAttention, then an MLP.
type poolingHead struct {
	b        *Builder
	v        workload.Vision
	s        towerSizes
	probe    *tape.Param
	in, bias *tape.Param
	out      *Linear
	norm     *LayerNorm
	fc1, fc2 *Linear
}

func (b *Builder) poolingHead(s towerSizes, v workload.Vision) *poolingHead {
	defer b.In("head")()
	p := &poolingHead{b: b, v: v, s: s, probe: b.Weight("probe", tape.One, tape.One, s.H)}
	func() {
		defer b.In("attention")()
		p.in = b.param("in_proj_weight", tape.LinearWeight, s.H.By(3), s.H)
		p.bias = b.param("in_proj_bias", tape.Bias, s.H.By(3))
		p.out = b.Linear("out_proj", s.H, s.H, true)
	}()
	p.norm = b.LayerNorm("layernorm", s.H)
	defer b.In("mlp")()
	p.fc1, p.fc2 = b.Linear("fc1", s.H, s.F, true), b.Linear("fc2", s.F, s.H, true)
	return p
}

// Forward pools the patches of each image.
func (p *poolingHead) Forward(x *tape.Tensor) *tape.Tensor {
	t, s := p.b.T, p.s
	defer t.Scope("head")()
	f := t.Frame(x)
	probe := f.V(t.RepeatRows(p.probe.T(), s.Images, tape.One, s.H))
	h := f.V(p.attend(probe, x))
	residual := h
	h = f.V(p.norm.Forward(h))
	h = f.Re(h, t.Add(residual, p.b.plainMLP(h, p.fc1, p.fc2, p.v.Activation)))
	return f.Ret(t.Slice(h, s.Images, s.H))
}

// attend is multi_head_attention_forward with weights asked for.
func (p *poolingHead) attend(probe, x *tape.Tensor) *tape.Tensor {
	t, s := p.b.T, p.s
	defer t.Scope("attention")()
	f := t.Frame(probe, x)
	n, rows := s.Tokens, s.Images.Times(s.Heads)
	g := t.Frame()
	q, k, v := p.projections(probe, x)
	q, k, v = g.V(q), g.V(k), g.V(v)
	q = g.Re(q, t.View(q, rows, tape.One, s.D))
	k = g.Re(k, t.View(k, rows, n, s.D))
	v = g.Re(v, t.View(v, rows, n, s.D))
	scaled := g.V(t.MulS(q))
	w := g.V(t.BMM(scaled, t.View(k, rows, s.D, n), rows, tape.One, n))
	w = g.Re(w, p.b.softmaxOwn(w))
	y := g.V(t.BMM(w, v, rows, tape.One, s.D))
	y = g.Re(y, t.View(y, s.Images, s.H))
	y = g.Re(y, p.out.Forward(y))
	y = g.Re(y, t.View(y, tape.One, s.Images, s.H))
	w = g.Re(w, t.View(w, s.Images, s.Heads, tape.One, n))
	w = g.Re(w, t.Reduce(w, s.Images, tape.One, n))
	y, w = g.Ret2(y, w)
	y = f.V(t.View(f.V(y), s.Images, tape.One, s.H))
	f.V(w)
	return f.Ret(y)
}

// projections is _in_projection_packed where key and value are the same.
func (p *poolingHead) projections(probe, x *tape.Tensor) (q, k, v *tape.Tensor) {
	t, s := p.b.T, p.s
	f := t.Frame(probe, x)
	ws := t.Split(p.in.T(), []tape.Dim{s.H, s.H}, []tape.Dim{s.H.By(2), s.H})
	bs := t.Split(p.bias.T(), []tape.Dim{s.H}, []tape.Dim{s.H.By(2)})
	for _, y := range append(ws, bs...) {
		f.V(y)
	}
	q = f.V(t.Linear(t.View(probe, tape.One, s.Images, s.H), ws[0], bs[0]))
	turned := t.View(x, s.Tokens, s.Images, s.H)
	kv := f.V(t.LinearTurned(turned, ws[1], bs[1]))
	kv = f.Re(kv, t.Contiguous(t.View(kv, tape.N(2), s.Tokens, s.Images, s.H)))
	parts := t.Unstack(kv, s.Tokens, s.Images, s.H)
	return f.Ret3(q, parts[0], parts[1])
}
