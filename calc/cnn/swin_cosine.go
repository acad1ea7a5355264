package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// swinWindow2 is the side of version 2's windows, biasHidden the width of the
// network that gives its biases, for positions2 relative positions.
const (
	swinWindow2 = 8
	biasHidden  = 512
	across2     = 2*swinWindow2 - 1
	positions2  = across2 * across2
)

// cosineAttention is what version 2's attention has of its own: scores of
// directions times a learned factor, and biases that a small network gives.
type cosineAttention struct {
	n       *net
	scale   *tape.Param
	places  *tape.Param // relative positions
	network *layers.Sequential
}

func (n *net) cosineAttention(heads int64) *cosineAttention {
	defer n.Of(memory.FullyConnected)()
	c := &cosineAttention{n: n, scale: n.Weight("logit_scale", tape.N(heads), tape.One, tape.One)}
	c.places = n.Buffer("relative_coords_table", layers.DType(n.Train.Weights()), tape.One, tape.N(across2), tape.N(across2), tape.N(2))
	return c
}

// declareNetwork declares the network after the attention's projections.
func (c *cosineAttention) declareNetwork(n *net, heads int64) {
	c.network = n.Sequential("cpb_mlp",
		func() layers.Module { return n.FC("", 2, biasHidden, true) },
		func() layers.Module { return n.Activation(layers.PointReLU, true) },
		func() layers.Module { return n.FC("", biasHidden, heads, false) })
}

// bias is 16 times the sigmoid of what the network gives for each pair of
// tokens.
func (c *cosineAttention) bias(index *tape.Param, heads int64) *tape.Tensor {
	t := c.n.T
	f := t.Frame()
	places := c.places.T()
	if t.ChannelsLast && !t.IsAutocast() { // so do the positions lie, which the product copies
		places = t.Contiguous(places)
	}
	table := c.network.Forward(places)
	if c.n.Counting { // once for a batch of any size, as for one image
		c.n.MultiplyAdds += positions2 * biasHidden * (2 + heads)
	}
	b := f.V(c.n.positionBias(t.View(table, table.Rows(), tape.N(heads)), index, heads, swinWindow2))
	b = f.Re(b, t.MulS(t.UnaryResult("sigmoid", b)))
	return f.Ret(b)
}

// scores are the products of directions of queries and keys times the factor
// of each head.
func (c *cosineAttention) scores(f *tape.Frame, q, k *tape.Tensor, w windows, many bool) *tape.Tensor {
	t, d := c.n.T, q.Dims()
	from := c.direction(q)
	to := t.View(c.direction(k), d[0], d[1], d[3], d[2])
	scores := f.V(t.MatMulCopied(from, to, many, many, w.rows, d[1], w.tokens, w.tokens))
	scale := f.V(t.UnaryResult("exp", t.ClampTo(c.scale.T(), false)))
	return f.Re(scores, t.Mul(scores, scale))
}

// direction is normalize: a vector over its length, which is kept from being
// too short.
func (c *cosineAttention) direction(x *tape.Tensor) *tape.Tensor {
	t := c.n.T
	f := t.Frame(x)
	length := f.V(t.ClampTo(t.VectorNorm(x), false))
	return f.Ret(t.Div(x, length))
}
