package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/tape"
)

// timmWindowAttention is timm's WindowAttention, written out.
type timmWindowAttention struct {
	n                  *net
	width, heads, side int64
	table, index       *tape.Param
	qkv, proj          *layers.FC
}

func (n *net) timmWindowAttention(width, heads, side int64) *timmWindowAttention {
	a := &timmWindowAttention{n: n, width: width, heads: heads, side: side}
	a.table, a.index = n.positionTable(heads, side)
	a.qkv, a.proj = n.FC("qkv", width, 3*width, true), n.FC("proj", width, width, true)
	return a
}

func (a *timmWindowAttention) forward(x, mask *tape.Tensor, w windows) *tape.Tensor {
	n, t := a.n, a.n.T
	f := t.Frame(x)
	heads, width, tokens := tape.N(a.heads), tape.N(a.width/a.heads), w.tokens
	one := []tape.Dim{w.rows, heads, tokens, width}
	many := !w.rows.IsOne()
	qkv := f.V(t.View(t.RowsCopiedBack(a.qkv.Forward(x)), append([]tape.Dim{tape.N(3)}, one...)...))
	parts := t.Split(qkv, one, one, one)
	q, k, v := f.V(parts[0]), f.V(parts[1]), f.V(parts[2])
	q = f.Re(q, t.MulS(q))
	scores := f.V(t.MatMulCopied(q, t.View(k, w.rows, heads, width, tokens), many, many, w.rows, heads, tokens, tokens))
	scores = f.Re(scores, t.Add(scores, n.positionBias(a.table.T(), a.index, a.heads, a.side)))
	if mask != nil {
		scores = f.Re(scores, t.Add(t.View(scores, n.B, w.count, heads, tokens, tokens), t.View(mask, tape.One, w.count, tape.One, tokens, tokens)))
		scores = f.Re(scores, t.View(scores, w.rows, heads, tokens, tokens))
	}
	scores = f.Re(scores, t.Softmax(scores, scores.DType()))
	y := f.V(t.MatMulCopied(scores, v, false, many, one...))
	n.multiplyAttention(w.count.Times(tokens), tokens, a.width)
	if many {
		y = f.Re(y, t.RowsCopiedBack(y))
	}
	y = f.Re(y, t.Contiguous(t.View(y, w.rows, tokens, tape.N(a.width))))
	y = f.Re(y, a.proj.Forward(y))
	return f.Ret(y)
}
