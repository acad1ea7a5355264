package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// windowAttention is torchvision's ShiftedWindowAttention: attention inside
// windows, written out, with a learned bias of relative positions.
type windowAttention struct {
	n            *net
	width, heads int64
	side         int64 // of a window
	shifts       bool
	drop         *layers.Dropout
	table        *tape.Param
	index        *tape.Param
	qkv, proj    *layers.FC
	cosine       *cosineAttention // version 2's
}

// swinAttention is what differs among the attentions of a Swin.
type swinAttention struct {
	width, heads   int64
	shifts, second bool
	drop           float64
}

func (n *net) windowAttention(s swinAttention) *windowAttention {
	a := &windowAttention{n: n, width: s.width, heads: s.heads, side: swinWindow, shifts: s.shifts, drop: n.Dropout(s.drop)}
	if s.second {
		a.side = swinWindow2
		a.cosine = n.cosineAttention(s.heads)
		a.index = n.positionIndex(a.side)
	} else {
		a.table, a.index = n.positionTable(s.heads, a.side)
	}
	a.qkv, a.proj = n.FC("qkv", s.width, 3*s.width, true), n.FC("proj", s.width, s.width, true)
	if s.second {
		a.cosine.declareNetwork(n, s.heads)
	}
	return a
}

// bias is the bias of each pair of tokens of a window.
func (a *windowAttention) bias() *tape.Tensor {
	if a.cosine != nil {
		return a.cosine.bias(a.index, a.heads)
	}
	return a.n.positionBias(a.table.T(), a.index, a.heads, a.side)
}

// Forward attends.
func (a *windowAttention) Forward(input *tape.Tensor) *tape.Tensor {
	n, t := a.n, a.n.T
	defer t.Scope("attention")()
	outer := t.Frame(input)
	bias := outer.V(a.bias())
	f := t.Frame(input)
	d := input.Dims()
	w := cut(input, a.side, a.shifts)
	image := []tape.Dim{d[0], w.height, w.width, d[3]}
	x := f.V(t.Pad(input, image...))
	if w.shifted {
		x = f.Re(x, t.RollImage(x))
	}
	x = f.Re(x, n.regroup(x, w, w.rows, w.tokens, d[3]))
	out := f.V(a.attend(f, x, bias, w))
	x = f.Re(x, out)
	f.Del(out)
	x = f.Re(x, a.proj.Forward(x))
	x = f.Re(x, a.drop.Forward(x))
	x = f.Re(x, n.regroup(x, w, image...))
	if w.shifted {
		x = f.Re(x, t.RollImage(x))
	}
	if w.height != d[1] {
		x = f.Re(x, t.Contiguous(t.Slice(t.Slice(x, d[0], d[1], w.width, d[3]), d...)))
	}
	return outer.Ret(f.Ret(x))
}

// attend is the attention inside windows. What it binds lives as long as the
// frame.
func (a *windowAttention) attend(f *tape.Frame, x, bias *tape.Tensor, w windows) *tape.Tensor {
	t := a.n.T
	heads, width, tokens := tape.N(a.heads), tape.N(a.width/a.heads), w.tokens
	one := []tape.Dim{w.rows, heads, tokens, width}
	qkv := f.V(a.project(f, x))
	qkv = f.Re(qkv, t.RowsCopiedBack(qkv))
	qkv = f.Re(qkv, t.View(qkv, append([]tape.Dim{tape.N(3)}, one...)...))
	q, k, v := f.V(t.Slice(qkv, one...)), f.V(t.Slice(qkv, one...)), f.V(t.Slice(qkv, one...))
	many := !w.rows.IsOne()
	var scores *tape.Tensor
	if a.cosine != nil {
		scores = a.cosine.scores(f, q, k, w, many)
	} else {
		q = f.Re(q, t.MulS(q))
		scores = f.V(t.MatMulCopied(q, t.View(k, w.rows, heads, width, tokens), many, many, w.rows, heads, tokens, tokens))
	}
	scores = f.Re(scores, t.Add(scores, bias))
	if w.shifted {
		mask := f.V(a.mask(x, w))
		scores = f.Re(scores, t.View(scores, a.n.B, w.count, heads, tokens, tokens))
		scores = f.Re(scores, t.Add(scores, t.View(mask, tape.One, w.count, tape.One, tokens, tokens)))
		scores = f.Re(scores, t.View(scores, w.rows, heads, tokens, tokens))
	}
	scores = f.Re(scores, t.Softmax(scores, scores.DType()))
	y := t.MatMulCopied(scores, v, false, many, one...)
	a.n.multiplyAttention(w.count.Times(tokens), tokens, a.width)
	if many {
		y = t.RowsCopiedBack(y)
	}
	return t.Contiguous(t.View(y, w.rows, tokens, tape.N(a.width)))
}

// project is the joint projection; version 2 gives keys no bias.
func (a *windowAttention) project(f *tape.Frame, x *tape.Tensor) *tape.Tensor {
	if a.cosine == nil {
		return a.qkv.Forward(x)
	}
	t := a.n.T
	bias := f.V(t.Clone(a.qkv.Bias.T()))
	bias = t.ZeroPart(bias, tape.N(a.width))
	return a.qkv.WithBias(x, bias)
}

// mask says which tokens of a shifted window were neighbours: numbers of the
// image's type.
func (a *windowAttention) mask(x *tape.Tensor, w windows) *tape.Tensor {
	t := a.n.T
	defer t.Scope("mask of shifted windows")()
	f := t.Frame()
	dt, pairs := x.DType(), []tape.Dim{w.count, w.tokens, w.tokens}
	m := f.V(t.Make("regions", dt, []tape.Dim{w.height, w.width}))
	m = f.Re(m, t.Make("regions of windows", dt, pairs[:2]))
	m = f.Re(m, t.Make("differences of regions", dt, pairs))
	differ := t.Make("regions differ", dt, pairs, t.Make("whether regions differ", tape.Bool, pairs))
	m = f.Re(m, t.Make("mask", dt, pairs, differ, t.Make("whether regions agree", tape.Bool, pairs)))
	return f.Ret(m)
}
