package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// multihead is torch's nn.MultiheadAttention of a sequence with itself, batch
// first, without weights returned: it works sequence first inside.
type multihead struct {
	n            *net
	width, heads int64
	in, out      *layers.FC
}

func (n *net) multihead(width, heads int64) *multihead {
	m := &multihead{n: n, width: width, heads: heads}
	m.in = n.InProjection(width)
	m.out = n.FC("out_proj", width, width, true)
	return m
}

// Forward attends. The projection is copied into queries, keys and values,
// three slices of one tensor, and so is the fp32 kernel's output, which comes
// batch first; the flash kernel gives it in the queries' layout.
func (m *multihead) Forward(x *tape.Tensor) *tape.Tensor {
	t := m.n.T
	defer t.Scope("attention")()
	outer := t.Frame(x)
	d := x.Dims()
	batch, tokens, w := d[0], d[1], tape.N(m.width)
	heads, width := tape.N(m.heads), tape.N(m.width/m.heads)
	query := outer.V(t.View(x, tokens, batch, w))
	f := t.Frame(query)

	g := t.Frame(query)
	proj := g.V(t.CopyBack(m.project(query), tape.N(3), tokens, batch, w))
	proj = g.Re(proj, t.Contiguous(proj))
	q, k, v := g.Ret3(t.Slice(proj, tokens, batch, w), t.Slice(proj, tokens, batch, w), t.Slice(proj, tokens, batch, w))
	q, k, v = f.V(q), f.V(k), f.V(v)
	rows := batch.Times(heads)
	q = f.Re(q, m.turn(q, batch, rows, tokens, width))
	k = f.Re(k, m.turn(k, batch, rows, tokens, width))
	v = f.Re(v, m.turn(v, batch, rows, tokens, width))
	split := []tape.Dim{batch, heads, tokens, width}
	q = f.Re(q, m.turn(q, batch, split...))
	k = f.Re(k, m.turn(k, batch, split...))
	v = f.Re(v, m.turn(v, batch, split...))
	y := f.V(t.SDPA(q, k, v, tape.Heads{Batch: batch, Queries: tokens, Keys: tokens, Heads: heads, KVHeads: heads, Dim: width, ValueDim: width}))
	m.n.multiplyAttention(tokens, tokens, m.width)
	if y.DType() == tape.F32 && !batch.IsOne() {
		y = f.Re(y, t.Contiguous(y))
	}
	y = f.Re(y, t.View(y, tokens.Times(batch), w))
	y = f.Re(y, m.out.Forward(y))
	y = f.Re(y, t.View(y, tokens, batch, w))
	return outer.Ret(t.View(f.Ret(y), d...))
}

// project is the joint projection.
func (m *multihead) project(x *tape.Tensor) *tape.Tensor {
	if x.Dims()[1].IsOne() {
		return m.in.Forward(x)
	}
	return m.in.Turned(x)
}

// turn is a view whose gradient the fp32 kernel gives in another layout, where
// there are several samples: backward copies it.
func (m *multihead) turn(x *tape.Tensor, batch tape.Dim, dims ...tape.Dim) *tape.Tensor {
	t := m.n.T
	if batch.IsOne() || x.DType() != tape.F32 {
		return t.View(x, dims...)
	}
	return t.CopyBack(x, dims...)
}

// multiplyAttention counts the products of scores and of values.
func (n *net) multiplyAttention(queries, keys tape.Dim, width int64) {
	s, ok := queries.Const()
	k, fixed := keys.Const()
	if ok && fixed && n.Counting {
		n.MultiplyAdds += 2 * s * k * width
	}
}
