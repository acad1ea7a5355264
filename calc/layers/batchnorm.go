package layers

import (
	"vramcalc/calc/memory"
	"vramcalc/calc/tape"
)

// BatchNorm is torch.nn.BatchNorm2d with its running statistics.
type BatchNorm struct {
	b       *Builder
	leaf    string
	name    string
	W, Bias *tape.Param
}

// BatchNorm declares a batch norm of the present module.
func (b *Builder) BatchNorm(leaf string, channels int64) *BatchNorm {
	defer b.Of(memory.BatchNorm)()
	n := &BatchNorm{b: b, leaf: leaf, name: b.Name(leaf)}
	n.W = b.param(dotted(leaf, "weight"), tape.NormWeight, tape.N(channels))
	n.Bias = b.param(dotted(leaf, "bias"), tape.Bias, tape.N(channels))
	b.Buffer(dotted(leaf, "running_mean"), b.Weights, tape.N(channels))
	b.Buffer(dotted(leaf, "running_var"), b.Weights, tape.N(channels))
	b.Buffer(dotted(leaf, "num_batches_tracked"), tape.I64)
	return n
}

// Forward normalizes with the batch's statistics, or with the running ones
// where they are frozen.
func (n *BatchNorm) Forward(x *tape.Tensor) *tape.Tensor {
	t := n.b.T
	defer t.Scope(label(n.leaf, "norm"))()
	n.b.varies(x, n.name)
	f := t.Frame(x)
	return f.Ret(t.BatchNorm(x, n.W.Tensor, n.Bias.Tensor, !n.b.FrozenStatistics))
}
