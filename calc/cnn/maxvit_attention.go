package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// partitioned is PartitionAttentionLayer: attention among the pixels of each
// window, or among those at the same place of each window.
type partitioned struct {
	n         *net
	side      int64 // of a window as the image is cut
	grid      bool
	norm      *layers.LayerNorm
	attention *relativeAttention
	inner     *layers.LayerNorm // of the MLP
	mlp       []layers.Module
	path      *layers.DropPath
}

func (n *net) partitioned(p maxvitPart, side int64, grid bool) layers.Module {
	a := &partitioned{n: n, side: side, grid: grid, path: n.DropPath(p.path)}
	n.within("attn_layer", func() {
		a.norm = n.layerNorm("0", p.out)
		n.within("1", func() { a.attention = n.relativeAttention(p.out) })
	})
	rate := n.dropRate(0)
	n.within("mlp_layer", func() {
		a.inner = n.layerNorm("0", p.out)
		wide := maxvitWiden * p.out
		a.mlp = []layers.Module{n.FC("1", p.out, wide, true), n.Activation(layers.PointGELU, false), n.FC("3", wide, p.out, true), n.Dropout(rate)}
	})
	return a
}

// Forward is the layer's forward.
func (a *partitioned) Forward(x *tape.Tensor) *tape.Tensor {
	t, d := a.n.T, x.Dims()
	f := t.Frame(x)
	c, _ := d[1].Const()
	across, _ := d[2].Const()
	windows := across / a.side
	turned := a.grid || windows == 1
	rows := []tape.Dim{d[0], tape.N(windows * windows), tape.N(a.side * a.side), tape.N(c)}
	x = f.Re(x, a.cut(x, windows, rows))
	if a.grid {
		rows[1], rows[2] = rows[2], rows[1]
		x = f.Re(x, t.View(x, rows...))
	}
	x = f.Re(x, t.Add(x, a.path.Forward(a.normed(x, turned, a.norm, a.attention))))
	x = f.Re(x, t.Add(x, a.path.Forward(a.normed(x, turned, a.inner, a.mlp...))))
	if a.grid {
		rows[1], rows[2] = rows[2], rows[1]
		x = f.Re(x, t.View(x, rows...))
	}
	return f.Ret(f.Re(x, a.join(x, windows, d)))
}

// cut is WindowPartition: a copy, unless one window is the image or one pixel
// is a window.
func (a *partitioned) cut(x *tape.Tensor, windows int64, rows []tape.Dim) *tape.Tensor {
	t := a.n.T
	f := t.Frame(x)
	if windows > 1 && a.side > 1 {
		x = t.CopyBack(x, x.Dims()...)
		x = t.Contiguous(t.View(x, rows...))
	}
	return f.Ret(t.View(x, rows...))
}

// join is WindowDepartition.
func (a *partitioned) join(x *tape.Tensor, windows int64, image []tape.Dim) *tape.Tensor {
	t := a.n.T
	f := t.Frame(x)
	if windows > 1 && a.side > 1 {
		x = t.CopyBack(x, x.Dims()...)
		x = t.Contiguous(t.View(x, image...))
	}
	return f.Ret(t.View(x, image...))
}

// normed is a sequence that begins with a norm, whose rows may lie turned.
func (a *partitioned) normed(x *tape.Tensor, turned bool, norm *layers.LayerNorm, ms ...layers.Module) *tape.Tensor {
	f := a.n.T.Frame(x)
	x = f.Re(x, norm.Turned(x, turned, false))
	x = layers.Chain(f, x, ms...)
	if turned { // so does the gradient lie
		x = f.Re(x, a.n.T.RowsCopiedBack(x))
	}
	return f.Ret(x)
}

// relativeAttention is RelativePositionalMultiHeadAttention.
type relativeAttention struct {
	n            *net
	width        int64
	table, index *tape.Param
	qkv, merge   *layers.FC
}

func (n *net) relativeAttention(width int64) *relativeAttention {
	a := &relativeAttention{n: n, width: width}
	a.table, a.index = n.positionTable(width/maxvitHead, maxvitPartition)
	a.qkv, a.merge = n.FC("to_qkv", width, 3*width, true), n.FC("merge", width, width, true)
	return a
}

// Forward attends inside each group of pixels.
func (a *relativeAttention) Forward(x *tape.Tensor) *tape.Tensor {
	n, t, d := a.n, a.n.T, x.Dims()
	defer t.Scope("attention")()
	f := t.Frame(x)
	heads, each := tape.N(a.width/maxvitHead), tape.N(maxvitHead)
	tokens, groups := d[2], d[0].Times(d[1])
	qkv := f.V(a.qkv.Forward(x))
	parts := t.Split(qkv, d, d, d)
	turned := func(y *tape.Tensor) *tape.Tensor {
		return t.View(y, d[0], d[1], heads, tokens, each)
	}
	q, k, v := f.V(parts[0]), f.V(parts[1]), f.V(parts[2])
	q, k, v = f.Re(q, turned(t.RowsCopiedBack(q))), f.Re(k, turned(k)), f.Re(v, turned(t.RowsCopiedBack(v))) // the gradient of transposed keys fits
	k = f.Re(k, t.MulS(k))
	square := []tape.Dim{d[0], d[1], heads, tokens, tokens}
	scores := f.V(t.View(t.Einsum(q, k, true, true, groups.Times(heads), tokens, tokens), square...))
	bias := f.V(n.positionBias(a.table.T(), a.index, a.width/maxvitHead, maxvitPartition))
	sum := t.Add(scores, bias)
	scores = f.Re(scores, t.Softmax(sum, sum.DType()))
	y := f.V(t.View(t.Einsum(scores, v, false, true, groups.Times(heads), tokens, each), d[0], d[1], heads, tokens, each))
	n.multiplyAttention(d[1].Times(tokens), tokens, a.width)
	y = f.Re(y, t.View(t.Contiguous(t.View(t.RowsCopiedBack(y), d...)), d...))
	y = f.Re(y, a.merge.Forward(y))
	return f.Ret(y)
}
