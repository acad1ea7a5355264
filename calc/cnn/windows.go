package cnn

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// windows are how an image of rows [B, H, W, C] is cut into square windows.
type windows struct {
	height, width tape.Dim // padded
	tokens        tape.Dim // of a window
	count         tape.Dim // windows of an image
	rows          tape.Dim // windows of the batch
	single        bool     // one window a row of windows: cutting copies nothing
	shifted       bool
}

// cut says how an image is cut into windows of a side; an image of one window
// is not shifted.
func cut(x *tape.Tensor, side int64, shifts bool) windows {
	d := x.Dims()
	down, across := windowsOver(d[1], side), windowsOver(d[2], side)
	count := tape.N(down * across)
	return windows{
		height: tape.N(down * side), width: tape.N(across * side), tokens: tape.N(side * side),
		count: count, rows: d[0].Times(count), single: across == 1, shifted: shifts && down > 1,
	}
}

// windowsOver is the number of windows over a side of an image.
func windowsOver(d tape.Dim, side int64) int64 {
	n, _ := d.Const()
	return (n + side - 1) / side
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

// positionTable declares the biases of relative positions inside a window of a
// side, and which of them each pair of tokens takes.
func (n *net) positionTable(heads, side int64) (table, index *tape.Param) {
	defer n.Of(memory.FullyConnected)()
	table = n.Weight("relative_position_bias_table", tape.N((2*side-1)*(2*side-1)), tape.N(heads))
	return table, n.positionIndex(side)
}

// positionIndex declares which relative position each pair of tokens of a
// window has.
func (n *net) positionIndex(side int64) *tape.Param {
	return n.Buffer("relative_position_index", tape.I64, tape.N(side*side*side*side))
}

// positionBias takes the bias of each pair of tokens from the table: a copy
// with the heads first.
func (n *net) positionBias(table *tape.Tensor, index *tape.Param, heads, side int64) *tape.Tensor {
	t := n.T
	defer t.Scope("relative position bias")()
	f := t.Frame(table)
	tokens := tape.N(side * side)
	b := f.V(t.TakeRowsTurned(table, index.T()))
	b = f.Re(b, t.Contiguous(t.View(b, tape.N(heads), tokens, tokens)))
	b = f.Re(b, t.View(b, tape.One, tape.N(heads), tokens, tokens))
	return f.Ret(b)
}
