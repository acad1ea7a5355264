package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// windowAttention is torchvision's ShiftedWindowAttention: attention inside
// windows, written out, with a learned bias of relative positions.
type windowAttention struct {
	n            *net
	width, heads int64
	shifts       bool
	drop         *layers.Dropout
	table        *tape.Param
	index        *tape.Param
	qkv, proj    *layers.FC
}

func (n *net) windowAttention(width, heads int64, shifts bool, drop float64) *windowAttention {
	a := &windowAttention{n: n, width: width, heads: heads, shifts: shifts, drop: n.Dropout(drop)}
	a.table, a.index = n.positionTable(heads, tape.N(windowTokens*windowTokens))
	a.qkv, a.proj = n.FC("qkv", width, 3*width, true), n.FC("proj", width, width, true)
	return a
}

// windowTokens is the number of tokens of a window.
const windowTokens = swinWindow * swinWindow

// positionTable declares the biases of relative positions inside a window, and
// which of them each pair of tokens takes.
func (n *net) positionTable(heads int64, index ...tape.Dim) (table, places *tape.Param) {
	const offsets = (2*swinWindow - 1) * (2*swinWindow - 1)
	defer n.Of(memory.FullyConnected)()
	table = n.Weight("relative_position_bias_table", tape.N(offsets), tape.N(heads))
	return table, n.Buffer("relative_position_index", tape.I64, index...)
}

// positionBias is _get_relative_position_bias.
func (n *net) positionBias(table, index *tape.Param, heads int64) *tape.Tensor {
	t := n.T
	defer t.Scope("relative position bias")()
	f := t.Frame()
	tokens := tape.N(windowTokens)
	b := f.V(t.TakeRowsTurned(table.T(), index.T()))
	b = f.Re(b, t.Contiguous(t.View(b, tape.N(heads), tokens, tokens)))
	b = f.Re(b, t.View(b, tape.One, tape.N(heads), tokens, tokens))
	return f.Ret(b)
}

// windows are how an image is cut: padded sides, and windows in it.
type windows struct {
	height, width tape.Dim // padded
	count         int64    // windows of an image
	rows          tape.Dim // windows of the batch
	single        bool     // one window a row of windows: cutting copies nothing
	shifted       bool
}

// cut says how an image of [B, H, W, C] is cut; an image of one window is not
// shifted.
func cut(x *tape.Tensor, shifts bool) windows {
	d := x.Dims()
	h, _ := d[1].Const()
	w, _ := d[2].Const()
	down, across := (h+swinWindow-1)/swinWindow, (w+swinWindow-1)/swinWindow
	return windows{
		height: tape.N(down * swinWindow), width: tape.N(across * swinWindow),
		count: down * across, rows: d[0].By(down * across), single: across == 1, shifted: shifts && down > 1,
	}
}

// Forward attends.
func (a *windowAttention) Forward(input *tape.Tensor) *tape.Tensor {
	n, t := a.n, a.n.T
	defer t.Scope("attention")()
	outer := t.Frame(input)
	bias := outer.V(n.positionBias(a.table, a.index, a.heads))
	f := t.Frame(input)
	d := input.Dims()
	w := cut(input, a.shifts)
	image := []tape.Dim{d[0], w.height, w.width, d[3]}
	tokens := tape.N(windowTokens)
	x := f.V(t.Pad(input, image...))
	if w.shifted {
		x = f.Re(x, t.RollImage(x))
	}
	x = f.Re(x, n.regroup(x, w, w.rows, tokens, d[3]))
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

// regroup cuts an image into windows or puts it together: a copy, and one of
// the gradient, unless windows do not stand side by side.
func (n *net) regroup(x *tape.Tensor, w windows, dims ...tape.Dim) *tape.Tensor {
	t := n.T
	if w.single {
		return t.View(x, dims...)
	}
	return t.Contiguous(t.View(t.RowsCopiedBack(x), dims...))
}

// attend is the attention inside windows. What it binds lives as long as the
// frame.
func (a *windowAttention) attend(f *tape.Frame, x, bias *tape.Tensor, w windows) *tape.Tensor {
	t := a.n.T
	heads, width, tokens := tape.N(a.heads), tape.N(a.width/a.heads), tape.N(windowTokens)
	one := []tape.Dim{w.rows, heads, tokens, width}
	qkv := f.V(a.qkv.Forward(x))
	qkv = f.Re(qkv, t.RowsCopiedBack(qkv))
	qkv = f.Re(qkv, t.View(qkv, append([]tape.Dim{tape.N(3)}, one...)...))
	q, k, v := f.V(t.Slice(qkv, one...)), f.V(t.Slice(qkv, one...)), f.V(t.Slice(qkv, one...))
	q = f.Re(q, t.MulS(q))
	many := !w.rows.IsOne()
	scores := f.V(t.MatMulCopied(q, t.View(k, w.rows, heads, width, tokens), many, many, w.rows, heads, tokens, tokens))
	scores = f.Re(scores, t.Add(scores, bias))
	if w.shifted {
		mask := f.V(a.mask(x, w))
		scores = f.Re(scores, t.View(scores, a.n.B, tape.N(w.count), heads, tokens, tokens))
		scores = f.Re(scores, t.Add(scores, t.View(mask, tape.One, tape.N(w.count), tape.One, tokens, tokens)))
		scores = f.Re(scores, t.View(scores, w.rows, heads, tokens, tokens))
	}
	scores = f.Re(scores, t.Softmax(scores, scores.DType()))
	y := t.MatMulCopied(scores, v, false, many, one...)
	a.n.multiplyAttention(tape.N(w.count*windowTokens), tokens, a.width)
	if many {
		y = t.RowsCopiedBack(y)
	}
	return t.Contiguous(t.View(y, w.rows, tokens, tape.N(a.width)))
}

// mask says which tokens of a shifted window were neighbours: numbers of the
// image's type.
func (a *windowAttention) mask(x *tape.Tensor, w windows) *tape.Tensor {
	t := a.n.T
	defer t.Scope("mask of shifted windows")()
	f := t.Frame()
	dt, pairs := x.DType(), []tape.Dim{tape.N(w.count), tape.N(windowTokens), tape.N(windowTokens)}
	m := f.V(t.Make("regions", dt, []tape.Dim{w.height, w.width}))
	m = f.Re(m, t.Make("regions of windows", dt, pairs[:2]))
	m = f.Re(m, t.Make("differences of regions", dt, pairs))
	differ := t.Make("regions differ", dt, pairs, t.Make("whether regions differ", tape.Bool, pairs))
	m = f.Re(m, t.Make("mask", dt, pairs, differ, t.Make("whether regions agree", tape.Bool, pairs)))
	return f.Ret(m)
}
