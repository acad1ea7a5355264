package cnn

import (
	"vramcalc/calc/layers"
	"vramcalc/calc/say"
	"vramcalc/calc/tape"
	"vramcalc/calc/workload"
)

// net is what the families need to declare a network: the builder, and what
// the run changes about an architecture.
type net struct {
	*layers.Builder
	conv workload.Conv

	// What an architecture has used of the run's overrides.
	tookKernel, tookPool, tookWidth, tookCheckpoints bool
}

// channelGranule is the multiple to which scaled widths are rounded.
const channelGranule = 8

// wide is a width under the run's width multiplier.
func (n *net) wide(width int64) int64 {
	n.tookWidth = true
	if n.conv.WidthMultiplier == 1 || n.conv.WidthMultiplier <= 0 {
		return width
	}
	steps := int64(float64(width)*n.conv.WidthMultiplier/channelGranule + 0.5)
	return max(1, steps) * channelGranule
}

// kernel is the side of an architecture's spatial kernels, or the run's.
func (n *net) kernel(own int64) int64 {
	n.tookKernel = true
	if n.conv.Kernel > 0 {
		return n.conv.Kernel
	}
	return own
}

// same is a window that keeps the size at stride 1.
func same(kernel, stride int64) tape.Window { return tape.Square(kernel, stride, (kernel-1)/2) }

// pool is an inner pooling layer of an architecture, or the run's kind.
func (n *net) pool(own workload.Pooling, win tape.Window) layers.Module {
	n.tookPool = true
	kind := own
	if n.conv.Pooling == workload.MaxPool || n.conv.Pooling == workload.AvgPool {
		kind = n.conv.Pooling
	}
	if kind == workload.AvgPool {
		return n.AvgPool(win)
	}
	return n.MaxPool(win)
}

// stage sets whether what is declared belongs to the frozen leading stages:
// the stem is stage 0.
func (n *net) stage(i int64, declare func()) {
	old := n.Frozen
	n.Frozen = old || (n.Train.FrozenLayers > 0 && i <= n.Train.FrozenLayers)
	declare()
	n.Frozen = old
}

// dropRate is the dropout of the head: the architecture's own unless given.
func (n *net) dropRate(own float64) float64 {
	if n.conv.Dropout >= 0 {
		return n.conv.Dropout
	}
	return own
}

// pathRate is the rate of stochastic depth of block i of a number of blocks:
// from none at the first to the run's at the last.
func (n *net) pathRate(i, blocks int64) float64 {
	return n.conv.StochasticDepth * float64(i) / float64(max(1, blocks-1))
}

// checkpointed wraps a block in the run's gradient checkpointing.
func (n *net) checkpointed(m layers.Module) layers.Module {
	n.tookCheckpoints = true
	return n.Checkpointed(m)
}

// checkOverrides refuses what the run asks and the architecture lacks.
func (n *net) checkOverrides() error {
	switch {
	case n.conv.Kernel > 0 && !n.tookKernel:
		return say.Errorf("kernelSize has no place in %s", n.conv.Name)
	case (n.conv.Pooling == workload.MaxPool || n.conv.Pooling == workload.AvgPool) && !n.tookPool:
		return say.Errorf("poolingStrategy %v has no place in %s", n.conv.Pooling, n.conv.Name)
	case n.Train.Checkpointing && !n.tookCheckpoints:
		return say.Errorf("%s has no blocks that gradient checkpointing could run again; send gradientCheckpointing false", n.conv.Name)
	case n.conv.WidthMultiplier > 0 && n.conv.WidthMultiplier != 1 && !n.tookWidth:
		return say.Errorf("a scaled %s is not written yet", n.conv.Name)
	}
	return nil
}

// cna is a convolution, a batch norm and an activation in place, numbered as
// torchvision's Conv2dNormActivation.
func (n *net) cna(leaf string, in, out int64, win tape.Window, groups int64, act layers.Pointwise) *layers.Sequential {
	parts := []func() layers.Module{
		func() layers.Module { return n.Conv2D("", in, out, win, groups, false) },
		func() layers.Module { return n.BatchNorm("", out) },
	}
	if act != layers.Identity {
		parts = append(parts, func() layers.Module { return n.Activation(act, true) })
	}
	return n.Sequential(leaf, parts...)
}

// within runs a declaration inside a module's name.
func (n *net) within(leaf string, declare func()) {
	defer n.In(leaf)()
	declare()
}
